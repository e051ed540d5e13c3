"""When to start again, and how long to wait? Arithmetic and named times, no state."""

from collections.abc import Sequence

#: A child that has not said "ready" by then is taken for stuck.
START_SECONDS = 10.0
#: A folder that has not been read by then lies where nothing answers: a share, a failing disk.
READ_SECONDS = 10.0
#: A routine that has made no call by then is suspended by the operating system.
PARK_SECONDS = 0.3
#: Looking at every watch once takes a few frames; a deathwatch that needs longer is stuck.
JUDGE_SECONDS = 3.0
#: First wait before a restart; doubles with each failure up to the longest.
BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 30.0
#: Who ran that long was healthy: the wait starts small again.
HEALTHY_SECONDS = 60.0
#: So many restarts within the window are tried, then we give up.
RESTARTS = 5
WINDOW_SECONDS = 600.0
#: A program that ended is started again after this.
PROGRAM_SECONDS = 1.0
#: A program that ended well after at least so long was used: its end is no failure. A game that
#: closes when it is over would otherwise be given up after a few rounds.
PROGRAM_USED_SECONDS = 1.0


def backoff(streak: int) -> float:
    """Give the seconds to wait before the restart after `streak` failures in a row (from 1)."""
    return float(min(LONGEST_BACKOFF_SECONDS, BACKOFF_SECONDS * 2.0 ** min(streak - 1, 16)))


def recent(failures: Sequence[float], now: float) -> tuple[float, ...]:
    """Keep the failures that still count at `now`."""
    return tuple(at for at in failures if now - at < WINDOW_SECONDS)


def gives_up(failures: Sequence[float]) -> bool:
    """Whether these failures, all recent, are more than the restarts we try."""
    return len(failures) > RESTARTS
