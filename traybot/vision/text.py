"""Which words stand in a picture? Lines of text with their places, read by a library.

The library is an extra, rapidocr with the models in its package: nothing is ever fetched. Its
detector is told to work at the picture's own size. By its defaults it enlarges every picture until
the shorter side has 736 pixels, which reads no better on a screen's sharp letters and makes a small
region thirty times as dear.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xxhash

from traybot.core.geometry import Rect
from traybot.errors import BackendUnavailable
from traybot.shells.extras import need_ocr
from traybot.text import _
from traybot.vision.pixels import Pixels, to_bgr

#: A picture with a longer side is read at a reduced size.
MAX_SIDE = 4000
#: Readings kept, so that the same pixels are not read again.
_KEPT = 64
#: Where the models lie in the library's package: what finds text, what reads it.
_MODELS = {"Det": "*_det_*.onnx", "Rec": "*_rec_*.onnx"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, left to right."""

    text: str
    #: How sure the reader is of the least sure part, 0 to 1.
    score: float
    #: Relative to the picture.
    rect: Rect


class Reader:
    """Reads pictures. One for each thread that reads; loads nothing before it must."""

    def __init__(self) -> None:
        """Nothing is loaded yet."""
        self._library: Any = None
        self._readings: OrderedDict[str, tuple[Line, ...]] = OrderedDict()

    def open(self) -> None:
        """Load library and models, about a second; `BackendUnavailable` where they lack."""
        if self._library is None:
            need_ocr()
            self._library = _loaded()

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """Read every line, top to bottom; pixels that were read before are not read again.

        Takes about 0.1 s for a region of 200 x 100 pixels, and 1 to 3 s for a whole screen.
        """
        self.open()
        if pixels.size == 0:
            return ()
        picture = to_bgr(pixels)
        key = digest(picture)
        if key not in self._readings:
            self._readings[key] = _lines(_parts(self._library(picture)))
            while len(self._readings) > _KEPT:
                self._readings.popitem(last=False)
        self._readings.move_to_end(key)
        return self._readings[key]


def digest(pixels: Pixels) -> str:
    """Tell pictures apart: equal for equal pixels of equal shape."""
    same = xxhash.xxh3_128(np.ascontiguousarray(pixels).data)
    same.update(repr(pixels.shape).encode())
    return same.hexdigest()


def seek(lines: Sequence[Line], pattern: re.Pattern[str]) -> Line | None:
    """Give the place of a pattern in the lines, joined by line ends; `None` if it is not there.

    What it matched may go over several lines; rectangle and score are then those of all of them.
    """
    found = pattern.search("\n".join(line.text for line in lines))
    if found is None:
        return None
    touched, start = [], 0
    for line in lines:
        end = start + len(line.text)
        if start <= found.end() and found.start() <= end:
            touched.append(line)
        start = end + 1
    if not touched:  # a pattern that matches nothing at all matches where nothing is read, too
        return Line(found.group(), 1.0, Rect(0, 0, 0, 0))
    return _joined(touched, "\n")


def _loaded() -> Any:  # noqa: ANN401  a library without types
    import rapidocr

    folder = Path(rapidocr.__file__).parent / "models"
    options: dict[str, object] = {
        "Global.log_level": "critical",
        "Global.use_cls": False,  # it turns lines that stand on their heads
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Det.limit_type": "max",
        "Det.limit_side_len": MAX_SIDE,
        "Global.max_side_len": MAX_SIDE,
        # A strip is neither enlarged nor widened to a block: that is six times as dear.
        "Global.min_side_len": 1,
        "Global.width_height_ratio": -1,
    }
    for part, pattern in _MODELS.items():
        # Named, for a model that is not named would be fetched from its makers.
        models = sorted(folder.glob(pattern))
        if not models:
            what = _("cannot read text: no model {pattern} lies in {folder}")
            remedy = _("install it anew: pip install --force-reinstall --no-deps rapidocr")
            raise BackendUnavailable(what.format(pattern=pattern, folder=folder), remedy)
        options[f"{part}.model_path"] = str(models[-1])
    return rapidocr.RapidOCR(params=options)


def _parts(answer: Any) -> list[Line]:  # noqa: ANN401
    """Turn the library's answer into values; it gives `None` where there is no text."""
    if answer.txts is None or answer.boxes is None:
        return []
    return [
        Line(text.strip(), float(score), _around(corners))
        for text, score, corners in zip(answer.txts, answer.scores, answer.boxes, strict=True)
        if text.strip()
    ]


def _around(corners: Any) -> Rect:  # noqa: ANN401  (4, 2) numbers
    (left, top), (right, bottom) = np.floor(np.min(corners, 0)), np.ceil(np.max(corners, 0))
    return Rect(int(left), int(top), int(right - left), int(bottom - top))


def _lines(parts: Iterable[Line]) -> tuple[Line, ...]:
    """Join the parts that stand beside each other."""
    rows: list[list[Line]] = []
    for part in sorted(parts, key=lambda part: part.rect.center[1]):
        if rows and _beside(rows[-1][-1].rect, part.rect):
            rows[-1].append(part)
        else:
            rows.append([part])
    return tuple(_joined(sorted(row, key=lambda part: part.rect.x), " ") for row in rows)


def _beside(one: Rect, other: Rect) -> bool:
    """Whether the middle of each is within the height of the other."""
    first, second = one.center[1], other.center[1]
    return one.y <= second <= one.y + one.height and other.y <= first <= other.y + other.height


def _joined(parts: Sequence[Line], by: str) -> Line:
    left, top = min(part.rect.x for part in parts), min(part.rect.y for part in parts)
    right = max(part.rect.x + part.rect.width for part in parts)
    bottom = max(part.rect.y + part.rect.height for part in parts)
    text = by.join(part.text for part in parts)
    rect = Rect(left, top, right - left, bottom - top)
    return Line(text, min(part.score for part in parts), rect)
