"""Do marks show where they should, on a copy?"""

import numpy as np
import pytest

from tests.vision.scenes import noise
from traybot.core.geometry import Rect
from traybot.vision.draw import Mark, draw

pytestmark = pytest.mark.anywhere


def test_a_rectangle_is_drawn_on_its_outermost_pixels_and_the_picture_stays() -> None:
    """What is marked is inside the line; the given picture is not touched."""
    pixels = np.zeros((60, 80, 4), np.uint8)
    drawn = draw(pixels, [Mark(Rect(20, 10, 30, 40), color=(250, 120, 10))])
    assert drawn.shape == (60, 80, 3)
    for row, column in ((10, 20), (10, 49), (49, 20), (49, 49)):
        assert tuple(drawn[row, column]) == (10, 120, 250)
    assert not drawn[11:49, 21:49].any()
    assert not pixels.any()


@pytest.mark.parametrize("y", [0, 40])
def test_a_label_shows_above_its_rectangle_or_in_it(y: int) -> None:
    """At the upper edge of the picture the label moves inside rather than vanish."""
    pixels = np.zeros((90, 120, 3), np.uint8)
    plain = draw(pixels, [Mark(Rect(20, y, 60, 40))])
    labelled = draw(pixels, [Mark(Rect(20, y, 60, 40), "death 0.97")])
    changed = np.argwhere((plain != labelled).any(axis=2))[:, 0]
    assert changed.size
    assert changed.max() < 40


@pytest.mark.parametrize("label", ["a", "Tod ☠ ü", "x" * 300, "", "\n"])
@pytest.mark.parametrize(
    "rect",
    [Rect(-50, -50, 20, 20), Rect(10_000, 5, 9, 9), Rect(0, 0, 0, 0), Rect(-9, -9, 999, 999)],
)
def test_nothing_that_is_drawn_can_fail(rect: Rect, label: str) -> None:
    """Rectangles outside the picture and labels in any writing do no harm."""
    assert draw(noise(40, 30), [Mark(rect, label)]).shape == (30, 40, 3)
