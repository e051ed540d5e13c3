"""How alike are a template and the picture at given places? Exact scores, and the colours' word."""

import math
from dataclasses import dataclass
from functools import lru_cache
from operator import mul
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from traybot.vision.blocks import Indices, Piece
from traybot.vision.pixels import Pixels, is_grey
from traybot.vision.scene import MIN_VARIANCE, Floats, Scene
from traybot.vision.templates import Template

Values = npt.NDArray[np.floating[Any]]

#: How far the mean of a channel may be off its place relative to the brightness, in levels: what
#: noise, JPEG and a brighter screen do was at most 1.3, other colours were off by 14 and more. And
#: by how much more for each 0.01 that the threshold is below 0.9: who asks for less gets more.
HUE_TOLERANCE, HUE_LENIENCE = 12.0, 2.0
#: A darker or paler picture has less contrast, and its colours are as much nearer to grey: that far
#: down, and a little up, the hue is compared as the contrast tells.
LEAST_GAIN, MOST_GAIN = 0.5, 1.25
#: How far all three channels together may score below the threshold; noise and JPEG cost 0.12.
COLOR_ALLOWANCE = 0.2
#: What varies less than this has no colours to compare, in levels squared.
_LEAST_VARIANCE = 0.05
#: What blue, green and red add to the brightness.
_TO_GREY_LIST = (0.114, 0.587, 0.299)
_TO_GREY = np.array(_TO_GREY_LIST, np.float32)
#: Pixels that are brought to float at once.
_AT_ONCE = 400_000
#: Templates whose side of a comparison is kept.
_KEPT = 256


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
    side = _brightness_of(template)
    width, height = template.size
    window = grey[y : y + height, x : x + width]
    deviation = float(cv2.meanStdDev(window, mask=template.mask)[1][0, 0])
    if deviation**2 < MIN_VARIANCE:
        return None
    likeness = float(np.vdot(window.astype(np.float64), side.values)) / (deviation * side.length)
    return min(1.0, max(0.0, likeness))


def same_colors(pixels: Pixels, template: Template, x: int, y: int, threshold: float) -> bool:
    """Tell whether a place that scores at least `threshold` has the template's colours.

    Its hue must be the same on the whole, as far as it is as bright and rich in contrast, and its
    blue, green and red must vary alike. A picture of brightness alone has no colours to be wrong.
    """
    if is_grey(pixels):
        return True
    side = _colors_of(template, pixels.shape[2])
    width, height = template.size
    window = pixels[y : y + height, x : x + width]
    means, deviations = cv2.meanStdDev(window, mask=template.mask)
    # In plain numbers: for three of them an array takes ten times as long.
    mean, deviation = means.ravel().tolist()[:3], deviations.ravel().tolist()[:3]
    grey = sum(map(mul, mean, _TO_GREY_LIST))
    tolerance = _hue_tolerance(threshold)
    variance = sum(map(mul, deviation, deviation))
    if variance <= _LEAST_VARIANCE:
        return False
    hues = [(one - grey, hue) for one, hue in zip(mean, side.hue, strict=True)]
    if any(abs(one - hue) > tolerance for one, hue in hues):
        gain = min(MOST_GAIN, max(LEAST_GAIN, math.sqrt(variance) / side.contrast))
        if any(abs(one - gain * hue) > tolerance for one, hue in hues):
            return False
    likeness = float(np.vdot(window.astype(np.float32), side.values))
    return likeness / (math.sqrt(variance) * side.length) >= threshold - COLOR_ALLOWANCE


def same_colors_at(
    pixels: Pixels, template: Template, rows: Indices, columns: Indices, threshold: float
) -> npt.NDArray[np.bool_]:
    """Tell the same as `same_colors` for many places at once, in a fifth of the time of each."""
    if is_grey(pixels):
        return np.ones(len(rows), np.bool_)
    if len(rows) == 1:
        one = same_colors(pixels, template, int(columns[0]), int(rows[0]), threshold)
        return np.array([one])
    channels = pixels.shape[2]
    width, height = template.size
    flat = pixels.reshape(pixels.shape[0], -1)
    windows = sliding_window_view(flat, (height, width * channels))
    step = max(1, _AT_ONCE // (width * height * channels))
    same = np.zeros(len(rows), np.bool_)
    for begin in range(0, len(rows), step):
        part = slice(begin, begin + step)
        values = windows[rows[part], columns[part] * channels]
        same[part] = _same_colors_of(
            values.reshape(len(values), -1).astype(np.float32), template, channels, threshold
        )
    return same


def _same_colors_of(
    values: Floats, template: Template, channels: int, threshold: float
) -> npt.NDArray[np.bool_]:
    """Compare pictures (n, pixels * channels), each as `same_colors` does."""
    side, counted = _colors_of(template, channels), _counted_of(template, channels)
    mean = values @ counted
    variance = (np.square(values) @ counted - np.square(mean)).sum(axis=1)
    contrast = np.sqrt(np.maximum(variance, _LEAST_VARIANCE))
    gain = np.clip(contrast / side.contrast, LEAST_GAIN, MOST_GAIN)[:, np.newaxis]
    hue, wanted = _hue(mean), np.array(side.hue, np.float32)
    off = np.minimum(np.abs(hue - wanted).max(axis=1), np.abs(hue - gain * wanted).max(axis=1))
    same = np.asarray((variance > _LEAST_VARIANCE) & (off <= _hue_tolerance(threshold)), np.bool_)
    left = np.flatnonzero(same)
    if len(left):
        scale = contrast[left] * side.length
        likeness = values[left] @ side.values.astype(np.float32) / scale
        same[left] = likeness >= threshold - COLOR_ALLOWANCE
    return same


def prepare(template: Template) -> None:
    """Make now what the first comparison would make otherwise."""
    _brightness_of(template)
    _colors_of(template, len("bgra"))


@dataclass(frozen=True, slots=True)
class _Side:
    """What of a template each comparison needs."""

    #: Around their mean, flat; 0 where a pixel does not count, and for a screen's fourth byte.
    values: Values
    #: How far blue, green and red are from grey on the whole; of brightness alone nothing.
    hue: tuple[float, ...]
    #: Their length, times the root of how many pixels count.
    length: float
    #: How much all channels together vary, in levels.
    contrast: float


def _side_of(pixels: Values, mask: Pixels | None) -> _Side:
    """Prepare a template (pixels, channels)."""
    counted = slice(None) if mask is None else mask.ravel() > 0
    there = pixels[counted]
    mean = there.mean(axis=0)
    values = np.zeros_like(pixels)
    values[counted] = there - mean
    hue = tuple(_hue(mean[:3]).tolist()) if len(mean) > 1 else ()
    norm, root = float(np.linalg.norm(values)), math.sqrt(len(there))
    return _Side(values.ravel(), hue, norm * root, norm / root)


@lru_cache(maxsize=_KEPT)
def _brightness_of(template: Template) -> _Side:
    return _side_of(template.grey.reshape(-1, 1).astype(np.float64), template.mask)


@lru_cache(maxsize=_KEPT)
def _colors_of(template: Template, channels: int) -> _Side:
    bgr = template.bgr.reshape(-1, 3)
    padded = np.zeros((len(bgr), channels), np.float32)
    padded[:, :3] = bgr
    return _side_of(padded, template.mask)


@lru_cache(maxsize=_KEPT)
def _counted_of(template: Template, channels: int) -> Floats:
    """Give what makes of pixels the mean of each colour (pixels * channels, 3)."""
    mask = template.mask
    weights = np.ones(template.grey.size) if mask is None else (mask.ravel() > 0).astype(float)
    each = np.eye(channels, 3)
    return np.asarray(np.kron((weights / weights.sum())[:, np.newaxis], each), np.float32)


def _hue(color: Values) -> Values:
    """Tell how far blue, green and red (…, 3) are from grey."""
    return np.asarray(color - (color @ _TO_GREY)[..., np.newaxis], np.float32)


def _hue_tolerance(threshold: float) -> float:
    return HUE_TOLERANCE + HUE_LENIENCE * max(0.0, 90 - 100 * threshold)
