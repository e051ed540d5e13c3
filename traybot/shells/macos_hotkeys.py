"""How are hotkeys heard on macOS? By Carbon's, which need no permission, in the tray's own loop."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from traybot.core.claims import claim
from traybot.system.macos_input import MacKeys
from traybot.text import _

Chords = Sequence[tuple[str, str]]

#: The modifiers' bits, as Carbon has them.
BITS = {"super": 0x0100, "shift": 0x0200, "alt": 0x0800, "ctrl": 0x1000}
#: eventHotKeyExistsErr: somebody has registered it for himself alone.
_EXISTS = -9878


class HotkeyCalls(Protocol):
    """macOS's calls."""

    def listen(self, pressed: Callable[[int], None]) -> None:
        """Have each press told by its number."""
        ...

    def register(self, number: int, modifiers: int, key: int) -> int:
        """Ask for a chord; 0, or the system's number for what is wrong."""
        ...

    def unregister(self, number: int) -> None:
        """Give it back."""
        ...


class MacHotkeys:
    """Satisfies `system.base.Hotkeys`; `post` is called in the main thread, by the tray's loop."""

    def __init__(self, post: Callable[[str], None], calls: HotkeyCalls) -> None:
        """Listen for nothing yet."""
        self._post, self._calls = post, calls
        self._lock = threading.Lock()
        self._numbers: dict[int, str] = {}
        self._states: dict[str, str] = {}
        calls.listen(self._pressed)

    def bind(self, chords: Chords) -> dict[str, str]:
        """Listen for these `(action, chord)` pairs instead of the former."""
        with self._lock:
            for number in self._numbers:
                self._calls.unregister(number)
            self._numbers.clear()
            claims = claim(chords, MacKeys().code_of, BITS, "macos")
            states = dict(claims.states)
            for number, ((modifiers, key), action) in enumerate(claims.actions.items(), 1):
                fault = self._calls.register(number, modifiers, key)
                if not fault:
                    self._numbers[number] = action
                elif claims.bare.get(action) == (modifiers, key):
                    states[action] = _refusal(fault)
            self._states = states
            return dict(states)

    def states(self) -> dict[str, str]:
        """Give what `bind` found."""
        with self._lock:
            return dict(self._states)

    def stop(self) -> None:
        """Stop listening; may be called twice."""
        with self._lock:
            for number in self._numbers:
                self._calls.unregister(number)
            self._numbers.clear()

    def _pressed(self, number: int) -> None:
        action = self._numbers.get(number)
        if action is not None:
            self._post(action)


def _refusal(fault: int) -> str:
    if fault == _EXISTS:
        return "taken: " + _("another program listens to it")
    return "unsupported: " + _("macOS refuses it, error {number}").format(number=fault)
