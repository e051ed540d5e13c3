"""Which windows are on macOS's screen, where are they, and which gets the keys?

The window server lists them from the front to the back. It tells titles only to programs that may
record the screen; to others the program's name stands for the title. Places are in points, as they
are for pictures and clicks, and a window's area includes its title bar: the server knows no other.
A window that is off the screen is minimized, hidden, or on another space: all count as minimized.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from traybot.core.geometry import Rect
from traybot.errors import BackendUnavailable
from traybot.system.windowing import Window, choose_window
from traybot.text import _

#: Menus, the dock and the like lie on other layers.
_NORMAL_LAYER = 0

#: A window as Quartz describes it.
Facts = Mapping[str, Any]


class MacWindows:
    """Satisfies `system.windowing.Windows` on macOS; for the thread that made it."""

    def __init__(self, listed: Callable[[], Sequence[Facts]] | None = None) -> None:
        """`listed` gives every window, the frontmost first; Quartz's own list if left out."""
        self._listed = listed or _quartz()
        self._found: dict[str, int] = {}

    def all(self) -> list[Window]:
        """Every window, minimized ones too, topmost last."""
        return [_window(facts) for facts in reversed(self._listed()) if _is_window(facts)]

    def find(self, title: str) -> Window | None:
        """Find the window whose title matches: the front one, the last found, or the largest."""
        windows = self.all()
        front = _front(windows)
        last = self._found.get(title)
        found = choose_window(windows, title, front.id if front else 0, last)
        if found is None:
            self._found.pop(title, None)
        else:
            self._found[title] = found.id
        return found

    def front(self) -> Window | None:
        """The window that gets the keys: the first on the screen."""
        return _front(self.all())

    def answers(self, window: Window) -> bool | None:  # noqa: ARG002  the contract's
        """Say that it cannot be told: macOS keeps that to itself."""
        return None

    def close(self) -> None:
        """Do nothing: there is no connection."""


def _front(windows: Sequence[Window]) -> Window | None:
    return next((window for window in reversed(windows) if not window.minimized), None)


def _is_window(facts: Facts) -> bool:
    """Whether a person would call it a window: on the usual layer, not invisible, with a name."""
    return (
        facts.get("kCGWindowLayer") == _NORMAL_LAYER
        and facts.get("kCGWindowAlpha", 1) > 0
        and bool(_title(facts))
    )


def _title(facts: Facts) -> str:
    return str(facts.get("kCGWindowName") or facts.get("kCGWindowOwnerName") or "")


def _window(facts: Facts) -> Window:
    bounds = facts["kCGWindowBounds"]
    rect = Rect(*(round(bounds[side]) for side in ("X", "Y", "Width", "Height")))
    pid = facts.get("kCGWindowOwnerPID")
    return Window(
        int(facts["kCGWindowNumber"]),
        _title(facts),
        rect,
        None if pid is None else int(pid),
        minimized=not facts.get("kCGWindowIsOnscreen", False),
    )


def _quartz() -> Callable[[], Sequence[Facts]]:
    """Give the window server's list, by pyobjc, which pystray and pynput bring along."""
    try:
        import Quartz
    except ImportError as missing:
        what = _("cannot ask for windows: {missing}").format(missing=missing)
        raise BackendUnavailable(what, _("pip install pyobjc-framework-Quartz")) from missing
    options = Quartz.kCGWindowListOptionAll | Quartz.kCGWindowListExcludeDesktopElements

    def listed() -> Sequence[Facts]:
        found: Sequence[Facts] = Quartz.CGWindowListCopyWindowInfo(options, Quartz.kCGNullWindowID)
        return found or ()

    return listed
