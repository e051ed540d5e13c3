"""What is left of us? Read from the system itself, not from our own books."""

import contextlib

from traybot.errors import TraybotError
from traybot.system import choose
from traybot.system.base import Processes

#: The environment variable that marks every process of one daemon.
MARK = "TRAYBOT_INSTANCE"


def children_left(processes: Processes, token: str) -> int:
    """Count the processes that carry our mark."""
    return len(processes.marked(MARK, token))


def held_left() -> int:
    """Count the keys and buttons that our input device holds down; 0 where there is no device."""
    try:
        with contextlib.closing(choose.injector()) as injector:
            return len(injector.held())
    except (TraybotError, OSError):
        return 0
