"""What does a person see and press? Tray and hotkeys; the daemon runs on without either."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from traybot.core.status import Status
from traybot.shells.hotkeys import NullHotkeys, choose_hotkeys
from traybot.shells.tray import Look, choose_tray
from traybot.shells.tray_pictures import PICTURES

#: What a chord can be bound to, in the settings as in `requests`.
ACTIONS = ("toggle", "stop", "panic")

Sections = Mapping[str, Mapping[str, Any]]


class Faces:
    """Both, as far as this desktop offers them."""

    def __init__(
        self,
        wish: Callable[[str, str], None],
        sections: Sections,
        fresh: Callable[[], Status],
        *,
        tray: bool,
        hotkeys: bool,
    ) -> None:
        """`wish(action, by)` may only post; `fresh` is what is so now. For the main thread."""
        shown = tray and bool(sections["tray"]["enabled"])
        look = Look(PICTURES / str(sections["tray"]["icons"]), fresh)
        self._tray = choose_tray(lambda action: wish(action, "menu"), look, wanted=shown)
        self._hotkeys = (
            choose_hotkeys(lambda action: wish(action, "hotkey"))
            if hotkeys
            else NullHotkeys("switched off")
        )
        self._binding = threading.Lock()
        self._chords = _chords_of(sections)

    def run(self) -> None:
        """Bind the hotkeys, then block in the tray until `stop`."""
        with self._binding:
            self._hotkeys.bind(self._chords)
        self._tray.run()

    def rebind(self, sections: Sections) -> dict[str, str]:
        """Listen for the hotkeys of these settings in place of the former; give their states.

        From any thread; a chord that cannot be had is in the answer and does not fail. Waits for
        the listener, which answers within milliseconds or, when it hangs, is given up after 2 s.
        """
        with self._binding:
            self._chords = _chords_of(sections)
            return self._hotkeys.bind(self._chords)

    def show(self, status: Status) -> None:
        """Show a status; from any thread."""
        self._tray.show(status)

    def stop(self) -> None:
        """End both; from any thread."""
        self._hotkeys.stop()
        self._tray.stop()

    def health(self) -> dict[str, Any]:
        """Say how both are; from any thread."""
        states = self._hotkeys.states()
        hotkeys = {
            name: {"chord": chord, "state": states[name]}
            for name, chord in self._chords
            if name in states
        }
        return {"hotkeys": hotkeys, "tray": self._tray.health()}


def _chords_of(sections: Sections) -> list[tuple[str, str]]:
    wished = [(name, str(sections["hotkeys"][name])) for name in ACTIONS]
    return [(name, chord) for name, chord in wished if chord]
