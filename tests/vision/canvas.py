"""A window that a test paints to the pixel: what is on the screen is then known."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from Xlib import X
from Xlib.display import Display
from Xlib.xobject.drawable import Window

from traybot.core.geometry import Rect
from traybot.vision.pixels import Pixels


class Canvas:
    """A window without a frame, above all others, to paint on."""

    def __init__(self, display: Display, window: Window, rect: Rect) -> None:
        self._display = display
        self._window = window
        self._rect = rect
        self._brush = window.create_gc()

    def fill(self, color: int) -> None:
        """Paint all of it; 0xRRGGBB. It is on the screen when this returns."""
        self._brush.change(foreground=color)
        self._window.fill_rectangle(self._brush.id, 0, 0, self._rect.width, self._rect.height)
        self._display.sync()

    def show(self, pixels: Pixels) -> None:
        """Paint a picture (h, w, 4); rows one by one, for a request may not be long."""
        depth = self._display.screen().root_depth
        for row, line in enumerate(pixels):
            data = line.tobytes()
            width = len(line)
            self._window.put_image(self._brush.id, 0, row, width, 1, X.ZPixmap, depth, 0, data)
        self._display.sync()


@contextmanager
def canvas_on(display_name: str, rect: Rect) -> Iterator[Canvas]:
    """Show a canvas for the length of a `with` block."""
    with closing(Display(display_name)) as display:
        window = display.screen().root.create_window(
            rect.x,
            rect.y,
            rect.width,
            rect.height,
            0,
            display.screen().root_depth,
            X.InputOutput,
            X.CopyFromParent,
            override_redirect=True,
            event_mask=X.ExposureMask,
        )
        window.map()
        display.sync()
        try:
            yield Canvas(display, window, rect)
        finally:
            window.destroy()
            display.sync()
