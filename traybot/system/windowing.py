"""What must each system tell of its windows?

The contract, and the one rule that all share. Objects that satisfy it are used by one thread at a
time, the one that made them.
"""

import re
from collections.abc import Sequence
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

    def answers(self, window: Window) -> bool | None:
        """Whether the window's program still answers, or has not been asked for long enough.

        False once it has been silent for about five seconds; None where that cannot be told. Asks
        when called, and never waits: so it is called again and again, at any pace.
        """
        ...

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        ...


class Tracker(Protocol):
    """Follows one window that a search has found."""

    def follow(self, window: int) -> None:
        """A search has just found the window of this number."""
        ...

    def rect(self) -> Rect | None:
        """Where the window that was found last is now; None: search for it anew.

        `ScreenSilent` while the screen does not answer at all.
        """
        ...

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        ...


def choose_window(
    windows: Sequence[Window], title: str, front: int, last: int | None
) -> Window | None:
    """Choose one whose title matches: the front one, else the `last` found, else the largest.

    Of several of a size the topmost wins, if `windows` has the topmost last.
    """
    matching = {window.id: window for window in windows if re.search(title, window.title)}
    for preferred in (front, last):
        if preferred in matching:
            return matching[preferred]
    largest = max((_area(window) for window in matching.values()), default=0)
    of_a_size = [window for window in matching.values() if _area(window) == largest]
    return of_a_size[-1] if of_a_size else None


def _area(window: Window) -> int:
    return window.rect.width * window.rect.height
