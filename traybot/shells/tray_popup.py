"""How is a menu shown where no toolkit does it? A window of ours, drawn here, used by the mouse.

It takes the mouse for as long as it is open, and neither keyboard nor focus: the hotkeys work on,
and the game goes on getting its keys. A line with lines below it unfolds where it stands.
"""

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from Xlib import X, Xatom, error
from Xlib.display import Display
from Xlib.xobject.drawable import Window

from traybot.core.menu import MenuItem

if TYPE_CHECKING:  # Pillow is loaded with the tray only
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

#: Colours of the menu: paper, ink, dim ink, the line under the mouse and its ink, the edge.
PAPER, INK, DIM = (250, 250, 250), (30, 32, 36), (136, 140, 148)
CHOSEN, CHOSEN_INK, EDGE = (38, 104, 200), (255, 255, 255), (186, 190, 198)
#: In pixels: a line, a separator, the marks' column, a step to the right, and the letters.
LINE, GAP, MARKS, STEP, LETTERS = 26, 9, 30, 16, 13
_MARGIN = 4
_FONTS = ("NotoSans-Regular.ttf", "DejaVuSans.ttf", "LiberationSans-Regular.ttf")
_EVENTS = X.ButtonPressMask | X.ButtonReleaseMask | X.PointerMotionMask
#: The release of the press that opened the menu comes within this, and chooses nothing.
_OPENING_SECONDS = 0.4
#: Bits of a colour on every screen of today.
_DEPTH = 24
#: Bytes that one request to X may carry, with room for its head.
_REQUEST_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the menu where it is drawn."""

    item: MenuItem
    #: Places from the menu down to this line.
    path: tuple[int, ...]
    top: int
    height: int

    @property
    def alive(self) -> bool:
        """Whether a click does something."""
        return bool(self.item.items) or self.item.clickable


def lay_out(menu: tuple[MenuItem, ...], unfolded: frozenset[tuple[int, ...]]) -> list[Row]:
    """Put the lines below each other, those of unfolded lines among them."""
    rows: list[Row] = []

    def lay(items: tuple[MenuItem, ...], above: tuple[int, ...]) -> None:
        for place, item in enumerate(items):
            top = rows[-1].top + rows[-1].height if rows else _MARGIN
            path = (*above, place)
            rows.append(Row(item, path, top, LINE if item.label else GAP))
            if path in unfolded:
                lay(item.items, path)

    lay(menu, ())
    return rows


class Popup:
    """One menu on the screen, from its opening to a choice; used by one thread."""

    def __init__(
        self, display: Display, menu: tuple[MenuItem, ...], at: tuple[int, int, int]
    ) -> None:
        """Open it beside an icon, at x, top and bottom; `done` at once without the mouse."""
        self._display, self._menu, self._at = display, menu, at
        self._unfolded: frozenset[tuple[int, ...]] = frozenset()
        self._rows = lay_out(menu, self._unfolded)
        self._over: Row | None = None
        self._opened_at = time.monotonic()
        self.done, self.chosen = False, ""
        self._font = _font()
        self._width = 0
        self._window = self._make_window()
        self._place()
        self._window.map()
        taken = self._window.grab_pointer(
            False,  # noqa: FBT003 - every event comes to this window
            _EVENTS,
            X.GrabModeAsync,
            X.GrabModeAsync,
            X.NONE,
            X.NONE,
            X.CurrentTime,
        )
        if taken != X.GrabSuccess:
            self.close()

    def change(self, menu: tuple[MenuItem, ...]) -> None:
        """Take other words for the same lines; other lines wait until the menu is opened again."""
        rows = lay_out(menu, self._unfolded)
        if [row.path for row in rows] != [row.path for row in self._rows]:
            return
        self._menu, self._rows = menu, rows
        if self._over is not None:
            self._over = rows[[row.path for row in rows].index(self._over.path)]
        self._draw()

    def hear(self, event: Any) -> bool:  # noqa: ANN401 - each kind has other fields
        """Follow the mouse; whether the event was for the menu."""
        if getattr(event, "window", None) is None or event.window.id != self._window.id:
            return False
        match event.type:
            case X.MotionNotify:
                self._point(self._row_at(event.event_x, event.event_y))
            case X.ButtonPress:
                self.done = not self._inside(event.event_x, event.event_y)
            case X.ButtonRelease:
                self._release(self._row_at(event.event_x, event.event_y))
            case X.Expose if event.count == 0:
                self._draw()
        return True

    def close(self) -> None:
        """Take it off the screen and give the mouse back."""
        self.done = True
        self._display.ungrab_pointer(X.CurrentTime)
        with contextlib.suppress(error.BadWindow):
            self._window.destroy()
        self._display.flush()

    def _release(self, row: Row | None) -> None:
        if time.monotonic() < self._opened_at + _OPENING_SECONDS and row is None:
            return
        if row is None or not row.alive:
            return
        if row.item.items:
            self._unfolded = self._unfolded ^ {row.path}
            self._rows = lay_out(self._menu, self._unfolded)
            self._over = None
            self._place()
            self._draw()
            return
        self.done, self.chosen = True, row.item.action

    def _point(self, row: Row | None) -> None:
        over = row if row is not None and row.alive else None
        if over != self._over:
            self._over = over
            self._draw()

    def _inside(self, x: int, y: int) -> bool:
        return 0 <= x < self._width and 0 <= y < self._height

    def _row_at(self, x: int, y: int) -> Row | None:
        if not self._inside(x, y):
            return None
        return next((row for row in self._rows if row.top <= y < row.top + row.height), None)

    @property
    def _height(self) -> int:
        return self._rows[-1].top + self._rows[-1].height + _MARGIN

    # --- on the screen ---------------------------------------------------------------------------

    def _make_window(self) -> Window:
        screen = self._display.screen()
        window: Window = screen.root.create_window(
            0,
            0,
            1,
            1,
            0,
            screen.root_depth,
            X.InputOutput,
            X.CopyFromParent,
            override_redirect=True,
            event_mask=_EVENTS | X.ExposureMask,
        )
        kind = self._display.intern_atom("_NET_WM_WINDOW_TYPE")
        menu = self._display.intern_atom("_NET_WM_WINDOW_TYPE_POPUP_MENU")
        window.change_property(kind, Xatom.ATOM, 32, [menu])
        window.set_wm_class("traybot", "menu")
        return window

    def _place(self) -> None:
        """Give it its size, inside the screen: below the place, or above it if there is no room."""
        widths = [self._font.getlength(row.item.label) + self._left(row) for row in self._rows]
        self._width = int(max(widths)) + MARKS
        screen = self._display.screen()
        x = max(0, min(self._at[0], screen.width_in_pixels - self._width))
        _, top, y = self._at
        if y + self._height > screen.height_in_pixels:
            y = max(0, top - self._height)
        self._window.configure(x=x, y=y, width=self._width, height=self._height, stack_mode=X.Above)

    def _left(self, row: Row) -> int:
        return MARKS + STEP * (len(row.path) - 1)

    def _draw(self) -> None:
        from PIL import Image, ImageDraw

        image = Image.new("RGB", (self._width, self._height), PAPER)
        pen = ImageDraw.Draw(image)
        pen.rectangle((0, 0, self._width - 1, self._height - 1), outline=EDGE)
        for row in self._rows:
            self._draw_row(pen, row)
        paint(self._window, image, error.CatchError(error.BadWindow, error.BadDrawable))
        self._display.flush()

    def _draw_row(self, pen: "ImageDraw", row: Row) -> None:
        middle = row.top + row.height // 2
        if not row.item.label:
            pen.line((_MARGIN, middle, self._width - _MARGIN, middle), fill=EDGE)
            return
        ink = INK if row.alive else DIM
        if self._over is not None and row.path == self._over.path:
            pen.rectangle((1, row.top, self._width - 2, row.top + row.height - 1), fill=CHOSEN)
            ink = CHOSEN_INK
        pen.text((self._left(row), middle), row.item.label, fill=ink, font=self._font, anchor="lm")
        _draw_mark(pen, row, middle, ink)
        if row.item.items:
            _draw_arrow(pen, (self._width - 16, middle), row.path in self._unfolded, ink)


def _draw_mark(pen: "ImageDraw", row: Row, middle: int, ink: tuple[int, int, int]) -> None:
    """Draw a radio's ring or a tick's box."""
    if row.item.checked is None:
        return
    box = (10, middle - 6, 22, middle + 6)
    if row.item.radio:
        pen.ellipse(box, outline=ink)
        if row.item.checked:
            pen.ellipse((13, middle - 3, 19, middle + 3), fill=ink)
        return
    pen.rectangle(box, outline=ink)
    if row.item.checked:
        pen.line((12, middle, 15, middle + 4, 20, middle - 4), fill=ink, width=2)


def _draw_arrow(
    pen: "ImageDraw",
    at: tuple[int, int],
    down: bool,  # noqa: FBT001 - where it points
    ink: tuple[int, int, int],
) -> None:
    x, y = at
    points = [(x - 4, y - 2), (x + 4, y - 2), (x, y + 3)]
    if not down:
        points = [(x - 2, y - 4), (x - 2, y + 4), (x + 3, y)]
    pen.polygon(points, fill=ink)


def _font() -> "FreeTypeFont | ImageFont":
    from PIL import ImageFont

    for name in _FONTS:
        with contextlib.suppress(OSError):
            return ImageFont.truetype(name, LETTERS)
    return ImageFont.load_default(LETTERS)


def paint(window: Window, image: "Image", refused: error.CatchError) -> None:
    """Put a picture into a window, in pieces that X takes."""
    gc: Any = window.create_gc(onerror=refused)  # the library's types want its number here
    rows = max(1, _REQUEST_BYTES // (4 * image.width))
    for top in range(0, image.height, rows):
        piece = image.crop((0, top, image.width, min(top + rows, image.height)))
        data = piece.tobytes("raw", "BGRX")
        window.put_image(
            gc, 0, top, piece.width, piece.height, X.ZPixmap, _DEPTH, 0, data, onerror=refused
        )
    gc.free()
