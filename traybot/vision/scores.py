"""How alike are a template and the picture at given places? Exact scores, and the colours' word."""

import math

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from traybot.vision.blocks import Indices, Piece
from traybot.vision.pixels import Pixels, is_grey
from traybot.vision.scene import Floats, Scene
from traybot.vision.templates import Template

#: Least variance of the brightness at a place, in levels squared. What is flatter has no picture
#: in it: a single step of a wallpaper's gradient would match every edge with a score of 1.
MIN_VARIANCE = 1.0
#: How far the mean of a channel may be off its place relative to the brightness, in levels: what
#: noise, JPEG and a brighter screen do was at most 1.3, other colours were off by 14 and more. And
#: by how much more for each 0.01 that the threshold is below 0.9: who asks for less gets more.
HUE_TOLERANCE, HUE_LENIENCE = 12.0, 2.0
#: How far all three channels together may score below the threshold; noise and JPEG cost 0.12.
COLOR_ALLOWANCE = 0.2
#: What blue, green and red add to the brightness.
_TO_GREY = np.array([0.114, 0.587, 0.299], np.float32)
#: Pixels that are brought to float at once.
_AT_ONCE = 400_000


def scores_at(scene: Scene, piece: Piece, rows: Indices, columns: Indices) -> Floats:
    """Score places, -1 to 1, as exact as float32 is; 0 where it is too flat to be like anything."""
    windows = sliding_window_view(scene.grey, (piece.height, piece.width))
    scores = np.empty(len(rows), np.float32)
    step = max(1, _AT_ONCE // (piece.width * piece.height))
    for begin in range(0, len(rows), step):
        part = slice(begin, begin + step)
        values = windows[rows[part], columns[part]].reshape(-1, piece.width * piece.height)
        if piece.columns is not None:
            values = values[:, piece.columns]
        around = values.astype(np.float32)
        around -= (around @ np.full(around.shape[1], 1.0 / around.shape[1], np.float32))[:, None]
        energy = np.einsum("ij,ij->i", around, around)
        flat = energy < MIN_VARIANCE * around.shape[1]
        scores[part] = np.where(flat, 0, around @ piece.flat / np.sqrt(np.maximum(energy, 1e-6)))
    return scores


def score_at(grey: Pixels, template: Template, x: int, y: int) -> float | None:
    """Score one place exactly, 0 to 1; `None` where it is too flat to be like anything."""
    width, height = template.size
    window: npt.NDArray[np.float64] = grey[y : y + height, x : x + width].astype(np.float64)
    pattern: npt.NDArray[np.float64] = template.grey.astype(np.float64)
    if template.mask is not None:
        window, pattern = window[template.mask > 0], pattern[template.mask > 0]
    window, pattern = window - window.mean(), pattern - pattern.mean()
    if float((window * window).mean()) < MIN_VARIANCE:
        return None
    scale = float(np.linalg.norm(window) * np.linalg.norm(pattern))
    return min(1.0, max(0.0, float((window * pattern).sum()) / scale))


def same_colors(pixels: Pixels, template: Template, x: int, y: int, threshold: float) -> bool:
    """Tell whether a place that scores at least `threshold` has the template's colours.

    Its hue must be the same on the whole, and its blue, green and red must vary alike. A picture of
    brightness alone has no colours to be wrong.
    """
    if is_grey(pixels):
        return True
    width, height = template.size
    there = pixels[y : y + height, x : x + width, :3].reshape(-1, 3).astype(np.float32)
    wanted = template.bgr.reshape(-1, 3).astype(np.float32)
    if template.mask is not None:
        counted = template.mask.ravel() > 0
        there, wanted = there[counted], wanted[counted]
    each = np.full(len(there), 1.0 / len(there), np.float32)
    mean_there, mean_wanted = each @ there, each @ wanted
    tolerance = HUE_TOLERANCE + HUE_LENIENCE * max(0.0, 90 - 100 * threshold)
    if np.abs(_hue(mean_there) - _hue(mean_wanted)).max() > tolerance:
        return False
    there -= mean_there
    wanted -= mean_wanted
    scale = math.sqrt(float(np.vdot(there, there)) * float(np.vdot(wanted, wanted)))
    return float(np.vdot(there, wanted)) >= (threshold - COLOR_ALLOWANCE) * scale


def _hue(color: Floats) -> Floats:
    """Tell how far blue, green and red are from grey."""
    return np.asarray(color - color @ _TO_GREY, np.float32)
