"""Where on the screen is the bot's window now? Regions are relative to it, or to the screen."""

from traybot.core.botfile import in_region
from traybot.core.geometry import Rect
from traybot.errors import WindowMissing
from traybot.system import choose
from traybot.system.base import Window, Windows
from traybot.vision.screen import Screen


class Place:
    """The area a bot's regions are relative to; one for each thread that looks."""

    def __init__(self, title: str, screen: Screen) -> None:
        """`title` is the window's regular expression; empty for the whole screen."""
        self._title = title
        self._screen = screen
        self._windows: Windows | None = None

    def window(self, title: str = "") -> Window | None:
        """Find the bot's window, or another one by its title."""
        if self._windows is None:
            self._windows = choose.windows()
        return self._windows.find(title or self._title)

    def front(self) -> Window | None:
        """The window in front."""
        if self._windows is None:
            self._windows = choose.windows()
        return self._windows.front()

    def area(self) -> Rect:
        """The window's area, or the screen's; `WindowMissing` while nothing of it can be seen."""
        if not self._title:
            return self._screen.bounds()
        window = self.window()
        if window is None or window.minimized:
            how = "is minimized" if window else "is not there"
            what = f'cannot see the window "{self._title}": it {how}'
            raise WindowMissing(what, "start the program, or correct [bot] window")
        return window.rect

    def region(self, region: Rect | None) -> Rect:
        """Give a region in screen pixels, cut to the area it is relative to."""
        area = self.area()
        return in_region(region, area).within(area)
