"""Which hotkey was pressed? Listens everywhere on the desktop and posts the action's name."""

import contextlib
import logging
import os
import queue
import select
import socket
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from traybot.errors import BackendUnavailable
from traybot.system import choose
from traybot.system.base import Hotkeys
from traybot.text import _, joined

if TYPE_CHECKING:  # python-xlib is there on Linux only
    from traybot.system.x11_grabs import X11Grabs

_log = logging.getLogger(__name__)

Post = Callable[[str], None]
Chords = Sequence[tuple[str, str]]

#: After the X server went away, how long until it is tried again.
RETRY_SECONDS = 1.0
#: While a hotkey is held, how often to look whether it was let go: between two presses of one key
#: by hand lie 50 ms and more.
LOOK_SECONDS = 0.02
#: How long a caller waits for the listening thread: it answers within milliseconds or hangs.
ANSWER_SECONDS = 2.0

_NO_ANSWER = _("unsupported: the listener does not answer")
_STOPPED = _("unsupported: the listener has been stopped")


class _Order:
    """New chords on their way to the listening thread, and the answer on its way back."""

    def __init__(self, chords: Chords) -> None:
        self.chords = list(chords)
        self.states: dict[str, str] = {}
        self.done = threading.Event()


class X11Hotkeys:
    """Satisfies `system.base.Hotkeys` by key grabs; listens in a thread and connection of its own.

    `post` is called in that thread, once for each press, with the keyboard already given back; it
    must not block. Methods may be called from any thread.
    """

    def __init__(self, post: Post, display: str | None = None, note: str = "") -> None:
        """`display` as DISPLAY has it; `note` is added to every "bound"."""
        self._post, self._display, self._note = post, display, note
        self._orders: queue.SimpleQueue[_Order] = queue.SimpleQueue()
        self._chords: Chords = ()
        self._states: dict[str, str] = {}
        self._leaving = False
        self._ear, self._mouth = socket.socketpair()
        self._mouth.settimeout(0)
        self._thread = threading.Thread(target=self._run, name="hotkeys", daemon=True)
        self._thread.start()

    def bind(self, chords: Chords) -> dict[str, str]:
        """Listen for these `(action, chord)` pairs instead of the former; waits 2 s at most."""
        order = _Order(chords)
        if self._leaving:
            return dict.fromkeys((action for action, _ in chords), _STOPPED)
        self._orders.put(order)
        self._wake()
        if not order.done.wait(ANSWER_SECONDS):
            return dict.fromkeys((action for action, _ in chords), _NO_ANSWER)
        return order.states

    @property
    def listens(self) -> bool:
        """Whether the thread lives: from the start to `stop`, with a server or without."""
        return self._thread.is_alive()

    def states(self) -> dict[str, str]:
        """Give each action's state as of now: the server may have come back with others' grabs."""
        return dict(self._states)

    def stop(self) -> None:
        """Stop listening; returns when the thread has ended; may be called twice."""
        self._leaving = True
        self._wake()
        if threading.current_thread() is self._thread:
            return
        self._thread.join(ANSWER_SECONDS)
        if self._thread.is_alive():  # the server hangs; the thread ends with it, or with us
            _log.warning("the hotkey thread did not end within %g s", ANSWER_SECONDS)
            return
        self._ear.close()
        self._mouth.close()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full, so it will wake anyway; or closed
            self._mouth.send(b"!")

    def _run(self) -> None:
        from traybot.system.x11_grabs import X11Grabs

        while not self._leaving:
            try:
                with contextlib.closing(X11Grabs(self._display)) as grabs:
                    self._serve(grabs)
            except BackendUnavailable as gone:
                self._rest(str(gone))
            except Exception:  # noqa: BLE001 -- the thread's outermost line: a stop key must not die
                _log.exception("the hotkey listener failed and begins anew")
                self._rest(_("the listener failed, the log tells how"))

    def _serve(self, grabs: "X11Grabs") -> None:
        """Listen until told to leave; `BackendUnavailable` when the server goes."""
        self._publish(grabs.bind(self._chords))
        while not self._leaving:
            for action in grabs.heard():
                self._post(action)
            self._publish(grabs.states)  # a new keymap may have moved or taken a chord's key
            wait = LOOK_SECONDS if grabs.any_down else None
            ear = self._ear.fileno()
            if ear in select.select([grabs.fileno(), ear], [], [], wait)[0]:
                self._ear.recv(64)
                for order in self._taken():
                    self._publish(grabs.bind(order.chords), order)

    def _rest(self, why: str) -> None:
        """Wait until the server may be back; meanwhile answer that it is not."""
        self._publish(
            dict.fromkeys(
                (action for action, _ in self._chords), _("unsupported: {why}").format(why=why)
            )
        )
        if self._leaving or not select.select([self._ear], [], [], RETRY_SECONDS)[0]:
            return
        self._ear.recv(64)
        for order in self._taken():
            states = dict.fromkeys(
                (action for action, _ in order.chords), _("unsupported: {why}").format(why=why)
            )
            self._publish(states, order)

    def _taken(self) -> list[_Order]:
        """Take the orders that have come; the chords of the last one hold from now on."""
        orders = []
        with contextlib.suppress(queue.Empty):
            while True:
                orders.append(self._orders.get_nowait())
        self._chords = orders[-1].chords if orders else self._chords
        return orders

    def _publish(self, states: dict[str, str], order: _Order | None = None) -> None:
        if self._note:
            states = {
                action: joined(": ", (state, self._note)) if state == "bound" else state
                for action, state in states.items()
            }
        self._states = states = {action: _(state) for action, state in states.items()}
        if order:
            order.states = dict(states)
            order.done.set()


class NullHotkeys:
    """Satisfies `system.base.Hotkeys` where there is no way to listen."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self._states: dict[str, str] = {}

    def bind(self, chords: Chords) -> dict[str, str]:
        """Give the reason for every action."""
        why = _("unsupported: {why}").format(why=self.reason)
        self._states = dict.fromkeys((action for action, _ in chords), why)
        return self.states()

    def states(self) -> dict[str, str]:
        """Give them again."""
        return dict(self._states)

    def stop(self) -> None:
        """Do nothing."""


def choose_hotkeys(post: Post) -> Hotkeys:
    """Give the way to listen that works here, or the reason why none does."""
    if os.environ.get("DISPLAY"):
        return _on_x(post)
    if choose.WINDOWS:
        return _on_windows(post)
    if choose.MACOS:
        from traybot.shells.macos_hotkeys import MacHotkeys
        from traybot.system.macos_hotkey_calls import MacHotkeyCalls

        return MacHotkeys(post, MacHotkeyCalls())
    from traybot.shells.keyboard_hotkeys import KeyboardHotkeys

    if KeyboardHotkeys.works_here():
        return KeyboardHotkeys(post)
    return NullHotkeys(_("there is no X display (DISPLAY is not set)"))


def _on_windows(post: Post) -> Hotkeys:
    from traybot.shells.keyboard_hotkeys import KeyboardHotkeys
    from traybot.shells.windows_hotkeys import WindowsHotkeys
    from traybot.system.windows_hotkey_calls import WindowsHotkeyCalls
    from traybot.system.windows_input import WindowsKeys

    return WindowsHotkeys(post, WindowsHotkeyCalls(), WindowsKeys().code_of, KeyboardHotkeys(post))


def _on_x(post: Post) -> Hotkeys:
    try:
        from traybot.system.x11_connection import connect, disconnect

        disconnect(connect())
    except (BackendUnavailable, ImportError) as why_not:
        return NullHotkeys(str(why_not))
    wayland = os.environ.get("WAYLAND_DISPLAY")
    return X11Hotkeys(
        post, note=_("heard only while an X11 window has the keys") if wayland else ""
    )
