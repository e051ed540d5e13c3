"""Is a change seen, and a picture that stands still known to?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.scenes import noise
from traybot.vision.changes import Stillness, change, differs
from traybot.vision.pixels import Pixels

pytestmark = pytest.mark.anywhere

STILL = noise(40, 30, 4)


def _level(level: int) -> Pixels:
    return np.full((30, 40, 4), level, np.uint8)


def test_the_same_picture_has_not_changed() -> None:
    """Nor has one whose fourth byte alone is another."""
    other = STILL.copy()
    other[:, :, 3] = 0
    assert change(STILL, STILL.copy(), 0) == 0.0
    assert change(STILL, other, 0) == 0.0
    assert not differs(STILL, other, 0)


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_one_pixel_in_one_channel_is_a_change(channel: int) -> None:
    """By default nothing is too small to count."""
    other = _level(100)
    other[7, 9, channel] = 113
    assert change(_level(100), other, 12) == pytest.approx(1 / 1200)
    assert change(_level(100), other, 13) == 0.0
    assert differs(_level(100), other, 12)
    assert not differs(_level(100), other, 12, share=1 / 1200)


@pytest.mark.parametrize("cut", [np.s_[:, :, :], np.s_[:, :, :3], np.s_[:, :, 0]])
def test_the_changed_part_is_told(cut: tuple[slice, ...]) -> None:
    """A third of the rows, whatever channels the picture has."""
    other = STILL.copy()
    other[:10] = ~other[:10] ^ 0x40
    assert change(STILL[cut], other[cut], 0) == pytest.approx(1 / 3)


@given(st.integers(0, 2**32 - 1), st.integers(0, 255))
def test_the_change_is_what_counting_pixels_gives(seed: int, tolerance: int) -> None:
    """For every tolerance, darker or brighter."""
    other = noise(40, 30, 4, seed)
    off = np.abs(STILL.astype(int) - other.astype(int))[:, :, :3]
    expected = (off > tolerance).any(axis=2).mean()
    assert change(STILL, other, tolerance) == pytest.approx(expected)


def test_another_size_is_another_picture() -> None:
    """A window that was resized has changed; two empty pictures have not."""
    assert change(STILL, STILL[:-1]) == 1.0
    assert change(STILL[:0], STILL[:0]) == 0.0


def test_stillness_counts_from_the_first_look_at_the_same_picture() -> None:
    """Time passes only by what the caller says."""
    stillness = Stillness()
    assert stillness.look(STILL, 100.0) == 0.0
    assert stillness.look(STILL.copy(), 103.5) == 3.5
    assert stillness.look(_level(0), 104.0) == 0.0
    assert stillness.look(_level(0), 106.0) == 2.0


def test_a_slow_drift_is_a_change() -> None:
    """Steps each too small to count add up: a fading screen does not stand still."""
    stillness = Stillness(tolerance=12)
    seen = [stillness.look(_level(100 + 4 * step), float(step)) for step in range(8)]
    assert seen == [0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 2.0, 3.0]


def test_a_flicker_back_and_forth_within_the_tolerance_is_still() -> None:
    """Noise of a video picture does not begin the count anew."""
    stillness = Stillness(tolerance=12)
    seen = [stillness.look(_level(100 + 5 * (step % 2)), float(step)) for step in range(5)]
    assert seen == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_a_small_share_may_be_allowed_to_move() -> None:
    """A blinking cursor need not keep a screen from standing still."""
    stillness = Stillness(share=0.01)
    moved = _level(0)
    moved[0, :5] = 255
    assert stillness.look(_level(0), 0.0) == 0.0
    assert stillness.look(moved, 1.0) == 1.0


def test_reset_begins_anew() -> None:
    """After a pause the time before it does not count."""
    stillness = Stillness()
    stillness.look(STILL, 0.0)
    stillness.reset()
    assert stillness.look(STILL, 9.0) == 0.0


def test_memory_that_is_used_again_does_not_look_still() -> None:
    """The picture at the beginning is kept, even if a camera writes over its array."""
    stillness = Stillness()
    shared = _level(0)
    stillness.look(shared, 0.0)
    shared[:] = 200
    assert stillness.look(shared, 1.0) == 0.0
