"""How are hotkeys heard on X? By passive grabs: X gives us these chords, whoever has the focus.

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
from traybot.system.x11_state import keys_down
from traybot.text import _, later


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

    @property
    def states(self) -> dict[str, str]:
        """Each action's state, as of the last keymap that was heard of."""
        return dict(self._states)

    def bind(self, chords: Sequence[tuple[str, str]]) -> dict[str, str]:
        """Grab these `(action, chord)` pairs instead of the former; give each action's state."""
        with _listening():
            self._chords = chords
            self._grab(self._planned())
        return self.states

    def heard(self) -> list[str]:
        """Give the actions whose chords were pressed since the last call, one for each press.

        The keyboard has been given back to the focused program when this returns.
        """
        with _listening():
            # Asked first: the answer is newer than all events that came with it, so a key that it
            # lacks was let go after them, and what they repeat is no new press.
            still = self._down & keys_down(self._connection) if self._down else self._down
            fresh = self._take_events()
        self._down = still | {code for code, _ in fresh}
        return list(dict.fromkeys(action for _, action in fresh))

    def close(self) -> None:
        """Disconnect, which ends every grab; may be called twice."""
        disconnect(self._connection)

    def _take_events(self) -> list[tuple[int, str]]:
        """Give key and action of each first press; repeats of a held key are none.

        No event may remain in the queue: waiting on the descriptor would not notice it.
        """
        fresh: list[tuple[int, str]] = []
        while True:
            remapped = False
            while self._connection.pending_events():
                heard = self._connection.next_event()
                if heard.type == X.KeyPress:
                    fresh += self._first_press(heard, {code for code, _ in fresh})
                elif heard.type == X.KeyRelease:
                    self._pass_on(heard)
                else:
                    remapped |= heard.type == X.MappingNotify
            if not remapped:
                return fresh
            self._follow_keymap()  # waits for answers, with which further events may come

    def _first_press(self, press: rq.Event, already: set[int]) -> list[tuple[int, str]]:
        """Give the keyboard back, then tell what was pressed, unless it is held since before."""
        self._connection.ungrab_keyboard(X.CurrentTime)
        self._connection.sync()
        action = self._plan.claims.get((press.detail, press.state & ALL_MODIFIERS))
        known = press.detail in self._down or press.detail in already
        return [] if action is None or known else [(press.detail, action)]

    def _pass_on(self, release: rq.Event) -> None:
        """Tell the focused program of a release that the grab kept from it; not of the chord's key.

        Presses are not passed on: one that came after its own release would never end.
        """
        focus = self._connection.get_input_focus().focus
        if release.detail in {code for code, _ in self._plan.claims} or isinstance(focus, int):
            return
        told = event.KeyRelease(
            detail=release.detail,
            time=release.time,
            root=self._root,
            window=focus,
            child=X.NONE,
            root_x=release.root_x,
            root_y=release.root_y,
            event_x=release.root_x,
            event_y=release.root_y,
            state=release.state,
            same_screen=1,
        )
        focus.send_event(told, event_mask=X.KeyReleaseMask, propagate=True)
        self._connection.flush()

    def _planned(self) -> Plan:
        """Plan the chords on the keyboard of now, which is the one used last."""
        info = self._connection.display.info
        first, last = info.min_keycode, info.max_keycode
        rows = self._connection.get_keyboard_mapping(first, last - first + 1)
        keymap = Keymap({code: tuple(row) for code, row in enumerate(rows, first)})
        return plan(self._chords, keymap, self._connection.get_modifier_mapping())

    def _follow_keymap(self) -> None:
        """Grab anew if the chords' keys moved.

        The server also tells of a new keymap whenever bot and user press in turn, for they have
        different keyboards: mostly nothing moved then.
        """
        planned = self._planned()
        if planned != self._plan:
            self._grab(planned)

    def _grab(self, planned: Plan) -> None:
        """Let go of all grabs, make the new ones, and learn which of them others have."""
        self._root.ungrab_key(X.AnyKey, X.AnyModifier)
        refusals: dict[Place, error.CatchError] = {}
        for code, mask in planned.claims:
            refusals[code, mask] = error.CatchError(error.BadAccess)
            self._root.grab_key(
                code,
                mask,
                owner_events=False,
                pointer_mode=X.GrabModeAsync,
                keyboard_mode=X.GrabModeAsync,
                onerror=refusals[code, mask],
            )
        self._connection.sync()
        refused = {place for place, refusal in refusals.items() if refusal.get_error()}
        self._plan = planned
        self._states = dict(planned.states)
        for action, places in planned.bare.items():
            if planned.states[action] == "bound" and places & refused:
                self._states[action] = _("taken: another program listens to it")


def _listening() -> AbstractContextManager[None]:
    return losing_is(BackendUnavailable, later("listen for hotkeys"))
