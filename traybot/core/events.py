"""What can happen? Facts in the past tense, wishes of the user ending in Requested.

Every event says when: `at` is a time of the system-wide monotonic clock in seconds, for the core
has no clock of its own.
"""

from dataclasses import dataclass, field

from traybot.core.botfile import BotPlan
from traybot.core.exits import Exit
from traybot.core.health import Trouble
from traybot.core.verdicts import Verdict
from traybot.text import later


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened at a time."""

    at: float


@dataclass(frozen=True, slots=True)
class Request(Event):
    """A wish. `ticket` names who waits for an answer (0: nobody), `by` where it came from."""

    ticket: int = 0
    by: str = ""


#: Who may have asked for it, as events and reasons name them.
ASKERS = (
    later("menu"),
    later("hotkey"),
    later("command"),
    later("corner"),
    later("takeover"),
    later("the command line"),
    later("the settings"),
    later("its bot's mistake"),
)


@dataclass(frozen=True, slots=True)
class StartRequested(Request):
    """Start a bot; an empty name means the chosen one."""

    bot: str = ""


@dataclass(frozen=True, slots=True)
class PauseRequested(Request):
    """Pause the running bot."""


@dataclass(frozen=True, slots=True)
class ResumeRequested(Request):
    """Let a paused bot play on."""


@dataclass(frozen=True, slots=True)
class ToggleRequested(Request):
    """Start, pause or resume, whatever fits."""


@dataclass(frozen=True, slots=True)
class StopRequested(Request):
    """Stop the bot now."""


@dataclass(frozen=True, slots=True)
class PanicRequested(Request):
    """Stop everything and let go of everything."""


@dataclass(frozen=True, slots=True)
class RestartRequested(Request):
    """Stop the bot kindly and start it again."""


@dataclass(frozen=True, slots=True)
class QuitRequested(Request):
    """End the daemon, kindly."""


@dataclass(frozen=True, slots=True)
class BotChosen(Request):
    """Make a bot the one that start means."""

    bot: str = ""


@dataclass(frozen=True, slots=True)
class UserTookOver(Event):
    """A real key or mouse was used, and the settings want the bot to give way."""


@dataclass(frozen=True, slots=True)
class SessionAway(Event):
    """Nobody can see or use the desktop any more. `why`: "lock" or "suspend"."""

    why: str = "lock"


@dataclass(frozen=True, slots=True)
class SessionBack(Event):
    """This one reason is over."""

    why: str = "lock"


@dataclass(frozen=True, slots=True)
class SessionEnding(Event):
    """The user logs out, or the machine is shut down."""


@dataclass(frozen=True, slots=True)
class BotsFound(Event):
    """The bots folder holds these bots; a name maps to what is wrong with it ("" if nothing)."""

    bots: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BotLoaded(Event):
    """The bot that is to start was read and is sound."""

    run: int
    plan: BotPlan = field(repr=False)


@dataclass(frozen=True, slots=True)
class BotRefused(Event):
    """The bot that is to start has a mistake."""

    run: int
    bot: str
    why: str


@dataclass(frozen=True, slots=True)
class ChildEvent(Event):
    """Something about one life of one child."""

    child: str
    life: int


@dataclass(frozen=True, slots=True)
class ChildReady(ChildEvent):
    """The child is set up; a routine's own code runs from now on."""


@dataclass(frozen=True, slots=True)
class ChildParked(ChildEvent):
    """A routine that was told to pause stands still inside a call of ours."""


@dataclass(frozen=True, slots=True)
class ChildBlocked(ChildEvent):
    """The routine's input waits for something; an empty text: no longer."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class SightChanged(ChildEvent):
    """Something is wrong, or no longer wrong, with the picture that a life's watches see."""

    trouble: Trouble = Trouble.NONE


@dataclass(frozen=True, slots=True)
class ChildStood(ChildEvent):
    """Where a life that is stuck stood, innermost line first, before it was ended."""

    stack: str


@dataclass(frozen=True, slots=True)
class ChildHangs(ChildEvent):
    """The child was asked whether it is there and has not answered in time."""


@dataclass(frozen=True, slots=True)
class GateFoundShut(Event):
    """A deathwatch has gone; the gate that it shut last, as the shared numbers tell.

    `place` is the watch, counted from 0 in its bot's order.
    """

    life: int
    place: int
    decided_at: float


@dataclass(frozen=True, slots=True)
class ChildExited(ChildEvent):
    """The process is gone, `at` the moment it went."""

    exit: Exit


@dataclass(frozen=True, slots=True)
class VerdictReached(Event):
    """A watch concluded something."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Judged(Event):
    """The deathwatch looked at every watch anew: these hold."""

    holding: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PictureTaken(Event):
    """The deathwatch has kept a picture."""

    name: str
    file: str


@dataclass(frozen=True, slots=True)
class HandsLetGo(Event):
    """Nothing that we pressed is down any more."""

    released: int = 0


@dataclass(frozen=True, slots=True)
class HandsLate(Event):
    """What we pressed cannot be let go now; it will be, and `HandsLetGo` comes then."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class WatchBlind(ChildEvent):
    """A watch cannot look, and why; an empty reason: it can again. The life is the deathwatch's."""

    watch: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ProgramExited(Event):
    """The bot's program ended by itself, or `why` it could not be started."""

    code: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class TimerFired(Event):
    """Time is up; a timer whose ticket is not the present one is stale."""

    timer: str = ""
    ticket: int = field(default=0)
