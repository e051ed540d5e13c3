"""Do transparent pixels count for nothing, and is the true place found beside black bars?

OpenCV's own masked search fails here: beside a black bar its scores are infinite or not numbers.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vision.scenes import cut, framed, noise
from traybot.core.geometry import Rect
from traybot.vision.match import best, find, find_all
from traybot.vision.pixels import Pixels
from traybot.vision.templates import make_template

pytestmark = pytest.mark.anywhere

FRAME = noise(400, 300, seed=20)
#: Transparent for 8 pixels on each side.
TEMPLATE = framed(cut(FRAME, 220, 160, 40, 60), 8)
PLACE = Rect(220, 160, 40, 60)
BARS = {
    "left": np.s_[:, :150],
    "right": np.s_[:, 270:],
    "top": np.s_[:120, :],
    "bottom": np.s_[230:, :],
}


@pytest.mark.parametrize("level", [0, 16, 255])
@pytest.mark.parametrize("bar", BARS.values(), ids=BARS)
def test_the_true_place_is_found_beside_a_bar(bar: tuple[slice, slice], level: int) -> None:
    """A letterbox on any side, black or not, hides nothing and is nothing."""
    frame = FRAME.copy()
    frame[bar] = level
    match = find(frame, TEMPLATE)
    assert match is not None
    assert match.rect == PLACE
    assert match.score == pytest.approx(1.0, abs=1e-9)
    assert [one.rect for one in find_all(frame, TEMPLATE)] == [PLACE]


@pytest.mark.parametrize("bar", BARS.values(), ids=BARS)
def test_a_bar_alone_gives_no_false_match(bar: tuple[slice, slice]) -> None:
    """Where the thing is absent, a black bar beside the rest makes it no more present."""
    frame = noise(400, 300, seed=21)
    frame[bar] = 0
    assert find(frame, TEMPLATE, threshold=0.5) is None


@pytest.mark.parametrize("level", [0, 1, 128, 255])
def test_a_frame_of_one_colour_has_no_match(level: int) -> None:
    """A black screen is like no masked template either."""
    assert best(np.full((300, 400, 4), level, np.uint8), TEMPLATE) is None


def test_what_lies_under_transparent_pixels_does_not_matter() -> None:
    """Around the counting pixels the screen may show anything."""
    frame = noise(400, 300, seed=22)
    frame[168:212, 228:252] = FRAME[168:212, 228:252]
    match = find(frame, TEMPLATE, threshold=0.999)
    assert match is not None
    assert match.rect == PLACE


@pytest.mark.parametrize(("x", "y"), [(0, 0), (360, 0), (0, 240), (360, 240)])
def test_a_masked_template_is_found_in_each_corner(x: int, y: int) -> None:
    """The edge of the screen hides nothing."""
    match = find(FRAME, framed(cut(FRAME, x, y, 40, 60), 3))
    assert match is not None
    assert match.rect == Rect(x, y, 40, 60)


def test_masked_and_whole_templates_share_one_scale_of_scores() -> None:
    """With one unimportant pixel transparent the score is nearly that of the opaque template."""
    spoilt = FRAME.copy()
    spoilt[160:190, 220:260] = noise(40, 30, seed=23)
    whole = find(spoilt, framed(cut(FRAME, 220, 160, 40, 60), 0), threshold=0.3)
    masked = find(spoilt, framed(cut(FRAME, 220, 160, 40, 60), 1), threshold=0.3)
    assert whole is not None
    assert masked is not None
    assert whole.rect == masked.rect == PLACE
    assert masked.score == pytest.approx(whole.score, abs=0.05)


@pytest.mark.parametrize("scale", [0.8, 1.25])
def test_a_masked_template_is_found_at_other_sizes(scale: float) -> None:
    """What hides under transparent pixels does not bleed into those that count."""
    disc = np.zeros((60, 60, 4), np.uint8)
    rows, columns = np.mgrid[:60, :60]
    inside = (rows - 30) ** 2 + (columns - 30) ** 2 < 26**2
    stripes: Pixels = (np.sin(columns / 4) * 60 + np.cos(rows / 5) * 60 + 128).astype(np.uint8)
    disc[:, :, :3] = stripes[:, :, None]
    disc[:, :, 3] = inside * 255
    frame = noise(240, 200, seed=24)
    side = round(60 * scale)
    shown = (np.arange(side) + 0.5) / scale - 0.5
    big_columns, big_rows = np.meshgrid(shown, shown)
    picture = np.sin(big_columns / 4) * 60 + np.cos(big_rows / 5) * 60 + 128
    place = frame[70 : 70 + side, 90 : 90 + side]
    round_ = (big_rows - 30) ** 2 + (big_columns - 30) ** 2 < 26**2
    place[round_] = picture.astype(np.uint8)[round_][:, None]
    disc[~inside, :3] = 255
    match = find(frame, make_template(disc, "disc"), scales=(0.8, 1.0, 1.25))
    assert match is not None
    assert match.rect == Rect(90, 70, side, side)


@given(st.integers(0, 2**32 - 1), st.integers(0, 255), st.integers(0, 3))
@settings(max_examples=40)
def test_near_flat_frames_give_no_false_match(seed: int, level: int, spread: int) -> None:
    """Faint noise around any colour never scores like a picture."""
    dice = np.random.default_rng(seed)
    values = level + dice.integers(0, spread + 1, (90, 80))
    assert find(values.clip(0, 255).astype(np.uint8), TEMPLATE, threshold=0.6) is None
