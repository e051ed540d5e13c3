"""Who lets go when daemon and hands are both dead? The deathwatch, as its last act."""

import time
from collections.abc import Callable

import psutil

from traybot.shells.errand import Errand
from traybot.shells.ledger import Reach, release_without_hands
from traybot.shells.memory import Memory
from traybot.system import choose
from traybot.workers.birth import Birth

#: Hands lets go within a few milliseconds of the daemon's death, if it lives.
_HANDS_SECONDS = 0.2
#: A screen that hangs is waited for so long: a hands that lives waits for it, and nobody else need.
_SCREEN_SECONDS = 1.0


def last_will(birth: Birth) -> Callable[[], None]:
    """Give what is to be done when the daemon is gone: see that somebody lets go."""

    def let_go() -> None:
        memory, deadline = birth.memory, time.monotonic() + _HANDS_SECONDS
        while any(memory.held()) and time.monotonic() < deadline and _hands_lives(memory):
            time.sleep(0.005)
        Errand(lambda: release_without_hands(memory, Reach.LIFE)).wait(_SCREEN_SECONDS)
        if not _hands_lives(memory):
            choose.processes().end_marked(birth.token)

    return let_go


def _hands_lives(memory: Memory) -> bool:
    """Whether the hands of now lives: the one that was there at our birth may be replaced."""
    pid = memory.hands_pid.value
    return bool(pid) and psutil.pid_exists(pid)
