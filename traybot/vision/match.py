"""Where is a template in a picture? Pure functions on arrays.

One scale of scores for all templates, with or without transparent pixels: the normalised
correlation of brightness, 0 to 1; 1 is the same picture, or the same but for its overall brightness
and contrast. Each reported score is computed anew at the place found, so it is exact.
"""

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from traybot.core.geometry import Match, Rect
from traybot.errors import TemplateError
from traybot.vision.pixels import Pixels, to_grey
from traybot.vision.templates import Template, scaled, scaled_size

#: Least variance of the brightness at a place, in levels squared. What is flatter has no picture
#: in it: a single step of a wallpaper's gradient would match every edge with a score of 1.
MIN_VARIANCE = 1.0
#: How far a score of the whole map may be from the exact one.
_SLACK = 1e-3
#: Sizes of templates kept for later searches.
_KEPT_SIZES = 256

Scores = npt.NDArray[np.float32]


def best(pixels: Pixels, template: Template, *, scales: Sequence[float] = (1.0,)) -> Match | None:
    """Find the place most like the template, whatever its score; `rect` is relative to `pixels`.

    `None` if the template is larger than the picture at every scale, or nothing is like it at all.
    """
    grey = to_grey(pixels)
    found = [match for scale in scales for match in _search(grey, template, scale, 0.0, 1)]
    return max(found, key=_by_score, default=None)


def find(
    pixels: Pixels,
    template: Template,
    *,
    threshold: float = 0.9,
    scales: Sequence[float] = (1.0,),
) -> Match | None:
    """Find the best place that scores at least `threshold`."""
    match = best(pixels, template, scales=scales)
    return match if match is not None and match.score >= threshold else None


def find_all(
    pixels: Pixels,
    template: Template,
    *,
    threshold: float = 0.9,
    scales: Sequence[float] = (1.0,),
    limit: int = 100,
) -> list[Match]:
    """Find every place that scores at least `threshold`, best first, at most `limit`.

    Of places that are closer than half a template to each other only the best counts.
    """
    grey = to_grey(pixels)
    found = [
        match for scale in scales for match in _search(grey, template, scale, threshold, limit)
    ]
    kept: list[Match] = []
    for match in sorted(found, key=_by_score, reverse=True):
        if not any(_same_place(match.rect, other.rect) for other in kept):
            kept.append(match)
    return kept[:limit]


def _search(
    grey: Pixels, template: Template, scale: float, threshold: float, limit: int
) -> list[Match]:
    """Find up to `limit` places at one scale, best first."""
    piece = _fitting(grey, template, scale)
    if piece is None:
        return []
    scores = _scores(grey, piece)
    width, height = piece.size
    found: list[Match] = []
    while len(found) < limit:
        _, raw, _, (x, y) = cv2.minMaxLoc(scores)
        if raw <= 0 or raw < threshold - _SLACK:
            break
        score = _score_at(grey, piece, x, y)
        if score is None:
            _forget_flat(scores, grey, piece)
            scores[y, x] = 0
            continue
        if score >= threshold:
            found.append(Match(Rect(x, y, width, height), score, scale, template.name))
        _suppress(scores, x, y, piece)
    return found


def _fitting(grey: Pixels, template: Template, scale: float) -> Template | None:
    """Give the template at a scale, unless it is then larger than the picture or no template."""
    width, height = scaled_size(template, scale)
    if width > grey.shape[1] or height > grey.shape[0]:
        return None
    return _at_scale(template, scale)


@lru_cache(maxsize=_KEPT_SIZES)
def _at_scale(template: Template, scale: float) -> Template | None:
    try:
        return scaled(template, scale)
    except TemplateError:
        return None


def _scores(grey: Pixels, piece: Template) -> Scores:
    """Score each place (h - th + 1, w - tw + 1); where nothing can be said the score is 0."""
    if piece.mask is not None:
        return _masked_scores(grey, piece.grey, piece.mask)
    scores = np.asarray(cv2.matchTemplate(grey, piece.grey, cv2.TM_CCOEFF_NORMED), np.float32)
    return np.nan_to_num(scores, copy=False, nan=0, posinf=0, neginf=0)


def _masked_scores(grey: Pixels, template: Pixels, mask: Pixels) -> Scores:
    """Score with a mask, by three correlations of our own.

    OpenCV's own masked search divides by a variance that may be 0 and gives NaN or infinity beside
    black bars, which then hides the true place; it is also half as fast.
    """
    weights = (mask > 0).astype(np.float32)
    count = float(weights.sum())
    pattern = template.astype(np.float32)
    pattern = (pattern - (pattern * weights).sum() / count) * weights
    # Around 0 the sums stay small, and with them what float32 loses of their difference.
    picture = grey.astype(np.float32) - 128
    likeness = cv2.matchTemplate(picture, pattern, cv2.TM_CCORR)
    total = cv2.matchTemplate(picture, weights, cv2.TM_CCORR)
    squares = cv2.matchTemplate(picture * picture, weights, cv2.TM_CCORR)
    energy = squares - total * total / count
    told = energy > count * MIN_VARIANCE
    scores = np.zeros(likeness.shape, np.float32)
    scale = np.sqrt(energy, where=told, out=np.ones_like(energy)) * np.linalg.norm(pattern)
    np.divide(likeness, scale, out=scores, where=told)
    return scores


def _score_at(grey: Pixels, piece: Template, x: int, y: int) -> float | None:
    """Score one place exactly, 0 to 1; `None` where it is too flat to be like anything."""
    width, height = piece.size
    window: npt.NDArray[np.float64] = grey[y : y + height, x : x + width].astype(np.float64)
    pattern: npt.NDArray[np.float64] = piece.grey.astype(np.float64)
    if piece.mask is not None:
        window, pattern = window[piece.mask > 0], pattern[piece.mask > 0]
    window, pattern = window - window.mean(), pattern - pattern.mean()
    if float((window * window).mean()) < MIN_VARIANCE:
        return None
    scale = float(np.linalg.norm(window) * np.linalg.norm(pattern))
    return min(1.0, max(0.0, float((window * pattern).sum()) / scale))


def _forget_flat(scores: Scores, grey: Pixels, piece: Template) -> None:
    """Set the score of all flat places to 0: where one of them won, there are mostly many."""
    if piece.mask is not None:
        return  # the masked search has done so already, but for rounding
    size, corner = piece.size, (0, 0)
    mean = cv2.boxFilter(grey, cv2.CV_64F, size, anchor=corner)
    squares = cv2.sqrBoxFilter(grey, cv2.CV_64F, size, anchor=corner)
    rows, columns = scores.shape
    scores[(squares - mean * mean)[:rows, :columns] < MIN_VARIANCE] = 0


def _suppress(scores: Scores, x: int, y: int, piece: Template) -> None:
    """Set the scores around a place to 0: they are shadows of the same thing."""
    width, height = piece.size
    left, top = max(0, x - width // 2), max(0, y - height // 2)
    scores[top : y + height // 2 + 1, left : x + width // 2 + 1] = 0


def _same_place(one: Rect, other: Rect) -> bool:
    (x, y), (other_x, other_y) = one.center, other.center
    near_x = abs(x - other_x) <= max(one.width, other.width) // 2
    return near_x and abs(y - other_y) <= max(one.height, other.height) // 2


def _by_score(match: Match) -> float:
    return match.score
