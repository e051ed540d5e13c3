"""How does the daemon command hands? And if hands dies: it lets go itself and starts another."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import Pipe, reduction
from multiprocessing.connection import Connection
from typing import Any

from traybot.core.events import Event, HandsLetGo
from traybot.shells import signals
from traybot.shells.channel import Channel
from traybot.shells.ledger import release_without_hands
from traybot.shells.memory import Memory

_log = logging.getLogger(__name__)

#: Hands answers within a fraction of a millisecond; who needs this long is frozen.
_PATIENCE_SECONDS = 0.1
#: A hands that dies at once is not started again faster than this.
_RESTART_SECONDS = 0.5


@dataclass(slots=True)
class _Door:
    """A life's line to hands. We keep hands' end too, so that it outlives any one hands."""

    life: int
    window: str
    end: Connection


class HandsLine:
    """The daemon's side; used by the engine's thread only."""

    def __init__(
        self,
        context: Any,  # noqa: ANN401  a multiprocessing context: its base lacks Process
        memory: Memory,
        work: Callable[[Any], None],
        birth: Callable[[Memory, Connection, Connection], Any],
    ) -> None:
        """`work(birth(memory, control, doors))` is what the process runs; start it with `start`."""
        self._context = context
        self._memory = memory
        self._work = work
        self._birth = birth
        self._doors: dict[int, _Door] = {}
        self._process: Any = None
        self._channel: Channel | None = None
        self._handles: Connection | None = None
        self._asked = 0
        self._answered = 0
        self._deadline = 0.0
        #: What is asked for and not answered goes beyond the ledger.
        self._everything = False
        self._started_at = 0.0
        self._leaving = False
        #: Why nothing can be pressed; empty if all is well.
        self.trouble = "starting"
        #: The process, if there is one; may be read from any thread.
        self.pid: int | None = None

    def start(self) -> None:
        """Start a process; the thread that calls must live as long as the daemon."""
        control, theirs = Pipe(duplex=True)
        handles, their_handles = Pipe(duplex=True)
        birth = self._birth(self._memory, theirs, their_handles)
        process = self._context.Process(target=self._work, args=(birth,), name="traybot hands")
        self._started_at = time.monotonic()
        try:
            with signals.kept():
                process.start()
        except OSError:
            _log.exception("cannot start hands; it is tried again")
            control.close()
            handles.close()
            return
        finally:
            theirs.close()
            their_handles.close()
        self._process, self._channel = process, Channel(control, patient=False)
        self.pid = process.pid
        self._handles = handles
        for door in self._doors.values():
            self._hand_in(door)
            # Whatever this life asked the former hands will not be answered any more.
            _tell_lost(door.end)

    def attach(self, life: int, window: str) -> Connection:
        """Make a line for a life; its end is given, to be closed once it is passed on."""
        ours, theirs = Pipe(duplex=True)
        door = _Door(life, window, theirs)
        self._doors[life] = door
        self._hand_in(door)
        return ours

    def detach(self, life: int) -> None:
        """The life is gone."""
        door = self._doors.pop(life, None)
        if door is not None:
            door.end.close()

    def _hand_in(self, door: _Door) -> None:
        if self._channel is None or self._handles is None or self._process is None:
            return
        try:
            reduction.send_handle(self._handles, door.end.fileno(), self._process.pid)
        except OSError:
            return  # It is dying: the next one gets it.
        self._channel.send({"do": "attach", "life": door.life, "window": door.window})

    def let_go(self, *, everything: bool = False) -> list[Event]:
        """Have everything of ours released; gives the answer at once if hands is not there."""
        self._asked += 1
        self._everything |= everything
        request = {"do": "let_go", "n": self._asked, "everything": everything}
        if self._channel is not None and not self._channel.closed and self._channel.send(request):
            self._deadline = time.monotonic() + _PATIENCE_SECONDS
            return []
        return self._let_go_ourselves()

    def _let_go_ourselves(self) -> list[Event]:
        released = release_without_hands(self._memory, everything=self._everything)
        self._answered, self._deadline, self._everything = self._asked, 0.0, False
        return [HandsLetGo(time.monotonic(), released)]

    def waitables(self) -> list[Any]:
        """What to wait for."""
        found: list[Any] = []
        if self._channel is not None and not self._channel.closed:
            found.append(self._channel)
        if self._process is not None:
            found.append(self._process.sentinel)
        return found

    def seconds_left(self) -> float | None:
        """When to look after a late answer or a due restart."""
        now = time.monotonic()
        if self._deadline:
            return max(0.0, self._deadline - now)
        if self._process is None and not self._leaving and self._started_at:
            return max(0.0, self._started_at + _RESTART_SECONDS - now)
        return None

    def collect(self) -> list[Event]:
        """Read what hands says; replace it if it died or froze."""
        events: list[Event] = []
        for document in self._channel.receive() if self._channel else []:
            events += self._hear(document)
        if self._deadline and time.monotonic() >= self._deadline:
            _log.error("hands does not answer: ending it and letting go by the ledger")
            self._process.kill()
            self._process.join(1.0)
        if self._process is not None and not self._process.is_alive():
            events += self._bury()
        if self._process is None and self.seconds_left() == 0.0:
            self.start()
        return events

    def _hear(self, document: dict[str, Any]) -> list[Event]:
        if document.get("say") == "ready":
            self.trouble = str(document.get("why") or "")
            return []
        if document.get("say") != "let_go":
            return []
        self._answered = max(self._answered, int(document["n"]))
        if self._answered < self._asked:
            return []
        self._deadline, self._everything = 0.0, False
        return [HandsLetGo(time.monotonic(), int(document["count"]))]

    def _bury(self) -> list[Event]:
        self._process.close()
        if self._channel:
            self._channel.close()
        if self._handles:
            self._handles.close()
        self._process, self._channel, self._handles, self.pid = None, None, None, None
        if self._leaving:
            return []
        self.trouble = "hands was lost and is being replaced"
        _log.error("hands was lost: letting go by the ledger, starting another")
        waiting = self._answered < self._asked
        return self._let_go_ourselves() if waiting or any(self._memory.held()) else []

    def end(self, seconds: float) -> None:
        """Have hands let go of everything and leave; the last of the children to do so."""
        self._leaving = True
        if self._channel is not None:
            self._channel.send({"do": "leave"})
        if self._process is not None:
            self._process.join(seconds)
            if self._process.is_alive():
                self._process.kill()
                self._process.join(1.0)
            self._bury()
        release_without_hands(self._memory)


def _tell_lost(end: Connection) -> None:
    """Tell a life, in hands' place, that its question was lost."""
    Channel(end, patient=False).send({"lost": True})
