"""How alike is a template to each place of a picture? The full search: nothing is left out.

The brute force that everything cleverer must agree with, and that does the work in small pictures.
"""

import cv2
import numpy as np

from traybot.vision.pixels import Pixels
from traybot.vision.scene import Floats
from traybot.vision.scores import MIN_VARIANCE
from traybot.vision.templates import Template


def score_map(grey: Pixels, template: Template) -> Floats:
    """Score each place (h - th + 1, w - tw + 1); where nothing can be said the score is 0."""
    if template.mask is not None:
        return _masked(grey, template.grey, template.mask)
    scores = np.asarray(cv2.matchTemplate(grey, template.grey, cv2.TM_CCOEFF_NORMED), np.float32)
    return np.nan_to_num(scores, copy=False, nan=0, posinf=0, neginf=0)


def forget_flat(scores: Floats, grey: Pixels, template: Template) -> None:
    """Set the score of all flat places to 0: where one of them won, there are mostly many."""
    if template.mask is not None:
        return  # the masked search has done so already, but for rounding
    size, corner = template.size, (0, 0)
    mean = cv2.boxFilter(grey, cv2.CV_64F, size, anchor=corner)
    squares = cv2.sqrBoxFilter(grey, cv2.CV_64F, size, anchor=corner)
    rows, columns = scores.shape
    scores[(squares - mean * mean)[:rows, :columns] < MIN_VARIANCE] = 0


def suppress(scores: Floats, x: int, y: int, template: Template) -> None:
    """Set the scores around a place to 0: they are shadows of the same thing."""
    width, height = template.size
    left, top = max(0, x - width // 2), max(0, y - height // 2)
    scores[top : y + height // 2 + 1, left : x + width // 2 + 1] = 0


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
