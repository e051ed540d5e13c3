"""Do rectangles know where they are?"""

import pytest

from traybot.core.geometry import Match, Rect, scale_to

pytestmark = pytest.mark.anywhere


def test_the_middle_of_a_rectangle_lies_inside_it() -> None:
    """Also of one that is a single pixel; a match is clicked there."""
    assert Rect(10, 20, 1, 1).center == (10, 20)
    assert Rect(-10, 0, 20, 11).center == (0, 5)
    assert Match(Rect(10, 20, 30, 40), 0.9).center == (25, 40)


@pytest.mark.parametrize(
    ("rect", "common"),
    [
        (Rect(10, 10, 20, 20), Rect(10, 10, 20, 20)),
        (Rect(-5, -5, 20, 20), Rect(0, 0, 15, 15)),
        (Rect(90, 90, 20, 20), Rect(90, 90, 10, 10)),
        (Rect(-9, -9, 500, 500), Rect(0, 0, 100, 100)),
    ],
)
def test_what_sticks_out_is_cut_off(rect: Rect, common: Rect) -> None:
    """A region that is partly off the screen is looked at as far as it is there."""
    assert rect.within(Rect(0, 0, 100, 100)) == common


@pytest.mark.parametrize("rect", [Rect(100, 0, 5, 5), Rect(0, -5, 5, 5), Rect(5, 5, 0, 5)])
def test_what_lies_outside_is_empty(rect: Rect) -> None:
    """Nothing can be seen there."""
    assert rect.within(Rect(0, 0, 100, 100)).empty


def test_a_moved_rectangle_keeps_its_size() -> None:
    """Regions move with their window."""
    assert Rect(1, 2, 3, 4).moved(-10, 10) == Rect(-9, 12, 3, 4)


def test_json_shows_a_rectangle_as_bot_toml_does() -> None:
    """So that one can be copied into the other."""
    assert Rect(1, 2, 3, 4).as_list() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("size", "times"),
    [
        ((640, 480), 1.0),
        ((1280, 960), 2.0),
        ((320, 240), 0.5),
        ((1920, 960), 2.0),  # a picture that keeps its shape has bars at the sides
        ((644, 478), 1.0),  # a border, not another size
        ((0, 0), 1.0),
    ],
)
def test_things_are_as_many_times_larger_as_their_window(
    size: tuple[int, int], times: float
) -> None:
    """Than at the size at which their pictures were taken; by the side that grew less."""
    assert scale_to(Rect(-5, 7, *size), (640, 480)) == times
    assert scale_to(Rect(-5, 7, *size), None) == 1.0
