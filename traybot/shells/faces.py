"""What does a person see and press? Tray, hotkeys, corner; the daemon runs on without any."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from traybot.core.phases import Phase
from traybot.core.status import Status
from traybot.shells.hotkeys import NullHotkeys, choose_hotkeys
from traybot.shells.live_tray import LiveTray
from traybot.shells.user_watch import CORNER, TAKEOVER, UserWatch
from traybot.text import _

#: What a chord can be bound to, in the settings as in `requests`.
ACTIONS = ("toggle", "stop", "panic")

#: What corner and takeover wish for, and by whom.
_WISHES = {CORNER: ("stop", "corner"), TAKEOVER: (TAKEOVER, "takeover")}

Sections = Mapping[str, Mapping[str, Any]]


class Faces:
    """All, as far as this desktop offers them."""

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
        self._tray = LiveTray(
            lambda action: wish(action, "menu"), fresh, sections["tray"], wanted=tray
        )
        self._hotkeys = (
            choose_hotkeys(lambda action: wish(action, "hotkey"))
            if hotkeys
            else NullHotkeys(_("switched off"))
        )
        #: Whether keys and mouse are listened to at all.
        self._listens = hotkeys
        self._user = UserWatch(lambda word: wish(*_WISHES[word]))
        self._binding = threading.Lock()
        self._sections = sections
        self._chords = _chords_of(sections)

    def run(self) -> None:
        """Bind the hotkeys, then block in the tray until `stop`."""
        self.rebind(self._sections)
        self._tray.run()

    def rebind(self, sections: Sections) -> dict[str, str]:
        """Listen for what these settings say in place of the former; give the hotkeys' states.

        Hotkeys, corner and takeover, from any thread; a chord that cannot be had is in the answer
        and does not fail. Waits for the listener, which answers within milliseconds or, when it
        hangs, is given up after 2 s.
        """
        with self._binding:
            self._chords = _chords_of(sections)
            if self._listens:
                corner, takeover = sections["hotkeys"]["corner"], sections["daemon"]["takeover"]
                self._user.want(str(corner), str(takeover), self._chords)
            return self._hotkeys.bind(self._chords)

    def relook(self, sections: Sections) -> None:
        """Show the icon, or none, as these settings say; from any thread."""
        self._tray.take(sections["tray"])

    def show(self, status: Status, phase: Phase) -> None:
        """Show a status; the corner stops what is in this phase. From any thread."""
        self._tray.show(status)
        self._user.show(phase)

    def stop(self) -> None:
        """End all; from any thread."""
        self._hotkeys.stop()
        self._user.stop()
        self._tray.stop()

    def health(self) -> dict[str, Any]:
        """Say how all are; from any thread."""
        states = self._hotkeys.states()
        hotkeys = {
            name: {"chord": chord, "state": states.get(name, _("starting"))}
            for name, chord in self._chords
        }
        return {"hotkeys": hotkeys, "tray": self._tray.health(), **self._user.health()}


def _chords_of(sections: Sections) -> list[tuple[str, str]]:
    wished = [(name, str(sections["hotkeys"][name])) for name in ACTIONS]
    return [(name, chord) for name, chord in wished if chord]
