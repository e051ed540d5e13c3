"""The engine's world as a diary: each port notes what it is told, says what a test says."""

import multiprocessing
import threading
from collections.abc import Mapping
from multiprocessing import Pipe
from typing import Any

from tests.core.bots import make_plan
from traybot.core.botfile import BotPlan
from traybot.core.commands import Report
from traybot.core.events import Event, HandsLetGo
from traybot.core.state import State
from traybot.engine import Engine, Ports
from traybot.errors import BotError
from traybot.shells.bot_reader import BotReader
from traybot.shells.mailbox import Mailbox
from traybot.shells.memory import Memory


class FakeSource:
    """Readable while a test has put events into it."""

    def __init__(self, diary: list[str]) -> None:
        self.diary = diary
        self.faults: dict[str, BaseException] = {}
        self._events: list[Event] = []
        self._listen, self._wake = Pipe(duplex=False)
        self._lock = threading.Lock()

    def put(self, *events: Event) -> None:
        """Have the engine find these events."""
        with self._lock:
            self._events += events
            self._wake.send_bytes(b"!")

    def note(self, text: str) -> None:
        """Write into the diary; raise what the test wants raised at these words."""
        self.diary.append(text)
        for words, fault in self.faults.items():
            if text.startswith(words):
                raise fault

    def waitables(self) -> list[Any]:
        """What to wait for."""
        if "waitables" in self.faults:
            raise self.faults["waitables"]
        return [self._listen]

    def seconds_left(self) -> float | None:
        """The clock is of no use here."""
        return None

    def collect(self) -> list[Event]:
        """Give what the test put."""
        with self._lock:
            while self._listen.poll():
                self._listen.recv_bytes()
            events, self._events = self._events, []
        return events

    def close(self) -> None:
        """Close the pipe."""
        self._listen.close()
        self._wake.close()


class FakeLives(FakeSource):
    """Starts nothing."""

    def start(self, child: str, life: int, plan: BotPlan) -> None:
        """Note it."""
        self.note(f"start {child} {life}")

    def kill(self, child: str, life: int, *, stack: bool = False) -> None:
        """Note it."""
        self.note(f"kill {child} {life}")

    def ask(self, child: str, life: int) -> None:
        """Note it."""
        self.note(f"ask {child} {life}")

    def suspend(self, child: str, life: int) -> None:
        """Note it."""
        self.note(f"suspend {child} {life}")

    def resume(self, child: str, life: int) -> None:
        """Note it."""
        self.note(f"resume {child} {life}")

    def tell(self, child: str, document: Mapping[str, Any]) -> None:
        """Note it, but for the word that only wakes."""
        if document["do"] != "look":
            self.note(f"tell {child} {' '.join(map(str, document.values()))}")

    def begin_run(self) -> None:
        """Note it."""
        self.note("begin run")


class FakeHands(FakeSource):
    """Answers at once, unless it is to be slow; notes for which life the gate was open."""

    def __init__(self, diary: list[str], memory: Memory) -> None:
        super().__init__(diary)
        self.memory = memory
        self.slow = False

    def let_go(self, *, beyond: bool = False, everything: bool = False) -> list[Event]:
        """Note it."""
        reach = " of everything" if everything else ""
        self.note(f"let go{reach}, gate {self.memory.allowed.value}")
        return [] if self.slow else [HandsLetGo(0.0, 0)]


class FakeShelf:
    """Holds one bot."""

    def __init__(self, diary: list[str]) -> None:
        self.diary = diary

    def load(self, name: str) -> BotPlan:
        """Give the plan, or say that there is none."""
        self.diary.append(f"load {name}")
        if name != "koules":
            raise BotError(f"cannot find {name}", "make one")
        return make_plan()


class FakeProgram(FakeSource):
    """Starts nothing."""

    def start(self, plan: BotPlan) -> None:
        """Note it."""
        self.note("start the program")

    def restart(self, plan: BotPlan) -> None:
        """Note it."""
        self.note("restart the program")

    def leave(self) -> None:
        """Note it."""
        self.note("let the program be")


class FakeWatchers:
    """Writes down what people would hear, and each state shown."""

    def __init__(self, diary: list[str]) -> None:
        self.diary = diary
        self.shown: list[State] = []
        self.replies: list[tuple[int, int]] = []

    def report(self, report: Report, at: float) -> None:
        """Note it."""
        self.diary.append(f"report {report.event}")

    def notify(self, text: str, *, minor: bool = False) -> None:
        """Note it."""
        self.diary.append(f"notify {text}")

    def reply(self, ticket: int, code: int, text: str) -> None:
        """Note it."""
        self.replies.append((ticket, code))

    def show(self, state: State) -> None:
        """Note it."""
        self.shown.append(state)


class FakeWorld:
    """An engine, and everything that it commands."""

    def __init__(self) -> None:
        self.diary: list[str] = []
        self.memory = Memory(multiprocessing.get_context("spawn"))
        self.mailbox = Mailbox()
        self.lives = FakeLives(self.diary)
        self.hands = FakeHands(self.diary, self.memory)
        self.program = FakeProgram(self.diary)
        self.watchers = FakeWatchers(self.diary)
        self.other = FakeSource(self.diary)
        ports = Ports(
            mailbox=self.mailbox,
            memory=self.memory,
            lives=self.lives,
            hands=self.hands,
            reader=BotReader(FakeShelf(self.diary), self.mailbox.post),
            program=self.program,
            watchers=self.watchers,
            others=(self.other,),
        )
        self.threads: dict[str, str] = {}
        self.engine = Engine(ports, self.begin, self.end)

    def begin(self) -> None:
        """Note on which thread it begins."""
        self.threads["begin"] = threading.current_thread().name
        self.lives.note("begin")

    def end(self) -> None:
        """Note on which thread it ends."""
        self.threads["end"] = threading.current_thread().name
        self.diary.append("end")

    def close(self) -> None:
        """Close every pipe."""
        for source in (self.lives, self.hands, self.program, self.other):
            source.close()
        self.mailbox.close()
