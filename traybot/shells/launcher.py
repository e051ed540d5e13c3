"""Which thread starts processes? One that lives as long as the daemon.

A death signal is bound to the thread that made the child, so it must not end before its children;
and a start may take long (a frozen forkserver), which must not stop the engine.
"""

import logging
import queue
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)


class Launcher:
    """Runs jobs one after the other on a thread of its own."""

    def __init__(self, name: str) -> None:
        """Start the thread."""
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], None]) -> None:
        """Have a job done soon; from any thread."""
        self._jobs.put(job)

    def stop(self, seconds: float) -> None:
        """Do what was submitted, then end the thread; wait for that no longer than `seconds`."""
        self._jobs.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:  # noqa: BLE001  the outermost line of the thread
                _log.exception("a job failed")
