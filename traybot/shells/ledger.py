"""How is what we hold down let go, by whoever still can? By the ledger, row by row."""

import contextlib
import logging
from enum import Enum

from traybot.errors import TraybotError
from traybot.shells.memory import Memory
from traybot.system import choose
from traybot.system.base import KEY_CODES, HeldInput, Injector

_log = logging.getLogger(__name__)

#: The ledger's rows from here on are mouse buttons.
BUTTON_ROW = KEY_CODES


class Reach(Enum):
    """How far a letting go reaches."""

    LEDGER = 0
    #: And what our device holds that it did not when the last life began.
    LIFE = 1
    #: And whatever our device holds.
    EVERYTHING = 2

    @classmethod
    def of(cls, *, beyond: bool, everything: bool) -> "Reach":
        """Give the farthest of what is asked for."""
        return cls.EVERYTHING if everything else cls.LIFE if beyond else cls.LEDGER


def release_row(memory: Memory, injector: Injector, row: int) -> None:
    """Let one key or button go, then strike it from the ledger."""
    if row >= BUTTON_ROW:
        injector.release_button(row - BUTTON_ROW)
    else:
        injector.release(row)
    memory.ledger[row] = 0


def release_all(memory: Memory, injector: Injector, life: int = 0) -> int:
    """Release what the ledger says (of one life, if named); give how many rows that were."""
    rows = [row for row in memory.held() if life in (0, memory.ledger[row])]
    for row in rows:
        release_row(memory, injector, row)
    return len(rows)


def note_before(memory: Memory, injector: Injector, life: int) -> None:
    """Write down what our device holds as a life begins; another hands keeps the first note."""
    if memory.before_life.value == life:
        return
    before = _rows(injector.held())
    memory.before[:] = [int(row in before) for row in range(len(memory.before))]
    memory.before_life.value = life


def release_beyond(memory: Memory, injector: Injector, reach: Reach) -> int:
    """Let go of what our device still holds, as the system says; give how many those were."""
    if reach is Reach.LEDGER or (reach is Reach.LIFE and not memory.before_life.value):
        return 0
    rows = _rows(injector.held())
    if reach is Reach.LIFE:
        rows = {row for row in rows if not memory.before[row]}
    for row in rows:
        release_row(memory, injector, row)
    return len(rows)


def _rows(held: HeldInput) -> set[int]:
    return {*held.keys, *(BUTTON_ROW + button for button in held.buttons)}


def release_without_hands(memory: Memory, reach: Reach = Reach.LEDGER) -> int:
    """Do the same with a connection of our own, when hands is dead; logs if that cannot be had.

    Waits as long as the screen does not answer.
    """
    if reach is Reach.LEDGER and not any(memory.held()):
        return 0
    try:
        injector = choose.injector()
        with contextlib.closing(injector):
            released = release_all(memory, injector)
            return released + release_beyond(memory, injector, reach)
    except (TraybotError, OSError) as error:
        _log.warning("cannot let go of held keys: %s", error)
        return 0
