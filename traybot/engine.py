"""Who owns the state? One thread: it waits for everything at once, asks the core, carries out.

Everybody else posts events. Nothing polls: pipes, the ends of processes, the mailbox and the next
alarm are waited for together.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any

from traybot.core import commands as c
from traybot.core import events as e
from traybot.core.state import DEATHWATCH, RECOVERY, ROUTINE, State
from traybot.core.step import step
from traybot.ports import HandsPort, Lives, ProgramPort, Reader, Source, Watchers
from traybot.shells.mailbox import Mailbox
from traybot.shells.memory import GO, HOLD, Memory
from traybot.shells.timers import Timers

_log = logging.getLogger(__name__)


#: Carries out one kind of command.
Act = Callable[[Any], list[e.Event] | None]


@dataclass(frozen=True, slots=True)
class Ports:
    """All that the engine commands."""

    mailbox: Mailbox
    memory: Memory
    lives: Lives
    hands: HandsPort
    reader: Reader
    program: ProgramPort
    watchers: Watchers
    #: What else must be waited for, such as the Manager's end.
    others: tuple[Source, ...] = ()


class Engine:
    """The loop and the carrying out of commands."""

    def __init__(self, ports: Ports, begin: Callable[[], None], end: Callable[[], None]) -> None:
        """`begin` and `end` run on the engine's thread, before and after all events."""
        self._ports = ports
        self._begin, self._end = begin, end
        self._timers = Timers()
        self._left = False
        #: When the event happened that is being handled.
        self._at = 0.0
        self._acts = self._table()
        self._sources: tuple[Source, ...] = (
            ports.hands,
            ports.lives,
            ports.program,
            *ports.others,
        )
        #: The state as of the last step; anybody may read it, nobody else may write it.
        self.state = State()
        self.crashed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="engine")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the engine has left; False if it is still there after `seconds`."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._begin()
            while not self._left:
                for event in self._next_events():
                    self._handle(event)
        except BaseException as error:  # noqa: BLE001  the outermost line of the thread
            self.crashed = error
            _log.critical("the engine has failed", exc_info=True)
        finally:
            self._end()

    def _next_events(self) -> Iterator[e.Event]:
        """Wait for anything at all, then take what there is.

        What was posted is handled before the rest is looked at: a stop may be among it.
        """
        waitables = [self._ports.mailbox, *(w for s in self._sources for w in s.waitables())]
        times = [self._timers.seconds_left(), *(s.seconds_left() for s in self._sources)]
        known = [seconds for seconds in times if seconds is not None]
        wait(waitables, min(known, default=None))
        yield from self._ports.mailbox.collect()
        for source in self._sources:
            yield from source.collect()
        yield from self._timers.collect()

    def _handle(self, event: e.Event) -> None:
        """One step; what the commands themselves make happen is handled right after it."""
        before, self._at = self.state, event.at
        self.state, commands = step(self.state, event)
        _log.debug("%s -> %s: %s", event, self.state.phase, commands)
        self._ports.memory.phase = self.state.phase
        followers = [
            follower
            for command in sorted(commands, key=_is_talk)
            for follower in self._acts[type(command)](command) or ()
        ]
        if self.state != before:
            self._ports.watchers.show(self.state)
        for follower in followers:
            self._handle(follower)

    def _table(self) -> dict[type[c.Command], Act]:
        """Say who carries out what; what that makes happen at once is given back as events."""
        p = self._ports
        return {
            c.LoadBot: self._load,
            c.StartProgram: lambda k: p.program.start(k.plan),
            c.RestartProgram: lambda k: p.program.restart(k.plan),
            c.LeaveProgram: lambda _: p.program.leave(),
            c.TakePicture: lambda k: p.lives.tell(DEATHWATCH, {"do": "picture", "name": k.name}),
            c.StartChild: lambda k: p.lives.start(k.child, k.life, k.plan),
            c.KillChild: lambda k: p.lives.kill(k.child, k.life, stack=k.stack),
            c.AskChild: lambda k: p.lives.ask(k.child, k.life),
            c.SuspendChild: lambda k: p.lives.suspend(k.child, k.life),
            c.ContinueChild: lambda k: p.lives.resume(k.child, k.life),
            c.WatchLife: lambda k: p.lives.tell(DEATHWATCH, {"do": "watch", "life": k.life}),
            c.WatchOnly: lambda _: p.lives.tell(DEATHWATCH, {"do": "only_tell"}),
            c.WatchNothing: lambda _: p.lives.tell(DEATHWATCH, {"do": "rest"}),
            c.Judge: lambda k: p.lives.tell(DEATHWATCH, {"do": "judge", "life": k.life}),
            c.CloseGate: self._move_gate,
            c.HoldLife: self._move_gate,
            c.FreeLife: self._move_gate,
            c.LetGo: lambda k: p.hands.let_go(beyond=k.beyond, everything=k.everything),
            c.SetTimer: lambda k: self._timers.set(k.timer, k.ticket, k.seconds),
            c.Report: lambda k: p.watchers.report(k, self._at),
            c.Notify: lambda k: p.watchers.notify(k.text, minor=k.minor),
            c.Reply: lambda k: p.watchers.reply(k.ticket, k.code, k.text),
            c.Leave: self._leave,
        }

    def _leave(self, _: c.Leave) -> None:
        self._left = True

    def _move_gate(self, command: c.CloseGate | c.HoldLife | c.FreeLife) -> None:
        memory = self._ports.memory
        if isinstance(command, c.FreeLife):
            memory.allowed.value = command.life
            memory.pause.value = GO
            self._nudge_player()
            return
        memory.allowed.value = 0
        if isinstance(command, c.HoldLife):
            memory.pause.value = HOLD
            self._nudge_player()

    def _nudge_player(self) -> None:
        """Wake a life that sleeps or is parked: what it is asked to do has changed."""
        for child in (ROUTINE, RECOVERY):
            self._ports.lives.tell(child, {"do": "look"})

    def _load(self, command: c.LoadBot) -> None:
        self._ports.lives.begin_run()
        self._ports.reader.read(command.bot, command.run)


def _is_talk(command: c.Command) -> bool:
    """Whether it only tells somebody: what must be done is done first, for telling takes time."""
    return isinstance(command, c.Report | c.Notify | c.Reply)
