"""How alike is a template to each place of a picture? The full search: nothing is left out.

The brute force that everything cleverer must agree with, and that does the work in small pictures.
"""

import cv2
import numpy as np

from traybot.vision.blocks import SLACK, Indices, Piece
from traybot.vision.bounded import Accepts, first_accepted
from traybot.vision.pixels import Pixels
from traybot.vision.scene import Flags, Floats, Scene
from traybot.vision.scores import MIN_VARIANCE, score_at, scores_at
from traybot.vision.templates import Template

#: More good places than these, and most of them are flat.
_MANY = 20_000
#: So many places are looked at first, then twice as many each time, up to the other number.
_FIRST, _MOST = 8, 512
#: Nearer to a refused place than this part of the template all are refused.
_SHADOW = 8


def score_map(grey: Pixels, template: Template) -> Floats:
    """Score each place (h - th + 1, w - tw + 1); where nothing can be said the score is 0."""
    if template.mask is not None:
        return _masked(grey, template.grey, template.mask)
    scores = np.asarray(cv2.matchTemplate(grey, template.grey, cv2.TM_CCOEFF_NORMED), np.float32)
    finite, _where = cv2.checkRange(scores)
    if not finite:  # rarely, and to ask takes a tenth of the time of setting them
        np.nan_to_num(scores, copy=False, nan=0, posinf=0, neginf=0)
    return scores


def forget_flat(scores: Floats, grey: Pixels, template: Template) -> None:
    """Set the score of all flat places to 0: where one of them won, there are mostly many."""
    if template.mask is not None:
        return  # the masked search has done so already, but for rounding
    size, corner = template.size, (0, 0)
    mean = cv2.boxFilter(grey, cv2.CV_64F, size, anchor=corner)
    squares = cv2.sqrBoxFilter(grey, cv2.CV_64F, size, anchor=corner)
    rows, columns = scores.shape
    scores[(squares - mean * mean)[:rows, :columns] < MIN_VARIANCE] = 0


def reaching(
    scores: Floats, grey: Pixels, piece: Piece, least: float
) -> tuple[Indices, Indices, Floats]:
    """Give rows and columns of the places from `least` on, and their scores by the map."""
    places = np.flatnonzero(scores >= least - SLACK)
    if len(places) > _MANY:  # mostly flat ones, where the map means nothing
        forget_flat(scores, grey, piece.template)
        places = np.flatnonzero(scores >= least - SLACK)
    rows, columns = np.divmod(places, scores.shape[1])
    return rows, columns, scores[rows, columns]


def highest(scores: Floats) -> tuple[int, int] | None:
    """Give the best place of the map, (x, y), flat as it may be; `None` if nothing is like it."""
    _, raw, _, (x, y) = cv2.minMaxLoc(scores)
    return (x, y) if raw > 0 else None


def best_of(
    scene: Scene, piece: Piece, scores: Floats, floor: float, accepts: Accepts
) -> tuple[int, int] | None:
    """Find the best place from the floor on that may count; (x, y).

    `scores` is the map; what may not count is struck out of it, with its shadows.
    """
    rows, columns, likeness = reaching(scores, scene.grey, piece, floor)
    order = np.argsort(-likeness, kind="stable")
    rows, columns = rows[order], columns[order]
    struck = np.zeros(scores.shape, np.bool_)
    step = _FIRST
    while len(rows):
        here, there = rows[:step], columns[:step]
        exact = scores_at(scene, piece, here, there)
        index = first_accepted(accepts, here, there, exact, floor - SLACK)
        if index is not None:
            return int(there[index]), int(here[index])
        _strike(struck, here, there, piece)
        rows, columns, step = rows[step:], columns[step:], min(2 * step, _MOST)
        left = ~struck[rows, columns]
        rows, columns = rows[left], columns[left]
    scores[(scores >= floor - SLACK) | struck] = 0
    return None


def nearest(scene: Scene, piece: Piece, scores: Floats) -> tuple[int, int] | None:
    """Find the best place of the map, (x, y); `None` where nothing is like it at all."""
    while True:
        _, raw, _, (x, y) = cv2.minMaxLoc(scores)
        if raw <= 0:
            return None
        if score_at(scene.grey, piece.template, x, y) is not None:
            return x, y
        forget_flat(scores, scene.grey, piece.template)
        scores[y, x] = 0


def _strike(struck: Flags, rows: Indices, columns: Indices, piece: Piece) -> None:
    """Strike out places and what is so near to them that it shows the same."""
    down, across = piece.height // _SHADOW, piece.width // _SHADOW
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        top, left = max(0, row - down), max(0, column - across)
        struck[top : row + down + 1, left : column + across + 1] = True


def _masked(grey: Pixels, template: Pixels, mask: Pixels) -> Floats:
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
