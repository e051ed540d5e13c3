"""A window that a test paints, so that a bot sees something; it writes down what reaches it."""

import itertools
from collections.abc import Iterator
from contextlib import closing, contextmanager

import cv2
from PIL import Image
from Xlib import X, Xutil
from Xlib.protocol import event

from tests.desktop import eventually
from tests.system.x11_window import WitnessWindow
from tests.vision.scenes import blobs
from traybot.core.geometry import Rect
from traybot.vision.pixels import Pixels

SIZE = (320, 240)
#: Pictures to show and to look for, no two alike.
SKULL, FLAG, COIN = (blobs(40, 30, seed) for seed in (11, 12, 13))
Color = tuple[int, int, int]
#: A pixel of the window and the picture whose corner is there.
Thing = tuple[int, int, Pixels]
GREY: Color = (90, 90, 90)
_titles = itertools.count(1)


class Painter(WitnessWindow):
    """The X server keeps the painting: what was painted is on the screen, at once and whole."""

    def __init__(self, display: str, title: str, rect: tuple[int, int, int, int]) -> None:
        super().__init__(display, title, rect)
        self.title = title
        self._canvas = Image.new("RGB", rect[2:], GREY)
        self._brush = self.window.create_gc()
        self._show_canvas()

    @property
    def rect(self) -> Rect:
        """Where the inside of the window is on the screen."""
        size, corner = self.window.get_geometry(), self.root.translate_coords(self.window, 0, 0)
        return Rect(corner.x, corner.y, size.width, size.height)

    def place(self, x: int, y: int, picture: Pixels) -> list[int]:
        """Give the rectangle on the screen of a picture painted at a pixel of the window."""
        height, width = picture.shape[:2]
        return Rect(x, y, width, height).moved(self.rect.x, self.rect.y).as_list()

    def paint(self, *things: Thing, ground: Color = GREY) -> None:
        """Show these pictures, and nothing else."""
        self._canvas.paste(ground, (0, 0, *self._canvas.size))
        for x, y, picture in things:
            self._canvas.paste(Image.fromarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)), (x, y))
        self._show_canvas()

    def fill(self, rect: Rect, color: Color) -> None:
        """Show a rectangle of one colour, and nothing else."""
        self._canvas.paste(GREY, (0, 0, *self._canvas.size))
        self._canvas.paste(color, (rect.x, rect.y, rect.x + rect.width, rect.y + rect.height))
        self._show_canvas()

    def _show_canvas(self) -> None:
        pixmap = self.window.create_pixmap(*self._canvas.size, self.connection.screen().root_depth)
        pixmap.put_pil_image(self._brush, 0, 0, self._canvas)
        self.window.change_attributes(background_pixmap=pixmap)
        self.window.clear_area()
        pixmap.free()
        self.connection.sync()

    def move(self, x: int, y: int) -> None:
        """Put the window elsewhere, and wait until it is there."""
        before = self.rect
        self.window.configure(x=x, y=y)
        eventually(lambda: self.rect != before, what="the move")

    def minimize(self) -> None:
        """Ask the window manager, as the button in the frame does, and wait."""
        atom = self.connection.intern_atom("WM_CHANGE_STATE")
        message = event.ClientMessage(
            window=self.window, client_type=atom, data=(32, [Xutil.IconicState, 0, 0, 0, 0])
        )
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        self.root.send_event(message, event_mask=mask)
        eventually(lambda: not self._viewable(), what="the minimized window")

    def vanish(self) -> None:
        """End the window, as a program that ends does."""
        self.window.destroy()
        self.connection.sync()

    def _viewable(self) -> bool:
        return bool(self.window.get_attributes().map_state == X.IsViewable)


@contextmanager
def painter(display: str, *things: Thing, title: str = "", focus: bool = True) -> Iterator[Painter]:
    """Show a painted window, with a title of its own unless given, for a `with` block's length."""
    window = Painter(display, title or f"canvas {next(_titles)}", (0, 0, *SIZE))
    with closing(window.connection):
        window.paint(*things)
        window.show(focus=focus)
        yield window
