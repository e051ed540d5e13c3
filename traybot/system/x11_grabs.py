"""How are hotkeys heard on X? By passive grabs: X delivers these chords to us, whoever has the focus.

A grab takes the whole keyboard from the press on until the key is let go. Measured: meanwhile the
focused program hears no release, neither of the bot's keys nor of the chord's own modifiers, and
believes them held for ever. So the keyboard is given back at once, before anybody acts on the
hotkey, and a release that fell into that moment is passed on. Freezing the keyboard instead
(GrabModeSync) would lose nothing, but a daemon that is suspended would leave it frozen.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from Xlib import X, error
from Xlib.protocol import event, rq

from traybot.errors import BackendUnavailable
from traybot.system.x11_chords import ALL_MODIFIERS, Place, Plan, plan
from traybot.system.x11_connection import connect, disconnect, losing_is
from traybot.system.x11_keymap import Keymap
from traybot.system.x11_state import pressed_anywhere


class X11Grabs:
    """Grabs chords on one connection; for the thread that made it.

    `BackendUnavailable` from any call once the server is gone.
    """

    def __init__(self, display: str | None = None) -> None:
        """Connect to `display`, or to the one that the environment names."""
        self._connection = connect(display)
        self._root = self._connection.screen().root
        self._chords: Sequence[tuple[str, str]] = ()
        self._plan = Plan({}, {}, {})
        self._states: dict[str, str] = {}
        #: Keys whose press was told and whose release was not seen yet.
        self._down: frozenset[int] = frozenset()

    def fileno(self) -> int:
        """The descriptor to wait on; events may also have come already, during another call."""
        with _listening():
            return self._connection.fileno()

    @property
    def any_down(self) -> bool:
        """Whether a hotkey is being held: then call `heard` again soon, to see it let go."""
        return bool(self._down)

    def bind(self, chords: Sequence[tuple[str, str]]) -> dict[str, str]:
        """Grab these `(action, chord)` pairs instead of the former; give a state for each action."""
        with _listening():
            self._chords = chords
            self._grab(self._planned())
        return dict(self._states)

    def heard(self) -> list[str]:
        """Give the actions whose chords were pressed since the last call, one for each press."""
        with _listening():
            held = pressed_anywhere(self._connection).keys if self._down else frozenset()
            actions = self._told_by_events()
            # The answer came after these events, so a key that it lacks is up after them all.
            self._down &= held | self._down_since(actions)
            return actions

    def close(self) -> None:
        """Disconnect, which ends every grab; may be called twice."""
        disconnect(self._connection)
