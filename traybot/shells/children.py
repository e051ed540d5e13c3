"""How are lives started, spoken to and ended? One record and one pipe each, killed by pidfd."""

import contextlib
import logging
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from multiprocessing import Pipe
from typing import Any

from traybot.core.botfile import BotPlan
from traybot.core.events import ChildExited, ChildHangs, ChildStood, Event, GateFoundShut
from traybot.core.state import DEATHWATCH
from traybot.shells import hearing
from traybot.shells.births import start_process
from traybot.shells.channel import Channel, End
from traybot.shells.graveyard import Graveyard
from traybot.shells.hands_line import HandsLine
from traybot.shells.launcher import Launcher
from traybot.shells.life import Life
from traybot.shells.memory import COUNTERS, LEAVE, Memory
from traybot.shells.output import Output
from traybot.shells.share import Share
from traybot.shells.stacks import WRITE_SECONDS, Stacks
from traybot.system import choose
from traybot.system.base import Processes
from traybot.system.lives_over import LivesOver, Swept
from traybot.text import _

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Means:
    """What it takes to start lives."""

    #: A multiprocessing context.
    context: Any
    processes: Processes
    memory: Memory
    hands: HandsLine
    share: Share
    launcher: Launcher
    #: `live(birth(…))` is what each process runs.
    live: Callable[[Any], None]
    birth: Callable[..., Any]
    #: Marks every process of this daemon.
    token: str
    #: The settings as they are now.
    settings: Callable[[], Mapping[str, Mapping[str, Any]]]
    #: Where a deathwatch keeps pictures, and where a stuck life stood.
    pictures: str
    stacks: Stacks
    #: Has the engine collect.
    wake: Callable[[], None]
    #: Ends a server of processes that is still loading, or frozen.
    hurry: Callable[[], None]
    #: Ends a server of processes that hangs.
    unstick: Callable[[], None]
    #: Sees to it that the server of processes runs; like the next, on the launcher's thread.
    ready_server: Callable[[], None]
    #: Has the next start make a new server.
    restart_server: Callable[[], None]
    #: Processes that no life started, though they look like it.
    spared: Callable[[], Container[int]]


class Children:
    """The lives of one bot. The engine's thread only, but for the jobs of the launcher."""

    def __init__(self, means: Means) -> None:
        """Start nothing yet."""
        self._means = means
        self._lives: list[Life] = []
        self._graveyard = Graveyard(means.launcher, self._end_orphans, self._playing, means.wake)
        #: Names of what the bot counts, by place; kept over all lives of a run.
        self.counters: list[str] = []
        #: Nobody but us has its writing end, so that lives learn from it that we are gone.
        self._lifeline, self._our_end = _lifeline()

    def begin_run(self) -> None:
        """Forget what an earlier run has counted."""
        self.counters = []
        self._means.memory.counters[:] = [0.0] * COUNTERS

    def start(self, child: str, life: int, plan: BotPlan) -> None:
        """Have the launcher start it; a life without a deathwatch presses through hands."""
        pipe, theirs = Pipe(duplex=True)
        output, written = _output()
        execs = child == "routine" and bool(plan.command)
        hands = None if child == DEATHWATCH else self._means.hands.attach(life, plan.window)
        birth = self._means.birth(
            child=child,
            life=life,
            plan=plan,
            memory=self._means.memory,
            pipe=theirs,
            hands=hands,
            share=self._means.share.address,
            token=self._means.token,
            counters=tuple(self.counters),
            settings=self._means.settings(),
            pictures=self._means.pictures,
            stack_file=self._means.stacks.file(child, life),
            output=written,
            lifeline=None if child == DEATHWATCH or execs else self._lifeline,
        )
        record = Life(child, life, Channel(pipe, patient=False), output)
        if child == DEATHWATCH:
            record.take_pulse()
        else:
            self._graveyard.newest = life
        record.plain_program = execs
        self._lives.append(record)
        ends = [end for end in (theirs, hands, written) if end is not None]
        self._means.launcher.submit(lambda: self._launch(record, birth, ends))

    def _launch(self, life: Life, birth: Any, ends: list[End]) -> None:  # noqa: ANN401
        """Start the process; on the launcher's thread."""
        means = self._means
        name = f"traybot {life.child} {life.number}"

        def make() -> Any:  # noqa: ANN401  each context has its own type of process
            means.ready_server()
            return means.context.Process(target=means.live, args=(birth,), name=name)

        try:
            life.process = start_process(make, means.restart_server, lambda: not life.doomed)
            with contextlib.suppress(ProcessLookupError):
                life.handle = means.processes.handle(life.process.pid)
            if life.doomed:
                life.end_group()
        except Exception as error:  # noqa: BLE001  a start that fails in any way is an end
            life.failed = _("cannot start a process: {error}").format(error=error)
        finally:
            for end in ends:
                end.close()
            means.wake()

    def kill(self, child: str, life: int, *, stack: bool = False) -> None:
        """End it and its group; what made a session of its own is swept when it is gone.

        With `stack` it gets a moment to write down where it stands.
        """
        for record in self._of(child, life):
            if stack and not record.plain_program and self._means.stacks.ask(record.handle):
                record.doomed, record.spared_until = True, time.monotonic() + WRITE_SECONDS
            else:
                record.kill()

    def ask(self, child: str, life: int) -> None:
        """Ask it to leave: our API raises in its next call; a program gets SIGTERM."""
        self._means.memory.pause.value = LEAVE
        for record in self._of(child, life):
            record.channel.send({"do": "leave"})
            if record.plain_program and record.handle is not None:
                record.handle.ask()

    def suspend(self, child: str, life: int) -> None:
        """Freeze it and its group."""
        for record in self._of(child, life):
            if record.handle is not None:
                record.handle.suspend()

    def resume(self, child: str, life: int) -> None:
        """Thaw it and its group."""
        for record in self._of(child, life):
            if record.handle is not None:
                record.handle.resume()

    def tell(self, child: str, document: Mapping[str, Any]) -> None:
        """Say something to the child's present life."""
        for record in self._lives:
            if record.child == child and not record.doomed:
                record.channel.send(dict(document))

    def pids(self) -> dict[str, int]:
        """Give the process numbers by child."""
        return {life.child: life.process.pid for life in self._lives if life.process is not None}

    def end(self) -> None:
        """End every life there is: the daemon leaves, or its engine has failed."""
        for record in self._lives:
            record.kill()
        for record in self._lives:
            if record.process is not None:
                record.process.join(1.0)
            record.close()
        self._lives.clear()

    def _of(self, child: str, life: int) -> list[Life]:
        return [one for one in self._lives if (one.child, one.number) == (child, life)]

    def waitables(self) -> list[Any]:
        """What each life says, and that it is gone."""
        return [waitable for life in self._lives for waitable in life.waitables()]

    def seconds_left(self) -> float | None:
        """Look after what is spared, a birth that comes to no end, and what is dying still."""
        due = [one.spared_until for one in self._lives if one.spared_until]
        due += [at for at in self._births_due() if at]
        # Of one that is doomed nobody would act on it, and it stays due.
        pulses = [one.pulse for one in self._lives if one.pulse and not one.doomed]
        due += [at for one in pulses if (at := one.due_at())]
        now, dying = time.monotonic(), self._graveyard.seconds_left()
        times = [max(0.0, at - now) for at in due] + ([] if dying is None else [dying])
        return min(times, default=None)

    def _births_due(self) -> list[float]:
        return [one.given_up_at() for one in self._lives]

    def collect(self) -> list[Event]:
        """Give what the lives said, then which of them are gone."""
        events: list[Event] = []
        now = time.monotonic()
        if any(0.0 < at <= now for at in self._births_due()):
            self._end_stuck_births()
        for life in list(self._lives):
            if life.spared_until and life.spared_until <= now:
                life.kill()
            events += self._hear(life)
            if life.hangs():
                events.append(ChildHangs(now, life.child, life.number))
            if life.failed or life.gone:
                events += self._bury(life)
        self._graveyard.tend()
        return events

    def _end_stuck_births(self) -> None:
        """If the server hangs it is ended: the start fails, and the next one makes a new server.

        Who is not wanted waits neither for one that is loading nor for that.
        """
        hurry = any(life.impatient for life in self._lives)
        (self._means.hurry if hurry else self._means.unstick)()
        for life in self._lives:
            life.wait_again()

    def _hear(self, life: Life) -> list[Event]:
        events = []
        for line in life.output.receive() if life.output is not None else ():
            hearing.log_line(life.child, life.number, line)
        for document in life.channel.receive():
            if document.get("say") == "end":
                life.end = hearing.read_end(document)
            elif document.get("say") == "here":
                life.answers()
            elif document.get("say") == "counter":
                self.counters.append(str(document.get("name")))
            else:
                events += hearing.heard(life.child, life.number, document)
                if document.get("say") == "ready":
                    life.is_set_up()
        return events

    def _bury(self, life: Life) -> list[Event]:
        at = time.monotonic()
        events = self._hear(life)
        self._lives.remove(life)
        life.close()
        if life.child != DEATHWATCH:
            self._means.hands.detach(life.number)
        end = life.how_it_ended()
        # What it left in its group; what made a session of its own is swept.
        life.end_group()
        self._graveyard.lay(life.child, life.handle)
        stood = self._means.stacks.take(life.child, life.number)
        events += [ChildStood(at, life.child, life.number, stood)] if stood else []
        if life.child == DEATHWATCH:
            events.append(self._gate_it_shut(at))
        return [*events, ChildExited(at, life.child, life.number, end)]

    def _gate_it_shut(self, at: float) -> GateFoundShut:
        memory = self._means.memory
        shut = memory.condemned.value, memory.condemned_by.value, memory.verdict_at.value
        return GateFoundShut(at, *shut)

    def _end_orphans(self, over: LivesOver) -> Swept:
        """End what these lives left behind and we have adopted; on the launcher's thread."""
        means = self._means
        return means.processes.end_orphans(means.token, means.spared(), over)

    def _playing(self) -> frozenset[int]:
        return frozenset(one.number for one in self._lives if one.child != DEATHWATCH)


def _lifeline() -> tuple[End | None, End | None]:
    return Pipe(duplex=False) if choose.FORKS else (None, None)


def _output() -> tuple[Output | None, End | None]:
    """Make the way from a life's outputs to the log; there on POSIX only."""
    if not choose.FORKS:
        return None, None
    ours, theirs = Pipe(duplex=False)
    return Output(ours), theirs
