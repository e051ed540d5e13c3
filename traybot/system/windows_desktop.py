"""Which windows are on Windows' desktop, where are they, and which gets the keys?

Windows lists them from the topmost down. What a person would not call a window is left out: hidden
ones, tool windows, and those that are "cloaked" (on another virtual desktop, or a suspended app's).
A window that hangs is covered by a ghost with the same title, which is not the program's own.
"""

from typing import Protocol

from traybot.core.geometry import Rect
from traybot.system.windowing import Window, choose_window

#: The class of the window that Windows shows in place of one that hangs.
_GHOST = "Ghost"


class WindowCalls(Protocol):
    """Windows' own calls about windows; about one that is gone they give 0, "" or False."""

    def tops(self) -> list[int]:
        """Every top-level window, the topmost first."""
        ...

    def front(self) -> int:
        """The window that gets the keys; 0 if none does."""
        ...

    def title(self, window: int) -> str:
        """Its title, without asking its program."""
        ...

    def kind(self, window: int) -> str:
        """The name of its class."""
        ...

    def client_area(self, window: int) -> Rect:
        """Its area without the frame, in screen pixels."""
        ...

    def pid(self, window: int) -> int:
        """Its process."""
        ...

    def is_window(self, window: int) -> bool:
        """Whether a person would call it so: shown, no tool window, not cloaked."""
        ...

    def is_minimized(self, window: int) -> bool:
        """Whether it is an icon."""
        ...

    def is_hung(self, window: int) -> bool:
        """Whether its program has not looked at its messages for five seconds."""
        ...


class WindowsDesktop:
    """Satisfies `system.windowing.Windows` on Windows; for the thread that made it."""

    def __init__(self, calls: WindowCalls | None = None) -> None:
        """`calls` are Windows' own if left out."""
        if calls is None:
            from traybot.system.windows_desktop_calls import WindowsDesktopCalls

            calls = WindowsDesktopCalls()
        self._calls = calls
        self._found: dict[str, int] = {}

    def all(self) -> list[Window]:
        """Every window, minimized ones too, topmost last."""
        shown = (window for window in reversed(self._calls.tops()) if self._is_shown(window))
        return [self._window(window) for window in shown]

    def _is_shown(self, window: int) -> bool:
        return self._calls.is_window(window) and bool(self._calls.title(window))

    def _window(self, window: int) -> Window:
        calls = self._calls
        return Window(
            window,
            calls.title(window),
            calls.client_area(window),
            calls.pid(window) or None,
            calls.is_minimized(window),
        )

    def find(self, title: str) -> Window | None:
        """Find the window whose title matches: the front one, the last found, or the largest."""
        found = choose_window(self.all(), title, self._calls.front(), self._found.get(title))
        if found is None:
            self._found.pop(title, None)
        else:
            self._found[title] = found.id
        return found

    def front(self) -> Window | None:
        """The window that gets the keys now."""
        window = self._calls.front()
        return self._window(window) if window and self._is_shown(window) else None

    def answers(self, window: Window) -> bool | None:
        """Whether its program looks at its messages; a ghost stands for one that does not."""
        return not (self._calls.kind(window.id) == _GHOST or self._calls.is_hung(window.id))

    def close(self) -> None:
        """Do nothing: there is no connection."""
