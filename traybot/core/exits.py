"""Why did a child end? The contract between the children and the daemon."""

from dataclasses import dataclass
from enum import StrEnum

from traybot.text import _


class Ending(StrEnum):
    """How a life came to its end."""

    DONE = "done"
    #: Left because it was asked to.
    LEFT = "left"
    CRASHED = "crashed"
    #: The bot itself is wrong (it cannot be imported, say): starting it again would not help.
    INVALID = "invalid"
    #: Something outside is missing, such as the window: it may come back.
    ENVIRONMENT = "environment"
    KILLED = "killed"


#: Exit codes by which a child says the same where its last words were lost.
CODES = {
    0: Ending.DONE,
    10: Ending.LEFT,
    20: Ending.INVALID,
    30: Ending.ENVIRONMENT,
    1: Ending.CRASHED,
}


@dataclass(frozen=True, slots=True)
class Exit:
    """The end of one life; `why` is one line for a person."""

    ending: Ending
    why: str = ""

    @property
    def crash(self) -> bool:
        """Whether the restart policy counts it as a failure."""
        return self.ending not in {Ending.DONE, Ending.LEFT}


def code_of(ending: Ending) -> int:
    """Give the exit code for an ending that a child chooses itself."""
    return next((code for code, meaning in CODES.items() if meaning is ending), 1)


def exit_of(code: int) -> Exit:
    """Read an exit code: negative ones are signals, as `multiprocessing` gives them."""
    if code < 0:
        return Exit(Ending.KILLED, _("killed by signal {signal}").format(signal=-code))
    ending = CODES.get(code, Ending.CRASHED)
    return Exit(ending, "" if ending is Ending.DONE else _("exit code {code}").format(code=code))
