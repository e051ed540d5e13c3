"""Who lets go when daemon and hands are both dead? The deathwatch, as its last act."""

import time
from collections.abc import Callable

import psutil

from traybot.shells import leftovers
from traybot.shells.errand import Errand
from traybot.shells.ledger import Reach, release_without_hands
from traybot.shells.memory import Memory
from traybot.system import choose
from traybot.workers.birth import Birth

#: Hands lets go within a few milliseconds of the daemon's death, if it lives.
_HANDS_SECONDS = 0.2
#: A screen that hangs is waited for so long: a hands that lives waits for it, and nobody else need.
_SCREEN_SECONDS = 1.0
#: A hands that lives sweeps for us, and is gone after this time; one that dies is gone sooner.
_LEAVES_SECONDS = 1.0
_LOOK_SECONDS = 0.005


def last_will(birth: Birth) -> Callable[[], None]:
    """Give what is to be done when the daemon is gone: see that somebody lets go."""

    def let_go() -> None:
        memory = birth.memory
        _wait(lambda: any(memory.held()) and _hands_lives(memory), _HANDS_SECONDS)
        Errand(lambda: release_without_hands(memory, Reach.LIFE)).wait(_SCREEN_SECONDS)
        # Killed at the same moment as the daemon it may be dying still.
        _wait(lambda: _hands_lives(memory), _LEAVES_SECONDS)
        if not _hands_lives(memory):
            leftovers.end_marked(choose.processes(), birth.token)

    return let_go


def _wait(while_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while while_so() and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)


def _hands_lives(memory: Memory) -> bool:
    """Whether the hands of now lives: the one that was there at our birth may be replaced."""
    try:
        hands = psutil.Process(memory.hands_pid.value)
        return memory.hands_pid.value != 0 and hands.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
