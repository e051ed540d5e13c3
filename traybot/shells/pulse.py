"""Is a process there, or does it hang? It is asked now and then, and must say so in time."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil


def is_frozen(pid: int) -> bool:
    """Whether somebody has stopped a process; one that is gone is not."""
    with contextlib.suppress(psutil.Error):
        return bool(psutil.Process(pid).status() == psutil.STATUS_STOPPED)
    return False


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a process is asked, and how long it may take to answer, in seconds."""

    every: float
    answer: float


#: Between the question and a deathwatch's answer may lie a look at every watch.
DEATHWATCH = Rhythm(1.0, 2.0)
MANAGER = Rhythm(2.0, 1.0)
#: A machine that stood still gives it this much to answer what it was asked before.
_LAST_SECONDS = 0.3


class Pulse:
    """The asking of one process; the engine's thread only."""

    def __init__(self, rhythm: Rhythm, ask: Callable[[], object]) -> None:
        """Ask nothing before `begin`."""
        self._rhythm, self._ask = rhythm, ask
        self._ask_at = self._answer_by = 0.0
        self._last = False

    def begin(self) -> None:
        """It is set up: from now on it is to answer."""
        self.answered()

    def answered(self) -> None:
        """It is there."""
        self._answer_by, self._last = 0.0, False
        self._ask_at = time.monotonic() + self._rhythm.every

    def end(self) -> None:
        """It is gone: ask nobody."""
        self._ask_at = self._answer_by = 0.0

    def due_at(self) -> float:
        """When to look again (0: not at all)."""
        return self._answer_by or self._ask_at

    def hangs(self) -> bool:
        """Ask if that is due; whether it has not answered in time, told once."""
        now = time.monotonic()
        if self._answer_by:
            return now >= self._answer_by and self._overdue(now)
        if self._ask_at and now >= self._ask_at:
            self._answer_by = now + self._rhythm.answer
            self._ask()
        return False

    def _overdue(self, now: float) -> bool:
        if self._last:
            self.end()
            return True
        self._answer_by, self._last = now + _LAST_SECONDS, True
        return False
