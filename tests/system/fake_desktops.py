"""Stand-ins for the desktops of Windows and macOS: windows that a test shows, moves and hides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from traybot.core.geometry import Rect


@dataclass(eq=False)
class FakeWindow:
    """A window, as its system knows it."""

    id: int
    title: str
    rect: Rect
    kind: str = "app"
    pid: int = 4711
    shown: bool = True
    minimized: bool = False
    hung: bool = False


class FakeDesktop:
    """Windows in the order in which they cover each other, the lowest first."""

    def __init__(self) -> None:
        self.stack: list[FakeWindow] = []
        self.focused: FakeWindow | None = None
        self._numbers = count(0x10010, 2)

    def show(self, title: str, rect: Rect, **more: Any) -> FakeWindow:  # noqa: ANN401  any of its facts
        """A window comes to the front."""
        window = FakeWindow(next(self._numbers), title, rect, **more)
        self.stack.append(window)
        self.focused = window
        return window

    def focus(self, window: FakeWindow) -> None:
        """It is raised and gets the keys."""
        self.stack.remove(window)
        self.stack.append(window)
        self.focused = window

    def minimize(self, window: FakeWindow) -> None:
        """It becomes an icon; the next one below gets the keys."""
        window.minimized = True
        above = [one for one in self.stack if not one.minimized and one.shown]
        self.focused = above[-1] if above else None

    def close(self, window: FakeWindow) -> None:
        """It is gone."""
        self.stack.remove(window)
        if self.focused is window:
            self.focused = None


class FakeUser32(FakeDesktop):
    """Satisfies `windows_desktop.WindowCalls`."""

    def _of(self, window: int) -> FakeWindow:
        gone = FakeWindow(0, "", Rect(0, 0, 0, 0), kind="", pid=0, shown=False)
        return next((one for one in self.stack if one.id == window), gone)

    def tops(self) -> list[int]:
        """The topmost first."""
        return [window.id for window in reversed(self.stack)]

    def front(self) -> int:
        """The one that has the keys."""
        return self.focused.id if self.focused else 0

    def title(self, window: int) -> str:
        """Its title."""
        return self._of(window).title

    def kind(self, window: int) -> str:
        """Its class."""
        return self._of(window).kind

    def client_area(self, window: int) -> Rect:
        """Windows puts minimized ones far out of sight."""
        found = self._of(window)
        return Rect(-32000, -32000, 0, 0) if found.minimized else found.rect

    def pid(self, window: int) -> int:
        """Its process."""
        return self._of(window).pid

    def is_window(self, window: int) -> bool:
        """Whether it is shown."""
        return self._of(window).shown

    def is_minimized(self, window: int) -> bool:
        """Whether it is an icon."""
        return self._of(window).minimized

    def is_hung(self, window: int) -> bool:
        """Whether it hangs."""
        return self._of(window).hung


class FakeQuartz(FakeDesktop):
    """Gives what CGWindowListCopyWindowInfo does."""

    def __init__(self) -> None:
        super().__init__()
        #: Whether the user lets us record the screen: only then are there titles.
        self.allowed = True
        #: What is there beside windows: the menu bar, the dock.
        self.furniture: list[Mapping[str, Any]] = [_facts(3, "Menubar", "WindowServer", layer=24)]

    def listed(self) -> Sequence[Mapping[str, Any]]:
        """The frontmost first."""
        windows = [
            _facts(
                window.id,
                window.title if self.allowed else None,
                "Owner of " + window.title,
                rect=window.rect,
                pid=window.pid,
                seen=window.shown and not window.minimized,
            )
            for window in reversed(self.stack)
        ]
        return [*self.furniture, *windows]


def _facts(  # noqa: PLR0913  as many as the system tells
    number: int,
    name: str | None,
    owner: str,
    *,
    rect: Rect = Rect(0, 0, 1440, 24),  # noqa: B008  a value, never changed
    pid: int = 99,
    layer: int = 0,
    seen: bool = True,
) -> Mapping[str, Any]:
    facts: dict[str, Any] = {
        "kCGWindowNumber": number,
        "kCGWindowOwnerName": owner,
        "kCGWindowOwnerPID": pid,
        "kCGWindowLayer": layer,
        "kCGWindowAlpha": 1.0,
        "kCGWindowBounds": {"X": rect.x, "Y": rect.y, "Width": rect.width, "Height": rect.height},
    }
    # The server leaves out what is false or not to be told.
    if name:
        facts["kCGWindowName"] = name
    if seen:
        facts["kCGWindowIsOnscreen"] = True
    return facts
