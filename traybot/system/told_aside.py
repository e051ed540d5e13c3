"""How is a system listened to that calls us back, on a thread of its own?

Where there is no descriptor to wait for, the thread keeps what it is told, and rings for whoever
waits at `fileno`.
"""

import contextlib
import logging
import queue
import socket
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from traybot.errors import BackendUnavailable
from traybot.text import _

_log = logging.getLogger(__name__)

#: How long the listening thread may need to begin, and to end.
_ANSWER_SECONDS = 2.0


Told = TypeVar("Told")


class ToldAside(Generic[Told]):
    """What was told, one by one; a subclass says what each message means."""

    def __init__(
        self, run: Callable[[Callable[[], None]], None], leave: Callable[[], None]
    ) -> None:
        """Start the thread, in which `run` listens, says so by its argument, until `leave`.

        `BackendUnavailable` if it cannot listen.
        """
        self._told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self._ear, self._mouth = socket.socketpair()
        self._ear.setblocking(False)  # noqa: FBT003 -- the library's signature
        self._mouth.setblocking(False)  # noqa: FBT003 -- the library's signature
        self._leave, self._begun = leave, threading.Event()
        self._gone = threading.Event()
        self._over, self._fault = False, ""
        self._thread = threading.Thread(
            target=self._listen, args=(run,), name="told aside", daemon=True
        )
        self._thread.start()
        if not self._begun.wait(_ANSWER_SECONDS) or self._over:
            why = self._fault or _("the listener does not answer")
            self.close()
            raise BackendUnavailable(why)

    def fileno(self) -> int:
        """Readable when something was told."""
        return self._ear.fileno()

    def heard(self) -> list[Told]:
        """Give what was told since the last call; `BackendUnavailable` when nobody listens."""
        with contextlib.suppress(BlockingIOError):
            while self._ear.recv(64):
                pass
        # Asked first: what came before the end is told before it.
        over, told = self._over, list[Told]()
        with contextlib.suppress(queue.Empty):
            while True:
                told.append(self._told.get_nowait())
        if not over:
            return told
        if not told:
            raise BackendUnavailable(self._fault or _("the listener has ended"))
        self._ring()  # once more: the end is still to be heard
        return told

    def close(self) -> None:
        """Listen no more; may be called twice."""
        if self._gone.is_set():
            return
        self._gone.set()
        self._leave()
        self._thread.join(_ANSWER_SECONDS)
        if self._thread.is_alive():
            _log.warning("a listener did not end within %g s", _ANSWER_SECONDS)
            return
        self._ear.close()
        self._mouth.close()

    # --- on the thread ---------------------------------------------------------------------------

    def _listen(self, run: Callable[[Callable[[], None]], Any]) -> None:
        try:
            run(self._begun.set)
        except Exception as error:  # noqa: BLE001 -- the thread's outermost line
            self._fault = str(error)
            _log.warning("cannot listen: %s", error)
        self._over = True
        self._begun.set()
        self._ring()

    def _ring(self) -> None:
        with contextlib.suppress(OSError):  # full, so it will wake anyway; or closed
            self._mouth.send(b"!")

    def _tell(self, told: Told) -> None:
        self._told.put(told)
        self._ring()
