"""What is left of us? Read from the system itself, not from our own books."""

import contextlib
import math
import time

from traybot.errors import TraybotError
from traybot.system import choose
from traybot.system.base import Processes

#: A killed process is gone within milliseconds.
_PATIENCE_SECONDS = 1.0


def end_all(processes: Processes, token: str) -> int:
    """Kill whatever carries our mark still, such as a routine's helper; count what would not go."""
    processes.end_marked(token)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (left := processes.marked(token)) and time.monotonic() < deadline:
        processes.end_orphans(token, (), math.inf)
        time.sleep(0.005)
    return len(left)


def held_left() -> int:
    """Count the keys and buttons that our input device holds down; 0 where there is no device."""
    try:
        with contextlib.closing(choose.injector()) as injector:
            return len(injector.held())
    except (TraybotError, OSError):
        return 0
