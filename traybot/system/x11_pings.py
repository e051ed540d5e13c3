"""Does the program of a window still answer? It is pinged, as window managers do (_NET_WM_PING).

The Extended Window Manager Hints have the program send the ping back to the root window, where
whoever has asked for such events hears it. We ask for them while an answer is due and no longer:
they tell of every window that moves, and unread they would pile up in the server.
"""

import secrets
import time

from Xlib import X, error
from Xlib.display import Display
from Xlib.protocol import event

from traybot.errors import CaptureError
from traybot.system.x11_connection import connect, disconnect, losing_is
from traybot.text import later

#: Who has answered is not asked again within this time.
_AGAIN_SECONDS = 0.5
#: Longer than any program works without looking at its events, as Windows sees it too.
PATIENCE_SECONDS = 5.0


class Pings:
    """The questions that are open on one display; for the thread that made it.

    `CaptureError` from any call once the server is gone.
    """

    def __init__(self, display: str | None = None, patience: float = PATIENCE_SECONDS) -> None:
        """Connect; who has not answered after `patience` seconds hangs."""
        self._connection: Display = connect(display)
        self._root = self._connection.screen().root
        self._patience = patience
        self._protocols = self._connection.intern_atom("WM_PROTOCOLS")
        self._ping = self._connection.intern_atom("_NET_WM_PING")
        # A window manager puts the time there; by chance our numbers are none of its.
        self._number = secrets.randbits(30)
        #: By window: the number asked under, and when.
        self._open: dict[int, tuple[int, float]] = {}
        self._answered: dict[int, float] = {}

    def answers(self, window: int) -> bool | None:
        """Whether it has answered in time, or may still; None if it is gone or cannot answer.

        Never waits for the program.
        """
        with losing_is(CaptureError, later("ask windows whether they answer")):
            self._listen()
            if not self._can_answer(window):
                self._forget(window)
                return None
            now = time.monotonic()
            if window not in self._open and now - self._answered.get(window, 0.0) > _AGAIN_SECONDS:
                self._ask(window, now)
            _, asked_at = self._open.get(window, (0, now))
            return now - asked_at < self._patience

    def _can_answer(self, window: int) -> bool:
        try:
            return (
                self._ping
                in self._connection.create_resource_object("window", window).get_wm_protocols()
            )
        except error.XError:
            return False

    def _ask(self, window: int, now: float) -> None:
        if not self._open:
            self._root.change_attributes(event_mask=X.SubstructureNotifyMask)
        self._number = (self._number + 1) % (1 << 30)
        self._open[window] = (self._number, now)
        target = self._connection.create_resource_object("window", window)
        data = (32, [self._ping, self._number, window, 0, 0])
        target.send_event(
            event.ClientMessage(window=target, client_type=self._protocols, data=data)
        )
        self._connection.flush()

    def _listen(self) -> None:
        while self._connection.pending_events():
            heard = self._connection.next_event()
            if heard.type == X.ClientMessage and heard.client_type == self._protocols:
                kind, number, window, *_ = heard.data[1]
                asked, _at = self._open.get(window, (None, 0.0))
                if kind == self._ping and number == asked:
                    self._forget(window)
                    self._answered[window] = time.monotonic()

    def _forget(self, window: int) -> None:
        if self._open.pop(window, None) is not None and not self._open:
            self._root.change_attributes(event_mask=X.NoEventMask)

    def close(self) -> None:
        """Disconnect; may be called twice."""
        disconnect(self._connection)
