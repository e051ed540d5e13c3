"""What must each system tell of its windows?

Contracts only. Objects that satisfy them are used by one thread at a time, the one that made them.
"""

from dataclasses import dataclass
from typing import Protocol

from traybot.core.geometry import Rect


@dataclass(frozen=True, slots=True)
class Window:
    """A top-level window as a person knows it."""

    id: int
    title: str
    #: The client area (without the window manager's frame), in screen pixels.
    rect: Rect
    pid: int | None = None
    minimized: bool = False


class Windows(Protocol):
    """Asks the window system; changes nothing."""

    def all(self) -> list[Window]:
        """Every top-level window, minimized ones too, topmost last where the system knows."""
        ...

    def find(self, title: str) -> Window | None:
        """Find the window whose title matches the regular expression `title` (`re.search`).

        Of several the one in front wins, then the one that was found last time, then the largest.
        """
        ...

    def front(self) -> Window | None:
        """The window that gets the keys now."""
        ...

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        ...


class Tracker(Protocol):
    """Follows one window that a search has found; raises nothing."""

    def follow(self, window: int) -> None:
        """A search has just found the window of this number."""
        ...

    def rect(self) -> Rect | None:
        """Where the window that was found last is now; None: search for it anew."""
        ...

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        ...
