"""What is a picture in memory? A numpy array of bytes, rows first, blue before red."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from traybot.text import _

#: (h, w, 4) blue, green, red, alpha; or (h, w, 3) without alpha; or (h, w) brightness alone.
#: The fourth byte of a screen's pixel means nothing: only a picture file's is worth reading.
Pixels = npt.NDArray[np.uint8]

_TO_GREY: Final = {3: cv2.COLOR_BGR2GRAY, 4: cv2.COLOR_BGRA2GRAY}
_BRIGHTNESS_AXES = 2
_COLOR_AXES = 3


def is_grey(pixels: Pixels) -> bool:
    """Tell whether the picture holds brightness alone."""
    return pixels.ndim == _BRIGHTNESS_AXES


def to_grey(pixels: Pixels) -> Pixels:
    """Give the brightness (h, w); the array itself where it holds nothing else."""
    check(pixels)
    if is_grey(pixels):
        return pixels
    if pixels.size == 0:  # cv2 refuses these
        return pixels[:, :, 0]
    return np.asarray(cv2.cvtColor(pixels, _TO_GREY[pixels.shape[2]]), np.uint8)


def to_bgr(pixels: Pixels) -> Pixels:
    """Give blue, green, red (h, w, 3) as an array of its own, to draw on."""
    check(pixels)
    if is_grey(pixels):
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8)
    if pixels.shape[2] == len("bgr"):
        return pixels.copy()
    # cv2, for numpy's own slicing of four bytes to three takes seven times as long as a capture.
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR), np.uint8)


def check(pixels: Pixels) -> None:
    """Raise `ValueError` for what is no picture: the caller's mistake."""
    colored = pixels.ndim == _COLOR_AXES and pixels.shape[2] in _TO_GREY
    shaped = is_grey(pixels) or colored
    if not shaped or pixels.dtype != np.uint8:
        raise ValueError(
            _("not a picture: an array of {dtype}, shape {shape}").format(
                dtype=pixels.dtype, shape=pixels.shape
            )
        )
