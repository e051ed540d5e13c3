"""How is what we hold down let go, by whoever still can? By the ledger, row by row."""

import contextlib
import logging

from traybot.errors import TraybotError
from traybot.shells.memory import Memory
from traybot.system import choose
from traybot.system.base import KEY_CODES, Injector

_log = logging.getLogger(__name__)

#: The ledger's rows from here on are mouse buttons.
BUTTON_ROW = KEY_CODES


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


def release_beyond(injector: Injector) -> int:
    """Let go of whatever our device still holds, as the system says; give how many those were."""
    held = injector.held()
    for code in held.keys:
        injector.release(code)
    for button in held.buttons:
        injector.release_button(button)
    return len(held)


def release_without_hands(memory: Memory, *, everything: bool = False) -> int:
    """Do the same with a connection of our own, when hands is dead; logs if that cannot be had."""
    if not everything and not any(memory.held()):
        return 0
    try:
        injector = choose.injector()
    except (TraybotError, OSError) as error:
        _log.warning("cannot let go of held keys: %s", error)
        return 0
    with contextlib.closing(injector):
        released = release_all(memory, injector)
        return released + (release_beyond(injector) if everything else 0)
