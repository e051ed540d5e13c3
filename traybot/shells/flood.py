"""How much of what a life writes does the log take? So many lines a second; the rest is counted."""

import threading
import time
from collections.abc import Sequence

#: So many lines a second reach the log.
LINES = 100
#: A longer line is cut, in characters.
LONGEST_LINE = 2000


class Ration:
    """What one source may write; from any thread."""

    def __init__(self) -> None:
        """Begin with nothing left out."""
        self._lock = threading.Lock()
        self._second, self._given, self._left_out = 0, 0, 0

    def fit(self, lines: Sequence[str]) -> list[str]:
        """Give as many of them as fit into this second, before them how many earlier did not."""
        with self._lock:
            second = int(time.monotonic())
            notes = []
            if second != self._second:
                notes = self._note()
                self._second, self._given = second, 0
            fit = list(lines[: LINES - self._given])
            self._given += len(fit)
            self._left_out += len(lines) - len(fit)
            return notes + fit

    def rest(self) -> list[str]:
        """Say how many were left out since that was last said; for the end of the source."""
        with self._lock:
            return self._note()

    def _note(self) -> list[str]:
        count, self._left_out = self._left_out, 0
        return [f"({count} lines more were left out)"] if count else []
