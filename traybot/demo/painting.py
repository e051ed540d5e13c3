"""How does the demo game look? Flat shapes on a dark sky, drawn once and moved after that.

Everything here runs on the thread that made the canvas.
"""

import tkinter as tk
from random import Random

from traybot.demo import letters
from traybot.demo.flight import (
    CRAFT_LEFT,
    HEIGHT,
    SKY,
    WALL_WIDTH,
    WALLS,
    WIDTH,
    Flight,
)

NIGHT = "#0b1022"
BAR = "#141b36"
FAINT = "#232c52"
WHITE = "#f4f6ff"
GREY = "#8f9bc7"
RED = "#ff4d5e"
YELLOW = "#ffc93c"
WALL, WALL_LIGHT, WALL_CAP = "#12786f", "#1fa597", "#5eead4"
PANEL = (58, 122, 422, 250)
GROUND = "#12060c"  # the panel's

#: The craft and its flame, each letter two pixels wide and high.
CRAFT = (
    "...rrr..............",
    "...rrrr....oooooo...",
    "rr.bbbbbbboccccccoo.",
    "rrrbbwwbbbocclllccb.",
    "rrrbwwwwbboccccccbbb",
    "rrrbwwwwbbbooooobbbb",
    "rrrbbwwbbbbbbbbbbbb.",
    "rr.ddddddddddddddd..",
    "...rrrr.dddddd......",
    "...rrr..............",
)
FLAME = ("....y.", ".yyyww", "yywwww", ".yyyww", "....y.")
INKS = {
    "r": RED,
    "o": "#3b2a12",
    "b": "#ff9f2e",
    "d": "#c86a10",
    "w": WHITE,
    "c": "#36b7ff",
    "l": "#c9ecff",
    "y": YELLOW,
}


class Painting:
    """The game's picture on a canvas of its own: `show` draws a flight, `over` the panel."""

    def __init__(self, root: tk.Tk) -> None:
        self._canvas = tk.Canvas(
            root, width=WIDTH, height=HEIGHT, background=NIGHT, highlightthickness=0
        )
        self._canvas.pack()
        self._pictures: list[tk.PhotoImage] = []
        dice = Random(7)
        self._stars = [self._star(dice) for _ in range(36)]
        self._walls = [self._wall() for _ in range(WALLS)]
        self._flame = self._canvas.create_image(0, 0, image=self._sprite(FLAME), anchor="e")
        self._craft = self._canvas.create_image(0, 0, image=self._sprite(CRAFT), anchor="w")
        self._jaws = (self._jaw("s"), self._jaw("n"))
        self._canvas.create_rectangle(0, 0, WIDTH, SKY, fill=BAR, width=0)
        self._canvas.create_rectangle(0, SKY - 2, WIDTH, SKY, fill=FAINT, width=0)
        self._glyphs = {letter: self._glyph(letter) for letter in letters.LETTERS}
        self._line = [
            self._canvas.create_image(14 + place * 12, 7, image=self._glyphs[" "], anchor="nw")
            for place in range(37)
        ]
        self._written = " " * len(self._line)
        self._draw_panel()

    def show(self, flight: Flight, *, up: bool, deaths: int, best: int) -> None:
        """Draw a moment of a flight, without the panel."""
        self._canvas.itemconfigure("panel", state="hidden")
        self._move_stars(flight.way)
        self._move_walls(flight)
        self._canvas.coords(self._craft, CRAFT_LEFT, flight.y)
        self._canvas.coords(self._flame, CRAFT_LEFT + 1, flight.y)
        self._canvas.itemconfigure(self._flame, state="normal" if up else "hidden")
        ceiling, floor = self._jaws
        self._move_jaw(ceiling, SKY, SKY + flight.jaw)
        self._move_jaw(floor, HEIGHT, HEIGHT - flight.jaw)
        self._write(f"SCORE {flight.score:<5} BEST {best:<5} DEATHS {deaths:<5}")

    def over(self) -> None:
        """Lay the panel over the last picture."""
        self._canvas.itemconfigure("panel", state="normal")

    def _write(self, text: str) -> None:
        """Change those letters of the top line that differ."""
        text = text.ljust(len(self._line))[: len(self._line)]
        for item, old, new in zip(self._line, self._written, text, strict=True):
            if old != new:
                self._canvas.itemconfigure(item, image=self._glyphs[new])
        self._written = text

    def _glyph(self, letter: str) -> tk.PhotoImage:
        width, height = letters.size(letter, 2)
        picture = tk.PhotoImage(master=self._canvas, width=width, height=height)
        for box in letters.squares(letter, 2):
            picture.put(WHITE if letter.isdigit() else GREY, to=box)
        self._pictures.append(picture)
        return picture

    def _sprite(self, rows: tuple[str, ...]) -> tk.PhotoImage:
        picture = tk.PhotoImage(master=self._canvas, width=2 * len(rows[0]), height=2 * len(rows))
        for y, row in enumerate(rows):
            for x, ink in enumerate(row):
                if ink != ".":
                    picture.put(INKS[ink], to=(2 * x, 2 * y, 2 * x + 2, 2 * y + 2))
        self._pictures.append(picture)
        return picture

    def _stripes(self, width: int, height: int, inks: tuple[str, str]) -> tk.PhotoImage:
        """Make a band of slanting stripes, as around dangerous machines."""
        picture = tk.PhotoImage(master=self._canvas, width=width, height=height)
        rows = (
            "{" + " ".join(inks[(x + y) // 8 % 2] for x in range(width)) + "}"
            for y in range(height)
        )
        picture.put(" ".join(rows))
        self._pictures.append(picture)
        return picture

    def _star(self, dice: Random) -> tuple[int, float, float, float]:
        """Make a star: its item, where it starts (pixels), how much of the walls' pace it has."""
        pace = dice.choice((0.12, 0.22, 0.4))
        ink = {0.12: FAINT, 0.22: "#3a467c", 0.4: "#6674b3"}[pace]
        x, y = dice.uniform(0, WIDTH), dice.uniform(SKY, HEIGHT)
        return self._canvas.create_rectangle(0, 0, 2, 2, fill=ink, width=0), x, y, pace

    def _move_stars(self, way: float) -> None:
        for item, x, y, pace in self._stars:
            left = (x - way * pace) % WIDTH
            self._canvas.coords(item, left, y, left + 2 + 6 * pace, y + 2)

    def _wall(self) -> tuple[int, ...]:
        """Make the six parts of a wall: body, light edge and cap, above and below the gap."""
        inks = (WALL, WALL_LIGHT, WALL_CAP) * 2
        return tuple(self._canvas.create_rectangle(0, 0, 0, 0, fill=ink, width=0) for ink in inks)

    def _move_walls(self, flight: Flight) -> None:
        for items, wall in zip(self._walls, flight.walls, strict=True):
            left, right = wall.left, wall.left + WALL_WIDTH
            boxes = (
                (left + 3, SKY, right - 3, wall.top),
                (left + 3, SKY, left + 10, wall.top),
                (left, wall.top - 10, right, wall.top),
                (left + 3, wall.bottom, right - 3, HEIGHT),
                (left + 3, wall.bottom, left + 10, HEIGHT),
                (left, wall.bottom, right, wall.bottom + 10),
            )
            for item, box in zip(items, boxes, strict=True):
                self._canvas.coords(item, *box)

    def _jaw(self, anchor: str) -> tuple[int, int]:
        """Make the ceiling or the floor: a slab, and the striped edge that kills."""
        slab = self._canvas.create_rectangle(0, 0, 0, 0, fill="#2a3157", width=0)
        edge = self._stripes(WIDTH, 8, (YELLOW, "#1a1405"))
        return slab, self._canvas.create_image(0, 0, image=edge, anchor=f"{anchor}w")

    def _move_jaw(self, jaw: tuple[int, int], rim: float, edge: float) -> None:
        slab, stripes = jaw
        self._canvas.coords(slab, 0, min(rim, edge), WIDTH, max(rim, edge))
        self._canvas.coords(stripes, 0, edge)

    def _draw_panel(self) -> None:
        """Draw what is shown at the end: the same pixels at the same place each time."""
        left, top, right, bottom = PANEL
        size = right - left, bottom - top
        frame = self._stripes(*size, (RED, "#5c0f1a"))
        self._canvas.create_image(left, top, image=frame, anchor="nw", tags="panel")
        self._canvas.create_rectangle(
            left + 9, top + 9, right - 10, bottom - 10, fill=GROUND, outline=WHITE, tags="panel"
        )
        self._text("GAME OVER", 6, top + 28, WHITE)
        self._text("- PRESS R -", 3, top + 86, YELLOW)
        self._canvas.itemconfigure("panel", state="hidden")

    def _text(self, text: str, square: int, top: int, ink: str) -> None:
        """Write a line of the panel, with its shadow."""
        left = (WIDTH - letters.size(text, square)[0]) // 2
        for shift, colour in ((square // 2, "#8a1020"), (0, ink)):
            for box in letters.squares(text, square):
                x0, y0, x1, y1 = box
                self._canvas.create_rectangle(
                    left + x0 + shift,
                    top + y0 + shift,
                    left + x1 + shift,
                    top + y1 + shift,
                    fill=colour,
                    width=0,
                    tags="panel",
                )
