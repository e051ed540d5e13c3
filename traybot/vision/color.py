"""How much of a picture has a colour? Colours are red, green, blue, as `core.colors` reads them."""

import cv2
import numpy as np

from traybot.text import _
from traybot.vision.pixels import Pixels, is_grey, to_bgr

RGB = tuple[int, int, int]


def share(pixels: Pixels, color: RGB, tolerance: int) -> float:
    """Tell which part of the pixels, 0 to 1, is within `tolerance` levels of the colour.

    Every channel for itself, 0 to 255; a picture without pixels has no share of anything.
    """
    if pixels.size == 0:
        return 0.0
    bgr = to_bgr(pixels) if is_grey(pixels) else pixels
    lowest = [max(0, channel - tolerance) for channel in color[::-1]] + [0]
    highest = [min(255, channel + tolerance) for channel in color[::-1]] + [255]
    channels = bgr.shape[2]  # a fourth byte may be anything
    inside = cv2.inRange(bgr, np.array(lowest[:channels]), np.array(highest[:channels]))
    return cv2.countNonZero(inside) / inside.size


def mean_color(pixels: Pixels) -> RGB:
    """Give the mean colour, rounded; `ValueError` for a picture without pixels."""
    if pixels.size == 0:
        raise ValueError(_("a picture without pixels has no colour"))
    blue, green, red, _alpha = cv2.mean(to_bgr(pixels))
    return round(red), round(green), round(blue)
