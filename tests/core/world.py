"""A world small enough to hold in mind: processes, hands, timers and a deathwatch that answer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from tests.core.bots import make_plan
from tests.core.laws import Laws
from traybot.core import commands as c
from traybot.core import events as e
from traybot.core.botfile import BotPlan
from traybot.core.exits import Ending, Exit
from traybot.core.health import Trouble
from traybot.core.phases import Phase
from traybot.core.state import DEATHWATCH, State
from traybot.core.step import step
from traybot.core.verdicts import Verdict
from traybot.core.watchfile import ENDING

PLAYER, WATCHER = "player", "watcher"
#: How each command reads in a story; the ones that are not named read by their class alone.
WORDS: dict[type[c.Command], Callable[[Any], str]] = {
    c.LoadBot: lambda command: command.bot,
    c.StartChild: lambda command: f"{command.child} {command.life}",
    c.KillChild: lambda command: f"{command.child} {command.life}",
    c.AskChild: lambda command: f"{command.child} {command.life}",
    c.SuspendChild: lambda command: f"{command.child} {command.life}",
    c.ContinueChild: lambda command: f"{command.child} {command.life}",
    c.HoldLife: lambda command: str(command.life),
    c.FreeLife: lambda command: str(command.life),
    c.WatchLife: lambda command: str(command.life),
    c.Judge: lambda command: str(command.life),
    c.LetGo: lambda command: "everything" if command.everything else "",
    c.SetTimer: lambda command: f"{command.timer} {command.seconds:g}",
    c.Report: lambda command: command.event,
    c.Notify: lambda command: "minor " * command.minor + f'"{command.text}"',
    c.Reply: lambda command: " ".join(filter(None, [str(command.code), command.text])),
}


def words(commands: list[c.Command]) -> list[str]:
    """Read commands as a story tells them: name, then what matters."""
    return [
        f"{type(command).__name__} {WORDS.get(type(command), lambda _: '')(command)}".strip()
        for command in commands
    ]


@dataclass
class Process:
    """A child process of the world."""

    name: str
    life: int
    ready: bool = False
    killed: bool = False
    asked: bool = False
    suspended: bool = False


class World:
    """Carries out what the core decides, and checks each decision against the laws."""

    def __init__(self, plan: BotPlan | None = None, *others: BotPlan) -> None:
        """Offer some bots; the first is the one most stories are about."""
        self.plans = {p.name: p for p in (plan or make_plan(), *others)}
        self.state = State()
        self.now = 1000.0
        self.laws = Laws()
        self.processes: dict[str, Process] = {}
        self.hands_asked = False
        #: How far the last letting go was to reach.
        self.beyond = self.everything = False
        self.loads: list[c.LoadBot] = []
        self.timers: dict[str, e.TimerFired] = {}
        self.spent: list[e.TimerFired] = []
        self.judging: int | None = None
        #: The life that the deathwatch looks out for, and whether it closes gates.
        self.watched = 0
        self.gating = False
        self.verdicts: list[Verdict] = []
        self.tickets = count(1)
        self.ticket = 0
        self.replies: dict[int, tuple[int, str]] = {}
        #: What requests were answered with, in order: exit code and text.
        self.answers: list[tuple[int, str]] = []
        self.hear(e.BotsFound(self.now, tuple((name, "") for name in self.plans)))

    def phase(self) -> Phase:
        """Where the bot is."""
        return self.state.phase

    # What can be said to it.

    def hear(self, event: e.Event) -> list[str]:
        """Let the core take one step; give what it commands, in words."""
        before = self.state
        self.state, commands = step(before, event)
        self.laws.hear(event, before)
        for command in commands:
            self.laws.judge(command, self)
            self._carry_out(command)
        self.laws.look(before, event, commands, self)
        return words(commands)

    def ask(self, request: type[e.Request], **values: Any) -> list[str]:  # noqa: ANN401
        """Make a request of a person who waits for the answer."""
        self.ticket = next(self.tickets)
        return self.hear(request(self.now, ticket=self.ticket, by="test", **values))

    def session(self, kind: type[e.SessionAway | e.SessionBack], why: str) -> list[str]:
        """The session goes away or comes back for a reason."""
        return self.hear(kind(self.now, why))

    def sight(self, trouble: Trouble, life: int = 0) -> list[str]:
        """The deathwatch finds something wrong, or no longer wrong, with the picture."""
        return self.hear(e.SightChanged(self.now, DEATHWATCH, life or self.state.life, trouble))

    def answer(self) -> tuple[int, str] | None:
        """What the last request was answered with, if it was."""
        return self.replies.get(self.ticket)

    def loaded(self) -> list[str]:
        """The bot was read."""
        read = self.loads.pop(0)
        return self.hear(e.BotLoaded(self.now, read.run, self.plans[read.bot]))

    def refused(self, why: str = "bot.toml:3: it is wrong") -> list[str]:
        """The bot was read and has a mistake."""
        read = self.loads.pop(0)
        return self.hear(e.BotRefused(self.now, read.run, read.bot, why))

    def ready(self, place: str = PLAYER) -> list[str]:
        """A child is set up."""
        process = self.processes[place]
        process.ready = True
        return self.hear(e.ChildReady(self.now, process.name, process.life))

    def exits(
        self, place: str = PLAYER, ending: Ending = Ending.CRASHED, why: str = "it broke"
    ) -> list[str]:
        """A child's process is gone."""
        if place == WATCHER:
            self.speaks_out()
            self.judging, self.watched = None, 0
        process = self.processes.pop(place)
        end = Exit(ending, "" if ending in {Ending.DONE, Ending.LEFT} else why)
        return self.hear(e.ChildExited(self.now, process.name, process.life, end))

    def hangs(self) -> list[str]:
        """The deathwatch was asked if it is there and has not answered."""
        process = self.processes[WATCHER]
        return self.hear(e.ChildHangs(self.now, process.name, process.life))

    def dies_silent(self, place: int) -> list[str]:
        """The deathwatch shuts the gate by one of its watches and dies before it can tell."""
        shut = self.watched if self.gating else 0
        self.speaks_out()
        said = self.hear(e.GateFoundShut(self.now, shut, place, self.now - 0.01))
        return said + self.exits(WATCHER)

    def parks(self) -> list[str]:
        """The routine stands still in a call of ours."""
        process = self.processes[PLAYER]
        return self.hear(e.ChildParked(self.now, process.name, process.life))

    def lets_go(self) -> list[str]:
        """Hands has let go of everything it was asked to."""
        self.hands_asked = False
        return self.hear(e.HandsLetGo(self.now))

    def is_late(self) -> list[str]:
        """The screen does not answer: what is held goes up later."""
        return self.hear(e.HandsLate(self.now, "the screen does not answer"))

    def judged(self, *holding: str) -> list[str]:
        """The deathwatch has looked: these hold."""
        self.speaks_out()
        self.judging = None
        return self.hear(e.Judged(self.now, holding))

    def concludes(self, then: str, watch: str = "death") -> None:
        """The deathwatch concludes something about the life it watches, and is about to say it."""
        gated_at = self.now - 0.001 if self.gating and then in ENDING else 0.0
        seen_at, decided_at = self.now - 0.02, self.now - 0.005
        self.verdicts.append(
            Verdict(watch, then, self.watched, seen_at, decided_at, gated_at, score=0.97)
        )

    def speaks_out(self) -> list[str]:
        """The deathwatch says what it has concluded."""
        said = []
        while self.verdicts:
            said += self.hear(e.VerdictReached(self.now, self.verdicts.pop(0)))
        return said

    def sees(self, then: str, watch: str = "death") -> list[str]:
        """The deathwatch concludes something and says it at once."""
        self.concludes(then, watch)
        return self.speaks_out()

    def fires(self, timer: str = "phase") -> list[str]:
        """A timer's time has come."""
        event = self.timers.pop(timer)
        self.now = max(self.now, event.at)
        self.spent.append(event)
        return self.hear(replace(event, at=self.now))

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    # What it does by itself, if it is let.

    def settle(self) -> None:
        """Answer everything that is owed, until nothing is; no timer fires."""
        while self._answer_one():
            self.now += 0.001

    def _answer_one(self) -> bool:
        if self.verdicts:
            self.speaks_out()
        elif self.loads:
            self.loaded()
        elif self.hands_asked:
            self.lets_go()
        elif place := self._find(lambda process: process.killed or process.asked):
            killed = self.processes[place].killed
            self.exits(place, Ending.KILLED if killed else Ending.LEFT)
        elif place := self._find(lambda process: not process.ready):
            self.ready(place)
        elif self.state.phase is Phase.PAUSING and PLAYER in self.processes:
            self.parks()
        elif self.judging is not None:
            self.judged()
        else:
            return False
        return True

    def _find(self, wanted: Callable[[Process], bool]) -> str:
        return next((place for place, process in self.processes.items() if wanted(process)), "")

    # What is commanded.

    def _carry_out(self, command: c.Command) -> None:
        match command:
            case c.LoadBot():
                self.loads.append(command)
            case c.LetGo():
                self.hands_asked = True
                self.beyond, self.everything = command.beyond, command.everything
            case c.SetTimer():
                due = self.now + command.seconds
                self.timers[command.timer] = e.TimerFired(due, command.timer, command.ticket)
            case c.Reply():
                self.answers.append((command.code, command.text))
                self.replies[command.ticket] = (command.code, command.text)
            case c.StartChild():
                self.processes[place_of(command)] = Process(command.child, command.life)
            case c.KillChild() | c.AskChild() | c.SuspendChild() | c.ContinueChild():
                self._command_child(command)
            case _:
                self._tell_deathwatch(command)

    def _tell_deathwatch(self, command: c.Command) -> None:
        match command:
            case c.Judge():
                self.judging = command.life
            case c.WatchLife():
                self.watched, self.gating = command.life, True
            case c.WatchOnly() | c.WatchNothing():
                self.gating = False

    def _command_child(
        self, command: c.KillChild | c.AskChild | c.SuspendChild | c.ContinueChild
    ) -> None:
        process = self.processes[place_of(command)]
        process.killed |= isinstance(command, c.KillChild)
        process.asked |= isinstance(command, c.AskChild)
        if isinstance(command, c.SuspendChild | c.ContinueChild):
            process.suspended = isinstance(command, c.SuspendChild)


def place_of(
    command: c.StartChild | c.KillChild | c.AskChild | c.SuspendChild | c.ContinueChild,
) -> str:
    """Routine and recovery share one place."""
    return WATCHER if command.child == DEATHWATCH else PLAYER
