"""How do picture files become arrays, and arrays files? Written whole or not at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

from traybot.errors import TraybotError
from traybot.shells.picture_file import MAX_BYTES, MAX_SIDE, read_picture
from traybot.text import _
from traybot.vision.pixels import Pixels, to_bgr

#: The fastest setting that still saves space.
_COMPRESSION = 1


def load_picture(path: Path, *, max_side: int = MAX_SIDE, max_bytes: int = MAX_BYTES) -> Pixels:
    """Read a picture as (h, w, 4) BGRA with its real alpha; errors as `read_picture` says."""
    rgba = np.asarray(read_picture(path, max_side=max_side, max_bytes=max_bytes))
    return np.asarray(cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA), np.uint8)


def save_png(path: Path, pixels: Pixels) -> None:
    """Write a picture without its alpha; the file is there whole or not at all.

    `TraybotError` when it cannot be written. Only this user may read the file.
    """
    whole, encoded = cv2.imencode(
        ".png", to_bgr(pixels), [cv2.IMWRITE_PNG_COMPRESSION, _COMPRESSION]
    )
    if not whole:
        raise ValueError(
            _("not a picture that PNG can hold: shape {shape}").format(shape=pixels.shape)
        )
    try:
        _replace(path, encoded.tobytes())
    except OSError as error:
        what = _("cannot write the picture {path}: {why}").format(
            path=path, why=error.strerror or error
        )
        raise TraybotError(what, _("choose a folder that can be written to")) from error


def _replace(path: Path, data: bytes) -> None:
    """Write beside `path`, then put it in place: a reader sees the old file or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
