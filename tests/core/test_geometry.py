"""Do rectangles know where they are?"""

import pytest

from traybot.core.geometry import Match, Rect

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
