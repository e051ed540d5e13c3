"""Is the share of a colour in a picture told right?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.scenes import noise
from traybot.core.colors import parse_color
from traybot.vision.color import mean_color, share
from traybot.vision.pixels import Pixels

pytestmark = pytest.mark.anywhere


def _half_red(channels: int) -> Pixels:
    pixels = np.zeros((10, 20, channels), np.uint8)
    pixels[:, :10, :3] = (0x20, 0x20, 0xC0)
    return pixels


@pytest.mark.parametrize("channels", [3, 4])
def test_the_part_that_has_the_colour_is_told(channels: int) -> None:
    """A health bar that is half full is half red, with or without a fourth byte."""
    assert share(_half_red(channels), parse_color("#c02020"), 0) == 0.5
    assert share(_half_red(channels), parse_color("#000000"), 0) == 0.5
    assert share(_half_red(channels), parse_color("#2020c0"), 12) == 0.0


def test_the_tolerance_is_the_last_level_that_counts() -> None:
    """Each channel may be off by exactly that much."""
    assert share(_half_red(3), (0xC0 - 12, 0x20 + 12, 0x20), 12) == 0.5
    assert share(_half_red(3), (0xC0 - 13, 0x20, 0x20), 12) == 0.0


@given(st.tuples(*[st.integers(0, 255)] * 3), st.integers(0, 255))
def test_the_share_is_what_counting_pixels_gives(
    color: tuple[int, int, int], tolerance: int
) -> None:
    """Also at both ends of the levels, where nothing wraps around."""
    pixels = noise(30, 20)
    off = np.abs(pixels.astype(int) - np.array(color[::-1]))
    expected = (off <= tolerance).all(axis=2).mean()
    assert share(pixels, color, tolerance) == pytest.approx(expected)


def test_no_pixels_have_no_colour() -> None:
    """A region of no size has no share of anything, and no mean."""
    nothing = np.zeros((0, 20, 4), np.uint8)
    assert share(nothing, (0, 0, 0), 255) == 0.0
    with pytest.raises(ValueError, match="without pixels"):
        mean_color(nothing)


def test_the_mean_is_red_green_blue() -> None:
    """In the order in which people write colours."""
    assert mean_color(_half_red(4)) == (0x60, 0x10, 0x10)


def test_grey_pictures_have_colours_too() -> None:
    """Brightness alone is the same in every channel."""
    assert share(np.full((10, 20), 77, np.uint8), (77, 77, 77), 0) == 1.0
    assert mean_color(np.full((10, 20), 77, np.uint8)) == (77, 77, 77)
