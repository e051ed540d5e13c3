"""How are lives started, spoken to and ended? One record and one pipe each, killed by pidfd."""

import contextlib
import logging
import signal
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any

from traybot.core.botfile import BotPlan
from traybot.core.events import ChildExited, Event
from traybot.core.exits import Ending, Exit, exit_of
from traybot.shells import hearing
from traybot.shells.births import start_process
from traybot.shells.channel import Channel
from traybot.shells.graveyard import Graveyard
from traybot.shells.hands_line import HandsLine
from traybot.shells.launcher import Launcher
from traybot.shells.memory import COUNTERS, LEAVE, Memory
from traybot.shells.share import Share
from traybot.system.base import Processes, ProcessHandle

_log = logging.getLogger(__name__)

#: After a process is gone the forkserver tells its exit code this much later at most.
_CODE_SECONDS = 0.1
#: A start takes some 20 ms; the end of a life that takes so long to be born is not waited for.
_BIRTH_SECONDS = 1.0


@dataclass(slots=True)
class _Life:
    """What we know of one life; `process` and `handle` come from the launcher's thread."""

    child: str
    number: int
    channel: Channel
    process: Any = None
    handle: ProcessHandle | None = None
    #: Ended by us: before it was born, the launcher sees to it.
    doomed: bool = False
    #: When that was, for one that is not born yet.
    waits_since: float = 0.0
    failed: str = ""
    end: Exit | None = None
    #: Not our API but a program of the user's: it knows no pipe, but SIGTERM.
    plain_program: bool = False


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
    #: Where a deathwatch keeps pictures.
    pictures: str
    #: Has the engine collect.
    wake: Callable[[], None]
    #: Ends a server of processes that hangs.
    unstick: Callable[[], None]
    #: Has the next start make a new server; on the launcher's thread.
    restart_server: Callable[[], None]
    #: Processes that no life started, though they look like it.
    spared: Callable[[], Container[int]]


class Children:
    """The lives of one bot. The engine's thread only, but for the jobs of the launcher."""

    def __init__(self, means: Means) -> None:
        """Start nothing yet."""
        self._means = means
        self._lives: list[_Life] = []
        self._graveyard = Graveyard(self._end_orphans)
        #: Names of what the bot counts, by place; kept over all lives of a run.
        self.counters: list[str] = []

    def begin_run(self) -> None:
        """Forget what an earlier run has counted."""
        self.counters = []
        self._means.memory.counters[:] = [0.0] * COUNTERS

    def start(self, child: str, life: int, plan: BotPlan) -> None:
        """Have the launcher start it; a life without a deathwatch presses through hands."""
        pipe, theirs = Pipe(duplex=True)
        hands = None if child == "deathwatch" else self._means.hands.attach(life, plan.window)
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
            hands_pid=self._means.hands.pid or 0,
            pictures=self._means.pictures,
        )
        record = _Life(child, life, Channel(pipe, patient=False))
        record.plain_program = child == "routine" and bool(plan.command)
        self._lives.append(record)
        ends = [end for end in (theirs, hands) if end is not None]
        self._means.launcher.submit(lambda: self._launch(record, birth, ends))

    def _launch(self, life: _Life, birth: Any, ends: list[Connection]) -> None:  # noqa: ANN401
        """Start the process; on the launcher's thread."""
        means = self._means
        try:
            name = f"traybot {life.child} {life.number}"
            life.process = start_process(
                lambda: means.context.Process(target=means.live, args=(birth,), name=name),
                means.restart_server,
                lambda: not life.doomed,
            )
            with contextlib.suppress(ProcessLookupError):
                life.handle = means.processes.handle(life.process.pid)
            if life.doomed:
                _signal(life, signal.SIGKILL)
        except Exception as error:  # noqa: BLE001  a start that fails in any way is an end
            life.failed = f"cannot start a process: {error}"
        finally:
            for end in ends:
                end.close()
            means.wake()

    def kill(self, child: str, life: int) -> None:
        """End it and its group; what made a session of its own is swept when it is gone."""
        for record in self._of(child, life):
            record.doomed = True
            record.waits_since = time.monotonic()
            _signal(record, getattr(signal, "SIGKILL", signal.SIGTERM))

    def ask(self, child: str, life: int) -> None:
        """Ask it to leave: our API raises in its next call; a program gets SIGTERM."""
        self._means.memory.pause.value = LEAVE
        for record in self._of(child, life):
            record.channel.send({"do": "leave"})
            if record.plain_program:
                _signal(record, signal.SIGTERM)

    def suspend(self, child: str, life: int) -> None:
        """Freeze it and its group."""
        for record in self._of(child, life):
            _signal(record, getattr(signal, "SIGSTOP", -1))

    def resume(self, child: str, life: int) -> None:
        """Thaw it and its group."""
        for record in self._of(child, life):
            _signal(record, getattr(signal, "SIGCONT", -2))

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
            record.doomed = True
            _signal(record, getattr(signal, "SIGKILL", signal.SIGTERM))
        for record in self._lives:
            if record.process is not None:
                record.process.join(1.0)
            record.channel.close()
        self._lives.clear()

    def _of(self, child: str, life: int) -> list[_Life]:
        return [one for one in self._lives if (one.child, one.number) == (child, life)]

    def waitables(self) -> list[Any]:
        """What each life says, and that it is gone."""
        found: list[Any] = []
        for life in self._lives:
            if not life.channel.closed:
                found.append(life.channel)
            if life.handle is not None and life.handle.fileno() >= 0:
                found.append(life.handle)
            elif life.process is not None:
                found.append(life.process.sentinel)
        return found

    def seconds_left(self) -> float | None:
        """Look after a birth that does not come to its end, and after what is dying still."""
        unborn = [one.waits_since for one in self._lives if one.waits_since and not one.process]
        dying = self._graveyard.seconds_left()
        if not unborn:
            return dying
        birth = max(0.0, min(unborn) + _BIRTH_SECONDS - time.monotonic())
        return birth if dying is None else min(birth, dying)

    def collect(self) -> list[Event]:
        """Give what the lives said, then which of them are gone."""
        events: list[Event] = []
        if self.seconds_left() == 0.0:
            self._end_stuck_births()
        for life in list(self._lives):
            events += self._hear(life)
            if life.failed or _is_gone(life):
                events += self._bury(life)
        self._graveyard.tend()
        return events

    def _end_stuck_births(self) -> None:
        """The forkserver hangs: without it the start fails, and the next one makes a new server."""
        _log.error("a start hangs: ending the forkserver")
        self._means.unstick()
        for life in self._lives:
            life.waits_since = time.monotonic() if life.waits_since else 0.0

    def _hear(self, life: _Life) -> list[Event]:
        events = []
        for document in life.channel.receive():
            if document.get("say") == "end":
                life.end = hearing.read_end(document)
            elif document.get("say") == "counter":
                self.counters.append(str(document.get("name")))
            else:
                events += hearing.heard(life.child, life.number, document)
        return events

    def _bury(self, life: _Life) -> list[Event]:
        at = time.monotonic()
        events = self._hear(life)
        self._lives.remove(life)
        life.channel.close()
        if life.child != "deathwatch":
            self._means.hands.detach(life.number)
        end = self._end_of(life)
        # What it left in its group; what made a session of its own is swept.
        _signal(life, getattr(signal, "SIGKILL", signal.SIGTERM))
        self._graveyard.lay(life.child, life.handle)
        return [*events, ChildExited(at, life.child, life.number, end)]

    def _end_orphans(self, before: float) -> None:
        """Have ended what lives left behind and we have adopted."""
        means = self._means

        def sweep() -> None:
            left = means.processes.end_orphans(means.token, means.spared(), before)
            if left:
                _log.info("%s processes were left behind by lives; ended", left)

        # On the launcher's thread: only there is it certain which process is the forkserver.
        means.launcher.submit(sweep)

    def _end_of(self, life: _Life) -> Exit:
        if life.failed:
            return Exit(Ending.CRASHED, life.failed)
        if life.doomed:
            return Exit(Ending.KILLED, "ended by traybot")
        if life.end is not None:
            return life.end
        wait([life.process.sentinel], _CODE_SECONDS)
        code = life.process.exitcode
        if code is None:
            return Exit(Ending.KILLED, "it vanished")
        if life.plain_program and code > 0:
            # Our own codes mean nothing in the mouth of a foreign program.
            return Exit(Ending.CRASHED, f"exit code {code}")
        return exit_of(code)


def _signal(life: _Life, number: int) -> None:
    if life.handle is not None:
        life.handle.signal_group(number)


def _is_gone(life: _Life) -> bool:
    if life.process is None:
        return False
    handle = life.handle
    gone: int = handle.fileno() if handle is not None else -1
    return bool(wait([gone if gone >= 0 else life.process.sentinel], 0))
