"""How does a bot use the keyboard? Through hands, so that no key can stay down."""

from collections.abc import Iterator
from contextlib import contextmanager

from traybot.workers.line import Line

#: Games that poll the keyboard miss a shorter tap.
_TAP_SECONDS = 0.05


class Keys:
    """The keyboard. Keys: letters, digits, "up", "space", "enter", "shift", "f5", and so on."""

    def __init__(self, line: Line) -> None:
        """Press through this line."""
        self._line = line

    def tap(self, *keys: str, hold: float = _TAP_SECONDS) -> None:
        """Press keys together and let them go after `hold` seconds: `tap("ctrl", "s")`.

        `TraybotError` for an unknown key.
        """
        with self.hold(*keys):
            self._line.sleep(hold)

    @contextmanager
    def hold(self, *keys: str) -> Iterator[None]:
        """Hold keys down for the length of a `with` block; let go in reverse order.

        A pause lets go of them. A bot that parked by itself presses them again when it plays on;
        one that had to be frozen does not.
        """
        self._line.doings.note("hold " + " ".join(keys))
        held: list[str] = []
        try:
            for key in keys:
                self._line.hold({"do": "press", "key": key})
                held.append(key)
            yield
        finally:
            for key in reversed(held):
                self._line.release({"do": "release", "key": key}, {"do": "press", "key": key})

    def type(self, text: str, pause: float = 0.0) -> None:
        """Type a text, whatever the keyboard's layout; `pause` seconds between the characters.

        The text is never logged.
        """
        for character in text:
            self._line.ask_hands({"do": "stroke", "text": character})
            if pause:
                self._line.sleep(pause)
