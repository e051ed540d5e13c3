"""How does the daemon command hands? And if hands dies: it lets go itself and starts another.

A hands that does not answer is frozen, or waits for a screen that does. Only the first is ended: an
errand finds out which it is. Nothing here ever waits for the screen.
"""

import logging
import time
from collections.abc import Callable
from multiprocessing import Pipe
from typing import Any

from traybot.core.events import Event, HandsLate, HandsLetGo
from traybot.shells import forkserver, hearing, signals
from traybot.shells.channel import Channel, End
from traybot.shells.doors import Door, Doors
from traybot.shells.errand import Errand, ask_screen
from traybot.shells.ledger import Reach, release_without_hands
from traybot.shells.memory import Memory
from traybot.text import _

_log = logging.getLogger(__name__)

#: Hands answers within a fraction of a millisecond; who needs this long is frozen.
_PATIENCE_SECONDS = 0.1
#: While somebody plays hands is asked so often whether it is there, and has so long to say so.
_PING_SECONDS = _PONG_SECONDS = 1.0
#: The screen is waited for no longer; what it keeps us from is done when it answers.
_LATE_SECONDS = 1.0
_HUNG = _("the screen does not answer")
#: It starts within a fraction of a second.
_START_SECONDS = 10.0
#: A hands that dies at once is not started again faster than this.
_RESTART_SECONDS = 0.5


class HandsLine:
    """The daemon's side; used by the engine's thread only."""

    def __init__(
        self,
        context: Any,  # noqa: ANN401  a multiprocessing context: its base lacks Process
        memory: Memory,
        work: Callable[[Any], None],
        birth: Callable[[Memory, End, End], Any],
    ) -> None:
        """`work(birth(memory, control, doors))` is what the process runs; start it with `start`."""
        self._context = context
        self._memory = memory
        self._work = work
        self._birth = birth
        self._doors = Doors()
        self._process: Any = None
        self._channel: Channel | None = None
        self._handles: End | None = None
        self._asked = 0
        self._answered = 0
        #: How far what is asked for and not answered reaches.
        self._reach = Reach.LEDGER
        #: When hands must have answered (0: nothing is asked), and when the next ping is due.
        self._deadline = 0.0
        self._ping_at = 0.0
        #: When the engine is told that letting go takes long (0: it knows, or nothing does).
        self._late_at = 0.0
        #: Finds out whether the screen answers; lets go in the place of a hands that is dead.
        self._asking: Errand | None = None
        self._releasing: Errand | None = None
        #: How much had been asked for when it began.
        self._releasing_for = 0
        #: The screen does answer: hands has until the deadline, for it may just have woken up.
        self._last_chance = False
        self._started_at = 0.0
        self._leaving = False
        self._trouble, self._ready = _("starting"), False
        #: A hands that outlives us: it lets go when the screen answers, and leaves (0: none).
        self.left_alone = 0
        #: The process, if there is one; may be read from any thread.
        self.pid: int | None = None

    @property
    def trouble(self) -> str:
        """Why nothing can be pressed; empty if all is well; from any thread."""
        return _HUNG if self._asking or self._releasing else self._trouble

    @property
    def screen_hangs(self) -> bool:
        """Whether it was asked and has not answered; at the end too."""
        return bool(self.left_alone or self._asking)

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
        self.pid = self._memory.hands_pid.value = process.pid
        self._handles, self._ready, self._last_chance = handles, False, False
        self._deadline = time.monotonic() + _START_SECONDS
        for door in self._doors:
            self._hand_in(door)
            # Whatever this life asked the former hands will not be answered any more.
            door.tell_lost()

    def attach(self, life: int, window: str) -> End:
        """Make a line for a life; its end is given, to be closed once it is passed on."""
        door, theirs = self._doors.make(life, window)
        self._hand_in(door)
        return theirs

    def detach(self, life: int) -> None:
        """The life is gone."""
        self._doors.close(life)

    def _hand_in(self, door: Door) -> None:
        if self._channel is not None and self._handles is not None and self.pid is not None:
            door.hand_in(self._handles, self._channel, self.pid)

    def let_go(self, *, beyond: bool = False, everything: bool = False) -> list[Event]:
        """Have everything of ours released; that it is comes by `collect`."""
        now = time.monotonic()
        self._asked += 1
        self._late_at = self._late_at or now + _LATE_SECONDS
        reach = Reach.of(beyond=beyond, everything=everything)
        self._reach = max(self._reach, reach, key=lambda one: one.value)
        request = {"do": "let_go", "n": self._asked, "reach": reach.name}
        if self._ready and self._send(request):
            self._deadline = self._until(now)
        else:
            # One that is starting has pressed nothing, and behind the closed gate it will not.
            self._let_go_ourselves()
        return []

    def _until(self, now: float) -> float:
        """When it must have answered what it was asked to let go (0: it is not waited for)."""
        if self._asking is not None or self._answered >= self._asked:
            return 0.0
        return min(self._deadline or now + _PATIENCE_SECONDS, now + _PATIENCE_SECONDS)

    def _send(self, request: dict[str, Any]) -> bool:
        channel = self._channel
        return channel is not None and not channel.closed and channel.send(request)

    def _let_go_ourselves(self) -> None:
        """In the place of a dead hands; before the next one is started, whose presses count."""
        if self._releasing is None:
            reach, self._releasing_for = self._reach, self._asked
            self._releasing = Errand(lambda: release_without_hands(self._memory, reach))

    def waitables(self) -> list[Any]:
        """What to wait for."""
        found: list[Any] = [one for one in (self._asking, self._releasing) if one is not None]
        if self._channel is not None and not self._channel.closed:
            found.append(self._channel)
        if self._process is not None:
            found.append(self._process.sentinel)
        return found

    def seconds_left(self) -> float | None:
        """When to look again."""
        ping_at = self._ping_at if self._doors and self._process else 0.0
        times = (self._deadline, self._late_at, self._restart_at(), ping_at)
        known = [at for at in times if at]
        return max(0.0, min(known) - time.monotonic()) if known else None

    def _restart_at(self) -> float:
        waits = self._process is None and not self._leaving and self._releasing is None
        return self._started_at + _RESTART_SECONDS if waits and self._started_at else 0.0

    def collect(self) -> list[Event]:
        """Read what hands says; replace it if it died or froze."""
        now = time.monotonic()
        events: list[Event] = []
        for document in self._channel.receive() if self._channel else []:
            events += self._hear(document)
        self._ping(now)
        self._look_after_silence(now)
        if self._process is not None and not self._process.is_alive():
            self._bury()
        events += self._look_after_release()
        if self._late_at and now >= self._late_at:
            self._late_at = 0.0
            events.append(HandsLate(now, _HUNG))
        if 0.0 < self._restart_at() <= now:
            self.start()
        return events

    def _ping(self, now: float) -> None:
        """Ask whether it is there: a life that waits for a frozen hands could not tell us."""
        if not (self._doors and self._process) or now < self._ping_at:
            return
        self._ping_at = now + _PING_SECONDS
        idle = self._ready and not (self._deadline or self._asking)
        if idle and self._send({"do": "ping"}):
            self._deadline = now + _PONG_SECONDS

    def _look_after_silence(self, now: float) -> None:
        if self._asking is not None and self._asking.done:
            self._asking.close()
            self._asking, self._last_chance = None, True
            self._deadline = now + _PATIENCE_SECONDS
        if not self._deadline or now < self._deadline:
            return
        self._deadline = 0.0
        if self._last_chance:
            _log.error("hands does not answer: ending it and letting go by the ledger")
            self._process.kill()
            self._process.join(1.0)
        else:
            self._asking = Errand(ask_screen)

    def _hear(self, document: dict[str, Any]) -> list[Event]:
        match document.get("say"):
            case "log":
                return [*hearing.heard("hands", 0, document)]
            case "ready":
                self._trouble, self._ready = str(document.get("why") or ""), True
            case "let_go":
                self._answered = max(self._answered, int(document["n"]))
        self._is_there()
        if document.get("say") == "let_go" and self._answered >= self._asked:
            return self._all_let_go(int(document["count"]))
        return []

    def _is_there(self) -> None:
        if self._asking is not None:
            self._asking.close()
            self._asking = None
        self._last_chance, self._deadline = False, 0.0
        self._deadline = self._until(time.monotonic())

    def _all_let_go(self, released: int) -> list[Event]:
        self._late_at, self._reach = 0.0, Reach.LEDGER
        return [HandsLetGo(time.monotonic(), released)]

    def _bury(self) -> None:
        self._is_there()
        self._deadline, self._ready = 0.0, False
        self._process.close()
        if self._channel:
            self._channel.close()
        if self._handles:
            self._handles.close()
        self._process, self._channel, self._handles, self.pid = None, None, None, None
        self._memory.hands_pid.value = 0
        if self._leaving:
            return
        self._trouble = _("hands was lost and is being replaced")
        _log.error("hands was lost: letting go by the ledger, starting another")
        if self._answered < self._asked or any(self._memory.held()):
            self._let_go_ourselves()

    def _look_after_release(self) -> list[Event]:
        if self._releasing is None or not self._releasing.done:
            return []
        released = self._releasing.answer
        self._releasing.close()
        self._releasing = None
        if self._releasing_for < self._asked:
            # More was asked for in between; this very answer may have come too early for it.
            self._let_go_ourselves()
            return []
        waited, self._answered = self._answered < self._asked, self._asked
        return self._all_let_go(released) if waited else []

    def end(self, seconds: float) -> None:
        """Have hands let go and leave, last of the children; a screen that hangs it waits for."""
        self._leaving, self._late_at = True, 0.0
        self._send({"do": "leave"})
        if self._process is not None:
            self._process.join(_PATIENCE_SECONDS if self._asking else seconds)
            if self._process.is_alive() and not self._leave_alone():
                self._process.kill()
                self._process.join(1.0)
        if self._process is not None:
            self._bury()
        if any(self._memory.held()) and not self.left_alone:
            Errand(lambda: release_without_hands(self._memory)).wait(_LATE_SECONDS)

    def _leave_alone(self) -> bool:
        """Whether hands is needed longer than we are there, because the screen does not answer."""
        asking = self._asking or Errand(ask_screen)
        if not any(self._memory.held()) or asking.wait(_LATE_SECONDS / 2):
            return False
        _log.error("%s: hands stays until it does, and lets go then", _HUNG)
        forkserver.disown(self._process)
        self.left_alone, self._process = self._process.pid or 0, None
        return True
