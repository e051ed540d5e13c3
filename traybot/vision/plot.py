"""How do numbers look? Bars and points, drawn by Pillow, so that no library of plots is needed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Color = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

INK, PALE, GROUND = (34, 40, 49), (214, 219, 226), (255, 255, 255)
OURS, OTHERS, LIMIT = (18, 132, 98), (122, 139, 163), (202, 72, 48)

WIDTH = 1000
_MARGIN, _ROW, _BAR, _TITLE, _FOOT = 24, 30, 18, 62, 40
_LETTERS, _LARGE = 15, 20
#: Room for the names of bars, and for what stands behind them.
_NAMES, _VALUES = 300, 180
_DOT = 6
#: How far above or below its dot a name may stand, nearest first, in pixels.
_STEPS = [sign * _LETTERS * far for far in range(40) for sign in (1, -1)]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, with its name before it and its value in words behind it."""

    name: str
    value: float
    shown: str
    color: Color = OTHERS


@dataclass(frozen=True, slots=True)
class Point:
    """One point with its name beside it."""

    name: str
    x: float
    y: float
    color: Color = OTHERS


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows, from where to where; `log`: each step is ten times the last."""

    title: str
    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """Give where a value lies between the ends, 0 to 1; what is outside lies at the end."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            value = math.log10(max(value, self.low))
        else:
            low, high = self.low, self.high
        return min(1.0, max(0.0, (value - low) / (high - low)))

    def ticks(self) -> list[float]:
        """Give where to write numbers."""
        if not self.log:
            return [self.low + (self.high - self.low) * part / 5 for part in range(6)]
        first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        return [10.0**power for power in range(first, last + 1)]


def bars(title: str, axis: Axis, rows: Sequence[Bar], mark: float | None = None) -> Image.Image:
    """Draw bars below each other, all from the axis's low end; `mark` is a line across them."""
    height = _TITLE + _ROW * len(rows) + _FOOT
    image, draw = _sheet(title, height)
    left, right = _MARGIN + _NAMES, WIDTH - _MARGIN - _VALUES
    bottom = height - _FOOT
    _across(draw, axis, (left, right), (_TITLE, bottom))
    for number, row in enumerate(rows):
        top = _TITLE + _ROW * number + (_ROW - _BAR) // 2
        end = left + max(2, round(axis.share(row.value) * (right - left)))
        draw.rectangle((left, top, end, top + _BAR), fill=row.color)
        middle = top + _BAR // 2
        draw.text((left - 8, middle), row.name, INK, _font(), anchor="rm")
        draw.text((end + 8, middle), row.shown, INK, _font(), anchor="lm")
    if mark is not None:
        x = left + round(axis.share(mark) * (right - left))
        draw.line((x, _TITLE, x, bottom), LIMIT, 2)
    return image


def points(title: str, across: Axis, up: Axis, rows: Sequence[Point]) -> Image.Image:
    """Draw points; names keep out of each other's way as far as there is room."""
    height = 560
    image, draw = _sheet(title, height)
    left, right, bottom = _MARGIN + 60, WIDTH - _MARGIN - 130, height - _FOOT - 16
    _across(draw, across, (left, right), (_TITLE, bottom))
    for tick in up.ticks():
        y = bottom - round(up.share(tick) * (bottom - _TITLE))
        draw.line((left, y, right, y), PALE, 1)
        draw.text((left - 8, y), _number(tick), INK, _font(), anchor="rm")
    draw.text((left, _TITLE - 14), up.title, INK, _font(), anchor="lm")
    _scatter(
        draw,
        [
            (
                left + across.share(row.x) * (right - left),
                bottom - up.share(row.y) * (bottom - _TITLE),
                row,
            )
            for row in rows
        ],
    )
    return image


def _scatter(draw: ImageDraw.ImageDraw, dots: list[tuple[float, float, Point]]) -> None:
    """Draw dots, ours last, and each name where no dot and no other name is."""
    #: Left end, right end and height of what must not be covered.
    taken = [(x - _DOT, x + _DOT, y) for x, y, _ in dots]
    for x, y, row in sorted(dots, key=lambda dot: dot[2].color == OURS):
        start, wide = x + _DOT + 5, draw.textlength(row.name, _font())
        ends = ((start, start + wide, "lm"), (x - _DOT - 5 - wide, x - _DOT - 5, "rm"))
        # The nearest free row, right of the dot if that is free, else left of it.
        label, (first, last, anchor) = next(
            (y + step, end)
            for step in _STEPS
            for end in ends
            if not any(
                left < end[1] and end[0] < right and abs(y + step - other) < _LETTERS
                for left, right, other in taken
            )
        )
        taken.append((first, last, label))
        draw.ellipse((x - _DOT, y - _DOT, x + _DOT, y + _DOT), fill=row.color)
        at = (first if anchor == "lm" else last, label)
        draw.text(at, row.name, row.color, _font(), anchor=anchor)


def save(image: Image.Image, path: Path) -> None:
    """Write a picture with few colours, which is a fifth of the size; `OSError` if it cannot be."""
    image.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


def _sheet(title: str, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (WIDTH, height), GROUND)
    draw = ImageDraw.Draw(image)
    draw.text((_MARGIN, 24), title, INK, _font(_LARGE), anchor="lm")
    return image, draw


def _across(
    draw: ImageDraw.ImageDraw, axis: Axis, sides: tuple[int, int], span: tuple[int, int]
) -> None:
    """Draw an axis along the lower edge, with a thin line up from each number."""
    left, right = sides
    for tick in axis.ticks():
        x = left + round(axis.share(tick) * (right - left))
        draw.line((x, span[0], x, span[1]), PALE, 1)
        draw.text((x, span[1] + 12), _number(tick), INK, _font(), anchor="mm")
    draw.text(((left + right) // 2, span[1] + 28), axis.title, INK, _font(), anchor="mm")


def _number(value: float) -> str:
    return f"{value:g}" if abs(value) < 10_000 else f"{value:,.0f}"  # noqa: PLR2004  a long number


def _font(size: int = _LETTERS) -> Font:
    return ImageFont.load_default(size)
