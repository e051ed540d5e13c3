"""Where on the screen is the bot's window now? Regions are relative to it, or to the screen."""

from collections.abc import Callable
from typing import TypeVar

from traybot.core.botfile import in_region
from traybot.core.geometry import Rect
from traybot.errors import CaptureError, ScreenSilent, WindowMinimized, WindowMissing
from traybot.system import choose
from traybot.system.windowing import Window, Windows
from traybot.text import _
from traybot.vision.screen import Frame, Screen

Answer = TypeVar("Answer")

#: So often a picture is taken of a window that moves meanwhile, before it counts as not to be seen.
_TRIES = 5


class Place:
    """The area a bot's regions are relative to; one for each thread that looks."""

    def __init__(self, title: str, screen: Screen) -> None:
        """`title` is the window's regular expression; empty for the whole screen."""
        self._title = title
        self._screen = screen
        self._windows: Windows | None = None
        self._tracker = choose.tracker()
        #: Where the window was after the last picture of it.
        self._last: Rect | None = None

    def window(self, title: str = "") -> Window | None:
        """Find the bot's window, or another one by its title."""
        return self._ask(lambda windows: windows.find(title or self._title))

    def front(self) -> Window | None:
        """The window in front."""
        return self._ask(lambda windows: windows.front())

    def answers(self, window: Window) -> bool | None:
        """Whether a window's program answers; None where that cannot be told."""
        return self._ask(lambda windows: windows.answers(window))

    def _ask(self, question: Callable[[Windows], Answer]) -> Answer:
        """Ask; when the screen is lost the next question connects anew."""
        if self._windows is None:
            self._windows = choose.windows()
        try:
            return question(self._windows)
        except CaptureError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        if self._windows is not None:
            self._windows.close()
            self._windows = None
        if self._tracker is not None:
            self._tracker.close()

    def area(self) -> Rect:
        """The window's area, or the screen's; `WindowMissing` while nothing of it can be seen."""
        if not self._title:
            return self._screen.bounds()
        rect = self._tracker.rect() if self._tracker is not None else None
        if rect is not None:
            return rect
        window = self.window()
        if window is None or window.minimized:
            how = _("is minimized") if window else _("is not there")
            what = _('cannot see the window "{title}": it {how}').format(title=self._title, how=how)
            kind = WindowMinimized if window else WindowMissing
            raise kind(what, _("start the program, or correct [bot] window"))
        if self._tracker is not None:
            self._tracker.follow(window.id)
        return window.rect

    def look(self, region: Rect | None) -> tuple[Frame, Rect]:
        """Take a picture of a region, cut to the area it is relative to; gives that area too.

        `CaptureError` if none of it is inside. Window and picture are asked for one after the
        other: if the window moved or went in between the picture may show something else.
        """
        for _try in range(_TRIES):
            # Mostly it is where it was after the last picture: that need not be asked twice.
            before, self._last = self._last, None
            area = before or self.area()
            try:
                frame = self._screen.grab(_inside(region, area))
            except ScreenSilent:
                raise
            except CaptureError:
                if before is None:
                    raise
                continue  # it has another size now
            if not self._title:
                return frame, area
            self._last = self.area()
            if self._last == area:
                return frame, area
        what = _('cannot see the window "{title}": it does not stand still').format(
            title=self._title
        )
        raise WindowMissing(what, _("leave it where it is"))


def _inside(region: Rect | None, area: Rect) -> Rect:
    """Give a region in screen pixels, cut to its area."""
    rect = in_region(region, area).within(area)
    if rect.empty:
        what = _("cannot look at region {region}").format(region=region.as_list() if region else [])
        size = _("{width} x {height} pixels").format(width=area.width, height=area.height)
        raise CaptureError(
            _("{what}: it lies outside the window").format(what=what),
            _("that has {size}").format(size=size),
        )
    return rect
