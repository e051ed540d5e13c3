"""What did the soak look like? `python bench/soak_plot.py SAMPLES OUT.png` draws it.

Drawn with Pillow, which is there anyway: four panels over one axis of time.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SCALE = 2
WIDTH, PANEL, LEFT, RIGHT, TOP, GAP = 900, 200, 60, 190, 30, 44
INK, FAINT = "#222222", "#dddddd"
COLORS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#7f7f7f")
STEPS = (1, 2, 5)

Line = list[tuple[float, float]]


def lines_of(samples: list[dict[str, object]]) -> dict[str, dict[str, Line]]:
    """Sort the samples into panels of lines; those of lives are gathered by role."""
    panels: dict[str, dict[str, Line]] = {
        "memory, MB PSS": {},
        "open descriptors": {},
        "log and its old files, MB": {"log": []},
        "lives begun": {"lives": []},
    }
    for sample in samples:
        at = float(sample["at"]) / 60.0  # type: ignore[arg-type]  # as it was written
        for panel, kind in (("memory, MB PSS", "pss"), ("open descriptors", "descriptors")):
            for role, value in sample[kind].items():  # type: ignore[attr-defined]  # as above
                panels[panel].setdefault(role, []).append((at, value))
        panels["log and its old files, MB"]["log"].append((at, float(sample["log"])))  # type: ignore[arg-type]  # as above
        panels["lives begun"]["lives"].append((at, float(sample["deaths"])))  # type: ignore[arg-type]  # as above
    return panels


def step_of(most: float) -> float:
    """Give a round distance between the lines of a grid that reaches `most`."""
    size = 10.0**-3
    while True:
        for step in STEPS:
            if most / (size * step) <= 5:
                return size * step
        size *= 10.0


class Plot:
    """One picture."""

    def __init__(self, panels: dict[str, dict[str, Line]]) -> None:
        height = TOP + len(panels) * (PANEL + GAP)
        self._image = Image.new("RGB", (WIDTH * SCALE, height * SCALE), "white")
        self._draw = ImageDraw.Draw(self._image)
        self._font = ImageFont.load_default(12 * SCALE)
        self._span = max(x for lines in panels.values() for line in lines.values() for x, _ in line)
        for row, (title, lines) in enumerate(panels.items()):
            self._panel(TOP + row * (PANEL + GAP), title, lines)

    def save(self, file: Path) -> None:
        """Write it, small: few colours are in it."""
        smaller = self._image.resize((WIDTH, self._image.height // SCALE), Image.Resampling.LANCZOS)
        smaller.quantize(64).save(file, optimize=True)

    def _panel(self, top: int, title: str, lines: dict[str, Line]) -> None:
        most = max((y for line in lines.values() for _, y in line), default=1.0) or 1.0
        step = step_of(most)
        most = step * (int(most / step) + 1)
        self._text(LEFT, top - 18, title)
        for row in range(int(most / step) + 1):
            y = self._y(top, row * step / most)
            self._stroke([(LEFT, y), (WIDTH - RIGHT, y)], FAINT, 1)
            self._text(LEFT - 8, y - 7, f"{row * step:g}", right=True)
        across = step_of(self._span)
        for column in range(int(self._span / across) + 1):
            x = self._x(column * across)
            self._text(x - 8, top + PANEL + 3, f"{column * across:g} min")
        for place, (name, line) in enumerate(sorted(lines.items())):
            color = COLORS[place % len(COLORS)]
            points = [(self._x(x), self._y(top, y / most)) for x, y in line]
            self._stroke(points, color, 1.5)
            self._text(WIDTH - RIGHT + 12, top + 16 * place, name, color)

    def _x(self, minutes: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * minutes / self._span

    def _y(self, top: int, share: float) -> float:
        return top + PANEL * (1.0 - share)

    def _stroke(self, points: Line, color: str, width: float) -> None:
        for (x, y), (to_x, to_y) in pairwise(points):
            ends = [(x * SCALE, y * SCALE), (to_x * SCALE, to_y * SCALE)]
            self._draw.line(ends, fill=color, width=round(width * SCALE))

    def _text(
        self, x: float, y: float, text: str, color: str = INK, *, right: bool = False
    ) -> None:
        place = (x * SCALE, y * SCALE)
        self._draw.text(place, text, fill=color, font=self._font, anchor="ra" if right else "la")


def main() -> None:
    """Draw."""
    samples = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    Plot(lines_of(samples)).save(Path(sys.argv[2]))


if __name__ == "__main__":
    main()
