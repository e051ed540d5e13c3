"""What can be decided? Imperatives that the engine hands to its ports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from traybot.core.botfile import BotPlan


@dataclass(frozen=True, slots=True)
class Command:
    """Something to be done."""


@dataclass(frozen=True, slots=True)
class LoadBot(Command):
    """Begin to read a bot from disk for a run; answered by BotLoaded or BotRefused."""

    bot: str
    run: int


@dataclass(frozen=True, slots=True)
class StartProgram(Command):
    """Start the bot's program unless it runs."""

    plan: BotPlan = field(repr=False)


@dataclass(frozen=True, slots=True)
class RestartProgram(Command):
    """End the bot's program and start it anew; start it if it does not run."""

    plan: BotPlan = field(repr=False)


@dataclass(frozen=True, slots=True)
class LeaveProgram(Command):
    """Let the bot's program be: one that is being restarted is not started again."""


@dataclass(frozen=True, slots=True)
class TakePicture(Command):
    """Have the deathwatch keep a picture of what there is to see; answered by PictureTaken."""

    name: str


@dataclass(frozen=True, slots=True)
class StartChild(Command):
    """Start a life of `routine`, `recovery` or `deathwatch`."""

    child: str
    life: int
    plan: BotPlan = field(repr=False)


@dataclass(frozen=True, slots=True)
class KillChild(Command):
    """End a life now, with all it started; no asking.

    With `stack` it is given a moment to write down where it stands: answered by ChildStood.
    """

    child: str
    life: int
    stack: bool = False


@dataclass(frozen=True, slots=True)
class AskChild(Command):
    """Ask a life to leave."""

    child: str
    life: int


@dataclass(frozen=True, slots=True)
class HoldLife(Command):
    """Close the gate and have the life park at its next call."""

    life: int


@dataclass(frozen=True, slots=True)
class FreeLife(Command):
    """Open the gate for this life and let it play (on)."""

    life: int


@dataclass(frozen=True, slots=True)
class CloseGate(Command):
    """Nobody may press from now on."""


@dataclass(frozen=True, slots=True)
class SuspendChild(Command):
    """Freeze a life that does not park by itself."""

    child: str
    life: int


@dataclass(frozen=True, slots=True)
class ContinueChild(Command):
    """Thaw a frozen life."""

    child: str
    life: int


@dataclass(frozen=True, slots=True)
class LetGo(Command):
    """Release what the ledger says that we hold, and with these more.

    `beyond`: what our device holds now and did not when the last life began, for a life may have
    pressed by another library. `everything`: whatever our device holds.
    """

    beyond: bool = False
    everything: bool = False


@dataclass(frozen=True, slots=True)
class WatchLife(Command):
    """Tell the deathwatch to judge for this life, from a fresh running clock if it is a new one."""

    life: int


@dataclass(frozen=True, slots=True)
class WatchOnly(Command):
    """Tell the deathwatch that the user has paused: verdicts only notify."""


@dataclass(frozen=True, slots=True)
class WatchNothing(Command):
    """Tell the deathwatch to rest: nobody plays."""


@dataclass(frozen=True, slots=True)
class Judge(Command):
    """Have every watch judged anew; answered by Judged. Life 0: only say what holds."""

    life: int


@dataclass(frozen=True, slots=True)
class SetTimer(Command):
    """Wake the core after some seconds; a new timer of the same name replaces the old one."""

    timer: str
    ticket: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Report(Command):
    """Tell the world: log, event stream, and whoever follows."""

    event: str
    life: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notify(Command):
    """Tell the user in a notice."""

    text: str
    #: Nothing went wrong, and nobody asked to be told: shown to who wants all notices.
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Reply(Command):
    """Answer a request; `code` is the exit code that the command line will have."""

    ticket: int
    code: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Leave(Command):
    """End the daemon: everything of ours is gone."""
