"""Which pictures can be found? Templates: loaded, checked, and brought to other sizes.

A template that could match anything is refused here: one without contrast would score 1.0
everywhere, and a watch for it would always hold.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from traybot.core.template_rules import MAX_BYTES, MAX_SIDE, OPAQUE, TRANSPARENT, fault
from traybot.errors import TemplateError, TraybotError
from traybot.text import _
from traybot.vision.pictures import load_picture
from traybot.vision.pixels import Pixels, to_bgr, to_grey


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A picture to find. Never changed after it was made, so threads may share it."""

    name: str
    path: Path
    #: (h, w) brightness.
    grey: Pixels
    #: (h, w, 3) colours.
    bgr: Pixels
    #: (h, w) 255 where a pixel counts and 0 where not; `None` if all count.
    mask: Pixels | None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.grey.shape
        return width, height


def load_template(path: Path, name: str = "") -> Template:
    """Read and check a template; its name is the file's unless given.

    `TemplateError` names the file, what is wrong with it and the remedy.
    """
    try:
        pixels = load_picture(path, max_side=MAX_SIDE, max_bytes=MAX_BYTES)
    except TraybotError as error:
        raise TemplateError(error.what, error.remedy) from error
    return make_template(pixels, name or path.name, path)


def make_template(pixels: Pixels, name: str, path: Path = Path()) -> Template:
    """Make a template of a picture in memory; the alpha of (h, w, 4) says which pixels count.

    A screen's alpha means nothing: give a captured picture as (h, w, 3). `TemplateError` when it
    is too small, fully transparent or flat.
    """
    shown = f"{path}" if path.name else name
    bgr, grey, mask = to_bgr(pixels), to_grey(pixels), _mask(pixels)
    counted = np.ones(grey.shape, bool) if mask is None else mask > 0
    if counted.size and not counted.any():
        raise _unusable(shown, *TRANSPARENT)
    deviation = float(grey[counted].std()) if counted.size else 0.0
    colored = float(bgr[counted].std(axis=0).max()) if counted.size else 0.0
    what, remedy = fault(pixels.shape[1::-1], deviation, colored)
    if what:
        raise _unusable(shown, what, remedy)
    return Template(name, path, grey, bgr, mask)


def scaled(template: Template, factor: float) -> Template:
    """Make the template `factor` times as large. Slow: keep the result.

    `TemplateError` when that leaves too little of it to be found.
    """
    if factor == 1.0:
        return template
    width, height = scaled_size(template, factor)
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    if template.mask is None:
        resized = cv2.resize(template.bgr, (width, height), interpolation=how)
        return make_template(np.asarray(resized, np.uint8), template.name, template.path)
    # What hides under transparent pixels must not bleed into the edge of those that count.
    weights = (template.mask / 255).astype(np.float32)
    weighted = template.bgr * weights[:, :, np.newaxis]
    alpha = cv2.resize(weights, (width, height), interpolation=how)
    colours = cv2.resize(weighted, (width, height), interpolation=how)
    colours = colours / np.maximum(alpha, np.finfo(np.float32).eps)[:, :, np.newaxis]
    pixels = np.dstack((colours, alpha * 255)).round().clip(0, 255).astype(np.uint8)
    return make_template(pixels, template.name, template.path)


def scaled_size(template: Template, factor: float) -> tuple[int, int]:
    """Tell the width and height, in pixels, that `scaled` gives."""
    width, height = template.size
    return max(1, round(width * factor)), max(1, round(height * factor))


def _mask(pixels: Pixels) -> Pixels | None:
    if pixels.shape[2:] != (4,):
        return None
    opaque = pixels[:, :, 3] >= OPAQUE
    return None if opaque.all() else opaque.astype(np.uint8) * np.uint8(255)


def _unusable(shown: str, what: str, remedy: str) -> TemplateError:
    return TemplateError(
        _("cannot use the template {shown}: {what}").format(shown=shown, what=what), remedy
    )
