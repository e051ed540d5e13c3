"""What if the prepared server of lives dies? Another is ready before the next start needs it."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import wait
from typing import Any

from traybot.core.events import Event
from traybot.shells import forkserver
from traybot.shells.launcher import Launcher
from traybot.system.base import Processes, ProcessHandle

_log = logging.getLogger(__name__)

#: One that dies as soon as it is there is not started again faster than this.
_AGAIN_SECONDS = 0.5


class ServerKeeper:
    """Keeps a forkserver running. The engine's thread, but for the launcher's jobs."""

    def __init__(
        self,
        processes: Processes,
        launcher: Launcher,
        wake: Callable[[], None],
        start: Callable[[], None] = forkserver.start,
    ) -> None:
        """Start nothing yet; `wake` has the engine collect.

        `start` has whatever lives come from ready. Only a forkserver is looked after: a spare that
        has died is replaced when it is needed.
        """
        self._start_server = start
        self._processes, self._launcher, self._wake = processes, launcher, wake
        self._handle: ProcessHandle | None = None
        self._starting = False
        self._started_at = 0.0
        #: When the next one is due, after one that was lost (0: none was).
        self._due = 0.0

    def start(self) -> None:
        """Have one started soon."""
        self._starting, self._due = True, 0.0
        self._started_at = time.monotonic()
        self._launcher.submit(self._start)

    def _start(self) -> None:
        try:
            self._start_server()
        finally:
            self._starting = False
            self._wake()

    def hurry(self) -> None:
        """Have a birth that nobody wants any more end now, and not when the server is ready for it.

        Another server begins to load at once.
        """
        if forkserver.kill_unready():
            self._due = time.monotonic()

    def waitables(self) -> list[Any]:
        """The end of the server; of one that is being replaced it is known."""
        known = self._handle is None or self._due or self._starting
        return [] if known else [self._handle]

    def seconds_left(self) -> float | None:
        """When the next one is due."""
        return max(0.0, self._due - time.monotonic()) if self._due else None

    def collect(self) -> list[Event]:
        """Replace a dead one; a start of a life may have done so before us."""
        if self._starting:
            return []
        self._follow()
        if self._handle is not None and not self._due and wait([self._handle.fileno()], 0):
            _log.error("the server of lives was lost: starting another")
            self._due = max(time.monotonic(), self._started_at + _AGAIN_SECONDS)
        if self.seconds_left() == 0.0:
            self.start()
        return []

    def _follow(self) -> None:
        """Take the server that there is now for ours."""
        number = forkserver.pid()
        if self._handle is not None and self._handle.pid != number:
            self._handle.close()
            self._handle, self._due = None, 0.0
        if self._handle is None and number is not None:
            with suppress(ProcessLookupError):
                handle = self._processes.handle(number)
                # Where a process cannot be waited for, the next start finds the server dead.
                self._handle = handle if handle.fileno() >= 0 else None
