"""What is left of us? Read from the system itself, not from our own books."""

import contextlib
import time

from traybot.errors import TraybotError
from traybot.shells.errand import Errand
from traybot.system import choose
from traybot.system.base import Processes
from traybot.system.lives_over import ALL_OVER

#: A killed process is gone within milliseconds.
_PATIENCE_SECONDS = 1.0
#: Many times what a busy screen needs to answer; one that is known to hang is not waited for.
_SCREEN_SECONDS = 3.0
#: A program shows no mark while it is being started: so often, and so far apart, it is looked for.
_LOOKS, _APART_SECONDS = 3, 0.02


def end_marked(processes: Processes, token: str) -> None:
    """Kill whatever carries our mark, also what somebody of us was just starting when he died."""
    processes.end_marked(token)
    for _ in range(_LOOKS - 1):
        time.sleep(_APART_SECONDS)
        processes.end_marked(token)


def end_all(processes: Processes, token: str, spared: int = 0) -> int:
    """Kill whatever carries our mark still, such as a routine's helper; count what would not go.

    `spared`: one process that may stay (0: none).
    """
    processes.end_marked(token, spared)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (left := set(processes.marked(token)) - {spared}) and time.monotonic() < deadline:
        processes.end_orphans(token, {spared}, ALL_OVER)
        time.sleep(0.005)
    return len(left)


def held_left(*, hangs: bool) -> int | None:
    """Count the keys and buttons that our input device holds down; 0 where there is no device.

    None: the screen does not say, and nobody waits for it if it `hangs`.
    """
    if hangs:
        return None
    asked = Errand(_held)
    return asked.answer if asked.wait(_SCREEN_SECONDS) else None


def _held() -> int:
    try:
        with contextlib.closing(choose.injector()) as injector:
            return len(injector.held())
    except (TraybotError, OSError):
        return 0
