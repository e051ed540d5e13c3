"""How does a line reach standard output without the engine waiting for its reader? By a thread.

A terminal may be stopped (Ctrl+S) and a pipe's reader may sleep: then lines pile up, and past a
limit they are dropped and counted.
"""

import queue
import threading
from typing import IO

_MOST_LINES = 10_000


class Teller:
    """Writes lines to a stream, on a thread of its own. `tell` may be called from any thread."""

    def __init__(self, stream: IO[str]) -> None:
        """Start the thread."""
        self._stream = stream
        self._lines: queue.Queue[str | None] = queue.Queue(_MOST_LINES)
        #: How many lines nobody took.
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="teller", daemon=True)
        self._thread.start()

    def tell(self, line: str) -> None:
        """Write a line soon; never waits."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.dropped += 1

    def close(self, seconds: float) -> bool:
        """Write what waits, no longer than `seconds`; False if the reader did not take it."""
        try:
            self._lines.put(None, timeout=seconds)
        except queue.Full:
            return False
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._write(line + "\n")
            except (OSError, ValueError):
                # Whoever read us is gone (`traybot run --json | head`): nobody to tell it to.
                return

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
        except UnicodeEncodeError:  # a terminal that knows few letters; a bot prints any
            self._stream.write(ascii(text)[1:-1].replace("\\n", "\n"))
        self._stream.flush()
