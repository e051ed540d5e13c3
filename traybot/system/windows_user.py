"""What did the user's own keyboard and mouse do on Windows? Raw input, which names its device.

What SendInput sends has no device, so it is nobody's hand; SetCursorPos, by which the bot moves,
makes no raw input at all. A precision touchpad has no device either, as documented, but moves by
ways; so a way without a device is a touchpad's, and what else has none does not count. A program
that sends ways by SendInput is taken for the user. The alternative, a hook, sees who has sent what,
and slows every key and movement by however long Python takes.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from traybot.core.geometry import Rect
from traybot.system.user_hands import HandsAside
from traybot.system.windows_input import WindowsKeys

# Numbers are those of winuser.h.
#: usButtonFlags: one of the five buttons went down.
DOWN = 0x0001 | 0x0004 | 0x0010 | 0x0040 | 0x0100
#: Shift, Ctrl, Alt, each as raw input names it and by its side, and the Windows keys.
MODIFIERS = frozenset({*range(0x10, 0x13), *range(0xA0, 0xA6), 0x5B, 0x5C})
#: How far a device that tells places counts.
_WHOLE = 65536


@dataclass(frozen=True, slots=True)
class Mouse:
    """RAWMOUSE, as far as it matters; `device` is 0 where there is none."""

    device: int
    buttons: int
    x: int
    y: int
    #: It tells places, not ways: a remote desktop, a tablet, a virtual machine's mouse.
    places: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """RAWKEYBOARD, likewise."""

    device: int
    code: int
    down: bool


class RawCalls(Protocol):
    """Windows' calls."""

    def run(self, heard: Callable[[Mouse | Key], None], begun: Callable[[], None]) -> None:
        """Serve until told to leave; `OSError` if that cannot be."""
        ...

    def leave(self) -> None:
        """Have `run` return; from any thread, also before it began, and twice."""
        ...

    def listen(self, *, keyboard: bool, mouse: bool) -> None:
        """Have these devices heard, and no others; from any thread once begun."""
        ...

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is."""
        ...

    def monitors(self) -> Sequence[Rect]:
        """Where the monitors are."""
        ...


class WindowsUser(HandsAside):
    """Satisfies `user_hands.UserHands`."""

    modifiers = MODIFIERS

    def __init__(self, calls: RawCalls, code_of: Callable[[str], int | None] | None = None) -> None:
        """Begin; `BackendUnavailable` where Windows refuses."""
        self._calls = calls
        #: By device: where it was last.
        self._places: dict[int, tuple[float, float]] = {}
        super().__init__(
            lambda begun: calls.run(self._heard_raw, begun),
            calls.leave,
            code_of or WindowsKeys().code_of,
            calls.monitors,
        )

    def listen(self, *, presses: bool, motion: bool) -> None:
        """Hear these from now on."""
        super().listen(presses=presses, motion=motion)
        self._calls.listen(keyboard=presses, mouse=presses or motion)

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is now."""
        return self._calls.pointer()

    def _heard_raw(self, event: Mouse | Key) -> None:
        at = time.monotonic()
        if isinstance(event, Key):
            if event.device and event.down:
                self._pressed(at, event.code)
            return
        if event.device and event.buttons & DOWN:
            self._pressed(at)
        if not event.places:
            self._moved(at, event.x, event.y)
        elif event.device:
            self._moved(at, *self._way(event))

    def _way(self, event: Mouse) -> tuple[float, float]:
        """How far a device went that tells where it is."""
        x = event.x / _WHOLE * self.screen.width
        y = event.y / _WHOLE * self.screen.height
        before = self._places.get(event.device)
        self._places[event.device] = x, y
        return (0.0, 0.0) if before is None else (x - before[0], y - before[1])
