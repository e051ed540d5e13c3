"""Pictures that tests look at: made by dice with a fixed seed, so that every run sees the same."""

import struct
import zlib

import numpy as np
import numpy.typing as npt

from traybot.vision.pixels import Pixels
from traybot.vision.templates import Template, make_template

PNG_START = b"\x89PNG\r\n\x1a\n"


def noise(width: int, height: int, channels: int = 3, seed: int = 1) -> Pixels:
    """Make a picture in which no two places are alike; alpha, if any, is opaque."""
    dice = np.random.default_rng(seed)
    pixels: Pixels = dice.integers(0, 256, (height, width, channels), dtype=np.uint8)
    if channels == 4:
        pixels[:, :, 3] = 255
    return pixels


def blobs(width: int, height: int, seed: int = 1) -> Pixels:
    """Make a picture with structure of some ten pixels, so that it can be seen at other sizes."""
    dice = np.random.default_rng(seed)
    coarse = dice.integers(0, 256, (height // 10 + 2, width // 10 + 2, 3)).astype(np.float64)
    return resized(coarse, width, height)


def resized(pixels: npt.NDArray[np.generic], width: int, height: int) -> Pixels:
    """Bring to a size by linear interpolation of our own: not the code under test."""
    values = pixels.astype(np.float64)
    rows = np.linspace(0, values.shape[0] - 1, height)
    columns = np.linspace(0, values.shape[1] - 1, width)
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    bottom = np.minimum(top + 1, values.shape[0] - 1)
    right = np.minimum(left + 1, values.shape[1] - 1)
    down, across = (rows - top)[:, None, None], (columns - left)[None, :, None]
    upper = values[top][:, left] * (1 - across) + values[top][:, right] * across
    lower = values[bottom][:, left] * (1 - across) + values[bottom][:, right] * across
    return (upper * (1 - down) + lower * down).round().astype(np.uint8)


def cut(pixels: Pixels, x: int, y: int, width: int, height: int) -> Pixels:
    """Cut out a piece, as an array of its own."""
    return pixels[y : y + height, x : x + width].copy()


def template_of(pixels: Pixels, x: int, y: int, width: int, height: int) -> Template:
    """Make a template of a piece of a picture."""
    return make_template(cut(pixels, x, y, width, height), "piece")


def framed(pixels: Pixels, border: int) -> Template:
    """Make a template whose outer `border` pixels are transparent and full of other colours."""
    height, width = pixels.shape[:2]
    masked = noise(width, height, 4, seed=99)
    inner = (slice(border, height - border), slice(border, width - border))
    masked[:, :, 3] = 0
    masked[(*inner, slice(0, 3))] = pixels[inner]
    masked[(*inner, 3)] = 255
    return make_template(masked, "framed")


def png_claiming(width: int, height: int) -> bytes:
    """Make a small PNG file whose header claims any size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    return PNG_START + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
