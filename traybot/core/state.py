"""What does the daemon know? One value, replaced as a whole at each step."""

from dataclasses import dataclass, replace

from traybot.core.botfile import BotPlan
from traybot.core.commands import Command
from traybot.core.health import Trouble
from traybot.core.phases import Phase
from traybot.core.verdicts import Verdict

ROUTINE, RECOVERY, DEATHWATCH = "routine", "recovery", "deathwatch"


@dataclass(frozen=True, slots=True)
class Child:
    """A life that was started and is not gone yet."""

    name: str
    life: int
    ready: bool = False
    #: Killed or asked to leave; only its end is awaited.
    ending: bool = False

    @property
    def able(self) -> bool:
        """Whether it is set up and is to go on."""
        return self.ready and not self.ending


@dataclass(frozen=True, slots=True)
class Pending:
    """A request that is answered once its goal is reached or out of reach."""

    ticket: int
    goals: frozenset[Phase]
    misses: frozenset[Phase]
    #: The goal counts for this bot only; empty: for any.
    bot: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Everything the rules need; times are monotonic seconds."""

    phase: Phase = Phase.IDLE
    #: Goes up with each change of phase and each new timer; a timer with another ticket is stale.
    ticket: int = 0
    #: Why the phase is what it is, for a person.
    reason: str = ""
    bots: tuple[tuple[str, str], ...] = ()
    #: The bot that "start" means.
    bot: str = ""
    plan: BotPlan | None = None
    #: Routine or recovery: one place, so that two can never live in it.
    player: Child | None = None
    watcher: Child | None = None
    #: The last life numbers given; routine and recovery share one row, for they share the gate.
    life: int = 0
    watch_life: int = 0
    #: A run lasts from a start to its stop; its timer carries the number.
    run: int = 0
    deaths: int = 0
    #: Which step of the recovery is to be tried, and how often it was in vain.
    rung: int = 0
    rung_tries: int = 0
    #: The verdict that ended the last life, until its recovery has ended.
    latched: Verdict | None = None
    #: When the end of the present life was decided (0: not being ended).
    ending_since: float = 0.0
    #: Hands were told to let go and have not answered.
    letting_go: bool = False
    #: That takes longer than anybody should wait: the screen does not answer.
    late: bool = False
    failures: tuple[float, ...] = ()
    streak: int = 0
    watch_failures: tuple[float, ...] = ()
    program_failures: tuple[float, ...] = ()
    #: When we last asked for the program to be started.
    program_since: float = 0.0
    playing_since: float = 0.0
    #: Who paused: "user", "verdict", "picture", or what the session is away for.
    paused_by: str = ""
    suspended: bool = False
    #: Judging anew before a resume, or at the end of a recovery.
    judging: bool = False
    #: A life whose gate the deathwatch closed though its verdict was not acted on.
    condemned: int = 0
    #: What follows the backoff: routine or recovery.
    due: str = ROUTINE
    #: What follows waits until the session is back, and not for a timer.
    deferred: bool = False
    #: Why nobody can see the desktop: "lock", "suspend"; empty: somebody can.
    away: frozenset[str] = frozenset()
    suspended_at: float = 0.0
    #: When the run has lasted as long as its bot allows (0: it may last for ever).
    ends_at: float = 0.0
    #: What the routine's input waits for.
    blocked: str = ""
    #: The watches that cannot look, each with the reason.
    blind: tuple[tuple[str, str], ...] = ()
    #: What the last death was concluded from; kept until the next run.
    last_death: Verdict | None = None
    #: What is wrong with the picture that the life's watches see.
    trouble: Trouble = Trouble.NONE
    #: Where a stop leads: idle, or failed with a notice.
    failing: bool = False
    #: The stop is a panic: what our device holds beyond the ledger goes too.
    panic: bool = False
    #: The exit code for whoever waits for a run that comes to nothing.
    miss_code: int = 1
    #: The bot to start once the stop is complete.
    queued: str = ""
    leaving: bool = False
    gone: bool = False
    pending: tuple[Pending, ...] = ()

    def awaiting(self, pending: Pending) -> "State":
        """Remember who waits for an answer; nobody does where there is no ticket."""
        return replace(self, pending=(*self.pending, pending)) if pending.ticket else self

    @property
    def watched(self) -> bool:
        """Whether there is a deathwatch that can look."""
        return self.watcher is not None and self.watcher.able

    def entered(self, phase: Phase, reason: str = "") -> "State":
        """The same state in another phase, entered anew: older timers and looks turn stale."""
        ticket = self.ticket + 1
        return replace(
            self, phase=phase, reason=reason, ticket=ticket, judging=False, deferred=False
        )

    @property
    def may_sleep(self) -> bool:
        """Whether nothing is held and nobody plays: the machine can be let go to sleep."""
        return not self.letting_go and self.phase not in _AT_PLAY


_AT_PLAY = frozenset({Phase.RUNNING, Phase.PAUSING, Phase.DEAD, Phase.RECOVERING, Phase.STOPPING})

#: What every rule gives back.
Step = tuple[State, list[Command]]
