"""Is the full search as full, and as right, as OpenCV's own?"""

import cv2
import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tests.vision.scenes import blobs, cut, framed
from tests.vision.test_bounded import HEIGHT, KINDS, WIDTH, picture, worn
from traybot.errors import TemplateError
from traybot.vision.blocks import SLACK, Piece
from traybot.vision.bounded import everything
from traybot.vision.full import Full
from traybot.vision.pixels import Pixels, to_grey
from traybot.vision.scene import MIN_VARIANCE, Scene
from traybot.vision.templates import make_template


def opencv(pixels: Pixels, template: Pixels) -> np.ndarray:
    """Score each place by OpenCV; 0 where it is flat."""
    grey, looked_for = to_grey(pixels), to_grey(template)
    scores = cv2.matchTemplate(grey, looked_for, cv2.TM_CCOEFF_NORMED)
    rows, columns = scores.shape
    windows = np.lib.stride_tricks.sliding_window_view(grey, looked_for.shape)
    flat = [windows[row].reshape(columns, -1).var(axis=1) < MIN_VARIANCE for row in range(rows)]
    scores[np.array(flat)] = 0
    return scores


@pytest.mark.parametrize("size", [(24, 24), (60, 40), (30, 170), (380, 290)])
@pytest.mark.parametrize("kind", KINDS)
def test_each_place_scores_as_by_opencv(kind: str, size: tuple[int, int]) -> None:
    """Over the seams of the strips too, which are higher for a tall template."""
    pixels = picture(kind, 5)
    width, height = size
    template = cut(pixels, WIDTH - width - 5, HEIGHT - height - 4, width, height)
    seen = worn(pixels, 5)
    scores = Full(Scene(seen), Piece(make_template(template, "piece"))).scores
    assert np.abs(scores - opencv(seen, template)).max() < 1e-3


@given(
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 10_000),
    side=st.integers(8, 120),
    least=st.sampled_from((0.5, 0.8, 0.9, 0.99)),
    present=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_bounds_on_the_length_leave_out_no_place(
    *, kind: str, seed: int, side: int, least: float, present: bool
) -> None:
    """The places that reach a score are those of the map, with its scores."""
    pixels = worn(picture(kind, seed), seed)
    source = pixels if present else picture(kind, seed + 1)
    try:
        piece = Piece(make_template(cut(source, seed % 200, seed % 150, side, side), "piece"))
    except TemplateError:
        reject()  # flat
    scores = Full(Scene(pixels), piece).scores
    rows, columns, likeness = Full(Scene(pixels), piece).reaching(least)
    assert np.allclose(likeness, scores[rows, columns], atol=1e-4)
    found = np.zeros(scores.shape, np.bool_)
    found[rows, columns] = True
    assert not (found & (scores < least - SLACK - 1e-4)).any()
    assert found[scores >= least - SLACK + 1e-4].all()


def test_a_mask_counts_over_the_seams_of_the_strips_too() -> None:
    """A frame is found below the first strip, and only the pixels that count are compared."""
    pixels = blobs(400, 500, 3)
    template = framed(cut(pixels, 120, 330, 50, 44), 6)
    inner = pixels[336:368, 126:164].copy()
    pixels[330:374, 120:170] = 0
    pixels[336:368, 126:164] = inner
    search = Full(Scene(pixels), Piece(template))
    assert search.best(0.9, everything) == (120, 330)
    assert search.scores[330, 120] == pytest.approx(1, abs=1e-3)


def test_a_refused_place_is_not_the_nearest_either() -> None:
    """Nor is what lies beside it: it shows the same."""
    pixels = blobs(400, 300, 4)
    piece = Piece(make_template(cut(pixels, 50, 60, 40, 40), "piece"))
    search = Full(Scene(pixels), piece)
    assert search.best(0.9, lambda rows, _columns, _scores: np.zeros(len(rows), np.bool_)) is None
    place = search.nearest(0.9)
    assert place is not None
    assert max(abs(place[0] - 50), abs(place[1] - 60)) > 5
