"""Pictures with words in them, and the marker of tests that read for real."""

import importlib.util

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from traybot.shells.extras import OCR
from traybot.vision.pixels import Pixels

#: The fonts that Debian's fonts-dejavu-core brings.
SANS = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
NIGHT, WHITE = (20, 20, 60), (255, 255, 255)

needs_ocr = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in OCR),
    reason="the extra traybot[ocr] is not installed",
)

#: Pixels of the corner, and the words.
Words = tuple[int, int, str]


def page(*words: Words, size: tuple[int, int] = (240, 90), pixels: int = 18) -> Pixels:
    """Paint words of a height, white on dark blue; gives (h, w, 3) BGR."""
    image = Image.new("RGB", size, NIGHT)
    font = ImageFont.truetype(SANS, pixels)
    for x, y, text in words:
        ImageDraw.Draw(image).text((x, y), text, font=font, fill=WHITE)
    return np.asarray(cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR), np.uint8)
