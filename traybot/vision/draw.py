"""What was found where? Rectangles, outlines and labels drawn on a copy of a picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from traybot.core.geometry import Rect
from traybot.vision.pixels import Pixels, to_bgr

_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX
_FONT_SCALE = 0.45
#: Room between a label and what it stands at, in pixels.
_GAP = 4
_BLACK = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Mark:
    """A rectangle to draw, with a label above it."""

    rect: Rect
    label: str = ""
    #: Red, green, blue.
    color: tuple[int, int, int] = (0, 255, 0)
    #: Corners (x, y) to draw instead of the rectangle's.
    outline: tuple[tuple[int, int], ...] = ()


def draw(pixels: Pixels, marks: Iterable[Mark]) -> Pixels:
    """Draw the marks on a copy (h, w, 3); what lies outside the picture is left out.

    The font knows ASCII only: other letters of a label become question marks.
    """
    picture = to_bgr(pixels)
    for mark in marks:
        rect, color = mark.rect, mark.color[::-1]
        corner = (rect.x + rect.width - 1, rect.y + rect.height - 1)
        # A dark line around the bright one, so that it shows on any ground.
        if mark.outline:
            corners = [np.array(mark.outline, np.int32)]
            cv2.polylines(picture, corners, True, _BLACK, 3)  # noqa: FBT003  OpenCV's own order
            cv2.polylines(picture, corners, True, color, 1)  # noqa: FBT003
            _label(picture, mark)
            continue
        cv2.rectangle(picture, (rect.x - 1, rect.y - 1), (corner[0] + 1, corner[1] + 1), _BLACK, 1)
        cv2.rectangle(picture, (rect.x, rect.y), corner, color, 1)
        _label(picture, mark)
    return picture


def _label(picture: Pixels, mark: Mark) -> None:
    """Write a label above its rectangle, or inside it where there is no room above."""
    if not mark.label:
        return
    text = mark.label.encode("ascii", "replace").decode("ascii")
    (width, height), _ = cv2.getTextSize(text, _FONT, _FONT_SCALE, 1)
    x = max(0, min(mark.rect.x, picture.shape[1] - width))
    above = mark.rect.y - _GAP
    y = above if above >= height else mark.rect.y + height + _GAP
    for color, thickness in ((_BLACK, 3), (mark.color[::-1], 1)):
        cv2.putText(picture, text, (x, y), _FONT, _FONT_SCALE, color, thickness, cv2.LINE_AA)
