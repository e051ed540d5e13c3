"""What did the user's own keyboard and mouse do on macOS? Events, each of which names its sender.

An event of a device has no process for its source; one that a program has posted has that
program's. macOS tells a listener of keys only with the permission for input monitoring.
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from traybot.core.geometry import Rect
from traybot.system.macos_input import MacKeys
from traybot.system.user_hands import HandsAside

# Numbers are those of Core Graphics' CGEventTypes.h.
BUTTONS, KEY = frozenset({1, 3, 25}), 10
#: The mouse moves, with or without a button down.
MOTIONS = frozenset({5, 6, 7, 27})

#: Kind, the sender's process or 0, key, way to the right, way down.
Heard = Callable[[int, int, int, float, float], None]


class TapCalls(Protocol):
    """macOS's calls."""

    def run(self, heard: Heard, begun: Callable[[], None]) -> None:
        """Serve until told to leave; `OSError` if that cannot be."""
        ...

    def leave(self) -> None:
        """Have `run` return; from any thread, also before it began, and twice."""
        ...

    def listen(self, *, wanted: bool) -> None:
        """Have events told, or none; from any thread once begun."""
        ...

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is."""
        ...

    def monitors(self) -> Sequence[Rect]:
        """Where the monitors are."""
        ...


class MacUser(HandsAside):
    """Satisfies `user_hands.UserHands`; modifiers are events of another kind here."""

    def __init__(self, calls: TapCalls) -> None:
        """Begin; `BackendUnavailable` where macOS refuses."""
        self._calls = calls
        super().__init__(
            lambda begun: calls.run(self._heard_event, begun),
            calls.leave,
            MacKeys().code_of,
            calls.monitors,
        )

    def listen(self, *, presses: bool, motion: bool) -> None:
        """Hear these from now on."""
        super().listen(presses=presses, motion=motion)
        self._calls.listen(wanted=presses or motion)

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is now."""
        return self._calls.pointer()

    def _heard_event(self, kind: int, sender: int, key: int, dx: float, dy: float) -> None:
        if sender:
            return
        at = time.monotonic()
        if kind in MOTIONS:
            self._moved(at, dx, dy)
        elif kind in BUTTONS:
            self._pressed(at)
        elif kind == KEY:
            self._pressed(at, key)
