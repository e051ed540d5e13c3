"""How does any thread hand the engine an event? It posts, and the engine wakes."""

import contextlib
import multiprocessing
import threading
from collections import deque

from traybot.core.events import Event


class Mailbox:
    """Events from all threads for the one that owns the state."""

    def __init__(self) -> None:
        """Make it empty."""
        self._events: deque[Event] = deque()
        self._listen, self._wake = multiprocessing.Pipe(duplex=False)
        self._lock = threading.Lock()
        self._woken = False

    def post(self, event: Event) -> None:
        """Leave an event; from any thread, never waits for the engine."""
        with self._lock:
            self._events.append(event)
            self._ring()

    def wake(self) -> None:
        """Have the engine look at everything it waits for, without an event."""
        with self._lock:
            self._ring()

    def _ring(self) -> None:
        if not self._woken:
            self._woken = True
            with contextlib.suppress(OSError):
                self._wake.send_bytes(b"!")

    def fileno(self) -> int:
        """Readable while an event waits."""
        return self._listen.fileno()

    def collect(self) -> list[Event]:
        """Take everything that was posted, oldest first; the engine's thread only."""
        with self._lock:
            if self._woken:
                self._listen.recv_bytes()
                self._woken = False
            events = list(self._events)
            self._events.clear()
        return events

    def close(self) -> None:
        """Close the wake-up pipe; later posts are kept but wake nobody."""
        with self._lock:
            self._woken = True
            self._listen.close()
            self._wake.close()
