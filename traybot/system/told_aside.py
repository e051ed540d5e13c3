"""How does a system tell of sleep and lock that calls us back, on a thread of its own?

Where there is no bus to read, the thread turns what it is told into changes, and rings for whoever
waits at `fileno`. A system that waits for our answer before it sleeps or ends is kept waiting until
we are ready, and no longer than it would bear.
"""

import contextlib
import logging
import queue
import socket
import threading
from collections.abc import Callable
from typing import Any

from traybot.errors import BackendUnavailable
from traybot.system.base import SessionChange
from traybot.text import _

_log = logging.getLogger(__name__)

#: Windows gives a program two seconds before it sleeps, and five before it is hung.
HOLD_SECONDS = 1.8
FAREWELL_SECONDS = 4.0
#: How long the listening thread may need to begin, and to end.
_ANSWER_SECONDS = 2.0


class ToldAside:
    """A source of changes for `shells.session_watch`; a subclass says what each message means."""

    def __init__(
        self, run: Callable[[Callable[[], None]], None], leave: Callable[[], None]
    ) -> None:
        """Start the thread, in which `run` listens, says so by its argument, until `leave`.

        `BackendUnavailable` if it cannot listen.
        """
        #: Whether nobody can see the desktop, as told so far.
        self.locked = False
        self._changes: queue.SimpleQueue[SessionChange] = queue.SimpleQueue()
        self._ear, self._mouth = socket.socketpair()
        self._ear.setblocking(False)  # noqa: FBT003 -- the library's signature
        self._mouth.setblocking(False)  # noqa: FBT003 -- the library's signature
        self._leave, self._begun = leave, threading.Event()
        #: The machine may sleep, the session may end, for all we care.
        self._free, self._gone = threading.Event(), threading.Event()
        self._over, self._fault = False, ""
        self._thread = threading.Thread(
            target=self._listen, args=(run,), name="session told", daemon=True
        )
        self._thread.start()
        if not self._begun.wait(_ANSWER_SECONDS) or self._over:
            why = self._fault or _("the listener does not answer")
            self.close()
            raise BackendUnavailable(why)

    def fileno(self) -> int:
        """Readable when something was told."""
        return self._ear.fileno()

    def heard(self) -> list[SessionChange]:
        """Give what was told since the last call; `BackendUnavailable` when nobody listens."""
        with contextlib.suppress(BlockingIOError):
            while self._ear.recv(64):
                pass
        # Asked first: what came before the end is told before it.
        over, changes = self._over, []
        with contextlib.suppress(queue.Empty):
            while True:
                changes.append(self._changes.get_nowait())
        if not over:
            return changes
        if not changes:
            raise BackendUnavailable(self._fault or _("the listener has ended"))
        self._ring()  # once more: the end is still to be heard
        return changes

    def delay_sleep(self) -> None:
        """Have the machine wait for us, the next time it wants to sleep."""
        self._free.clear()

    def let_sleep(self) -> None:
        """Have the machine wait for us no longer; may be called twice."""
        self._free.set()

    def close(self) -> None:
        """Listen no more; may be called twice."""
        if self._gone.is_set():
            return
        self._free.set()
        self._gone.set()
        self._leave()
        self._thread.join(_ANSWER_SECONDS)
        if self._thread.is_alive():
            _log.warning("what hears the session did not end within %g s", _ANSWER_SECONDS)
            return
        self._ear.close()
        self._mouth.close()

    # --- on the thread ---------------------------------------------------------------------------

    def _listen(self, run: Callable[[Callable[[], None]], Any]) -> None:
        try:
            run(self._begun.set)
        except Exception as error:  # noqa: BLE001 -- the thread's outermost line
            self._fault = str(error)
            _log.warning("cannot hear the session: %s", error)
        self._over = True
        self._begun.set()
        self._ring()

    def _ring(self) -> None:
        with contextlib.suppress(OSError):  # full, so it will wake anyway; or closed
            self._mouth.send(b"!")

    def _tell(self, change: SessionChange) -> None:
        self._changes.put(change)
        self._ring()

    def _tell_lock(self, *, locked: bool) -> None:
        if locked != self.locked:
            self.locked = locked
            self._tell(SessionChange("lock", locked))

    def _tell_sleep(self) -> None:
        """Say that the machine wants to sleep; return when it may."""
        self._tell(SessionChange("suspend", begins=True))
        if not self._free.wait(HOLD_SECONDS):
            _log.warning("the machine sleeps before the bot's hands are known to be off")

    def _tell_end(self) -> None:
        """Say that the session ends; return when we are gone, or the system would bear no more."""
        self._tell(SessionChange("end", begins=True))
        self._gone.wait(FAREWELL_SECONDS)
