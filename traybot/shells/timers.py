"""When must the engine wake by itself? Named alarms on the monotonic clock."""

import time

from traybot.core.events import TimerFired


class Timers:
    """The alarms that are set; used by the engine's thread only."""

    def __init__(self) -> None:
        """Start with none."""
        self._due: dict[str, tuple[float, int]] = {}

    def set(self, timer: str, ticket: int, seconds: float) -> None:
        """Set an alarm; one of the same name is replaced."""
        self._due[timer] = (time.monotonic() + seconds, ticket)

    def seconds_left(self) -> float | None:
        """Give the seconds to the next alarm; None if there is none."""
        if not self._due:
            return None
        return max(0.0, min(at for at, _ in self._due.values()) - time.monotonic())

    def collect(self) -> list[TimerFired]:
        """Take the alarms that are due, earliest first."""
        now = time.monotonic()
        due = sorted((at, name) for name, (at, _) in self._due.items() if at <= now)
        return [TimerFired(now, name, self._due.pop(name)[1]) for _, name in due]
