"""Windows' calls about hotkeys, as far as a thread with a queue of messages can stand for them."""

import queue
from collections.abc import Sequence

from traybot.shells.windows_hotkeys import BITS
from traybot.system.windows_hotkey_calls import Told

CODES = {"f8": 0x77, "f9": 0x78, "f10": 0x79, "k": 0x4B}


class FakeWindows:
    """Satisfies `windows_hotkeys.HotkeyCalls`; a chord is delivered in exactly its state."""

    def __init__(self, *taken: tuple[int, int]) -> None:
        """`taken`: modifiers and key that another program has."""
        self.taken = set(taken)
        self.registered: dict[tuple[int, int], int] = {}
        self.tick_ms = 0
        self.keys_pressed = False
        self._messages: queue.SimpleQueue[Told] = queue.SimpleQueue()

    def press(self, *names: str) -> bool:
        """Press a chord; whether Windows told somebody."""
        *modifiers, key = names
        place = sum(BITS[name] for name in modifiers), CODES[key]
        if place in self.registered:
            self._messages.put(("hotkey", self.registered[place]))
        return place in self.registered

    def time_passes(self) -> None:
        """The timer's time has come."""
        assert self.tick_ms, "nobody has asked to be told"
        self._messages.put(("timer", 0))

    def begin(self) -> int:
        """Make a queue."""
        return 7

    def register(self, number: int, modifiers: int, key: int) -> bool:
        """Give a chord that nobody has."""
        if (modifiers, key) in self.taken or (modifiers, key) in self.registered:
            return False
        self.registered[modifiers, key] = number
        return True

    def unregister(self, number: int) -> None:
        """Take it back."""
        self.registered = {place: n for place, n in self.registered.items() if n != number}

    def tick(self, milliseconds: int) -> None:
        """Set the timer."""
        self.tick_ms = milliseconds

    def wait(self) -> Told:
        """Wait for a message."""
        return self._messages.get()

    def wake(self, thread: int) -> None:
        """Leave one."""
        assert thread == 7
        self._messages.put(("woken", 0))

    def any_pressed(self) -> bool:
        """Tell whether keys were pressed."""
        return self.keys_pressed


class FakeHook:
    """Satisfies `windows_hotkeys.Hook`."""

    def __init__(self) -> None:
        self.heard = 0
        self.chords: list[tuple[str, str]] = []
        self.revived = 0
        self.works = True

    def bind(self, chords: Sequence[tuple[str, str]]) -> dict[str, str]:
        """Listen."""
        self.chords = list(chords)
        return {action: "bound" if self.works else "unsupported" for action, _ in chords}

    def revive(self) -> None:
        """Begin anew."""
        self.revived += 1

    def stop(self) -> None:
        """Listen no more."""
        self.chords = []
