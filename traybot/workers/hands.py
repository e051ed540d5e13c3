"""Who presses? One small process that checks gate and focus, keeps the ledger, and leaves last.

It serves one life or a few over sockets, in one thread, so that gate check and press are one act:
when the daemon's "let go" is read, no press of a closed gate can still be under way.
"""

import contextlib
import logging
import os
import re
import signal
import time
from dataclasses import dataclass

from traybot.errors import BackendUnavailable, CaptureError, TraybotError
from traybot.shells import leftovers, signals
from traybot.shells.channel import Channel, Document, End, take_end
from traybot.shells.ledger import (
    BUTTON_ROW,
    Reach,
    note_before,
    release_all,
    release_beyond,
    release_row,
)
from traybot.shells.memory import Memory
from traybot.system import choose
from traybot.system.base import MARK, Injector
from traybot.system.waiters import Waiter
from traybot.text import _
from traybot.workers.aside import speak_through
from traybot.workers.guest import Guest, button_of, notches_of
from traybot.workers.way import Way

_log = logging.getLogger(__name__)


#: A death signal may come from the daemon's thread a moment before its pipes are closed.
_ALONE_SECONDS = 0.2
#: The daemon speaks to hands each second while somebody plays. If it is silent for so long it is
#: frozen, and no wish to stop could reach us: nobody presses until it speaks again.
_SILENT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class HandsBirth:
    """What hands is given."""

    memory: Memory
    control: End
    #: Over which the sockets of lives are handed in.
    doors: End


def main(birth: HandsBirth) -> None:
    """Serve until the daemon says leave or is gone; then let go of everything and leave."""
    try:
        _serve(birth)
    except BaseException:  # noqa: BLE001  the outermost line of the process
        _log.critical("hands has failed", exc_info=True)
    os._exit(1)


def _serve(birth: HandsBirth) -> None:
    processes = choose.processes()
    processes.own_group()
    control = Channel(birth.control, patient=False)
    speak_through(control)
    hands = Hands(birth, control)
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A handler that raises could strike in the middle of letting go: it only sets a flag.
    signal.signal(signal.SIGTERM, hands.leave)
    # Not SIGKILL: hands must still let go. Not SIGTERM: a frozen process does not hear it, but this
    # one thaws it. The end of its control pipe is the other means.
    thaw = getattr(signal, "SIGCONT", signal.SIGTERM)
    signal.signal(thaw, hands.leave_if_orphaned)
    processes.die_with_parent(thaw)
    signals.unblock()
    hands.serve()
    hands.let_go(reach=Reach.LIFE)
    if hands.is_alone():
        # The daemon cannot see to it any more: what a routine started must not outlive it.
        leftovers.end_marked(processes, os.environ.get(MARK, "-"))
        hands.let_go(reach=Reach.LIFE)
    os._exit(0)


class Hands:
    """Gate, focus, ledger, press: in this order."""

    def __init__(self, birth: HandsBirth, control: Channel, waiter: Waiter | None = None) -> None:
        """Open the way to press; without one every press is refused with the reason.

        `waiter` is this system's if left out.
        """
        self._memory = birth.memory
        self._control = control
        self._doors = birth.doors
        self._waiter = waiter or choose.waiter()
        self._waiter.add(self._control, self._hear_daemon)
        self._leaving = False
        self._daemon = os.getppid()
        #: By the daemon, in order; not by its death.
        self.told_to_leave = False
        self._waiter.hear_the_end(self.leave)
        self._lives: dict[int, Guest] = {}
        #: When the daemon last spoke; whether it has been silent for too long.
        self._heard_at, self._deaf = time.monotonic(), False
        self._way = Way(self._memory, self._tell_way)
        self._way.open()
        self._tell_way(self._way.why)

    def is_alone(self) -> bool:
        """Whether we leave because the daemon is gone: then its end of the pipe is closed soon."""
        deadline = time.monotonic() + _ALONE_SECONDS
        while not (self.told_to_leave or self._control.closed):
            left = deadline - time.monotonic()
            if left <= 0 or not self._control.wait(left):
                break
            self._control.receive()
        return self._control.closed and not self.told_to_leave

    def leave(self, *_: object) -> None:
        """Leave soon; a signal handler."""
        self._leaving = True

    def leave_if_orphaned(self, *_: object) -> None:
        """Leave if the daemon is gone; a signal handler for what everybody may send."""
        if os.getppid() != self._daemon:
            self._leaving = True

    def _tell_way(self, why: str) -> None:
        self._control.send({"say": "ready", "why": why})

    def serve(self) -> None:
        """Serve daemon and lives until told to leave."""
        while not (self._leaving or self._control.closed):
            self._waiter.wait(self._seconds_left())
            self._way.tend()
            self._notice_silence()

    def _seconds_left(self) -> float | None:
        times = [self._way.seconds_left()]
        if self._lives and not self._deaf:
            times.append(max(0.0, self._heard_at + _SILENT_SECONDS - time.monotonic()))
        return min((seconds for seconds in times if seconds is not None), default=None)

    def _notice_silence(self) -> None:
        silent = time.monotonic() - self._heard_at >= _SILENT_SECONDS
        if silent and self._lives and not self._deaf:
            _log.error("the daemon is silent: letting go until it speaks")
            self._deaf = True
            self.let_go(reach=Reach.LIFE)

    def _hear_daemon(self) -> None:
        self._heard_at, self._deaf = time.monotonic(), False
        for document in self._control.receive():
            match document.get("do"):
                case "ping":
                    self._control.send({"say": "here"})
                case "attach":
                    self._attach(int(document["life"]), str(document.get("window") or ""))
                case "let_go":
                    released = self.let_go(reach=Reach[str(document.get("reach", "LEDGER"))])
                    self._control.send({"say": "let_go", "n": document.get("n"), "count": released})
                case "leave":
                    self._leaving = self.told_to_leave = True

    def _attach(self, life: int, window: str) -> None:
        guest = Guest(life, window, Channel(take_end(self._doors), patient=False))
        self._lives[life] = guest
        if self._way.injector is not None:
            with contextlib.suppress(BackendUnavailable):
                note_before(self._memory, self._way.injector, life)
        self._waiter.add(guest.channel, lambda: self._hear(guest))

    def _hear(self, guest: Guest) -> None:
        for request in guest.channel.receive():
            number = request.get("n")
            if number is None or number != guest.number:
                guest.number, guest.answer = number, self._answer(guest, request)
            # Otherwise it was asked again because another hands was lost: it is done once.
            guest.channel.send({**guest.answer, "n": number})
        if guest.channel.closed:
            self._waiter.remove(guest.channel)
            guest.channel.close()
            self._lives.pop(guest.life, None)
            self.let_go(life=guest.life)

    def _answer(self, guest: Guest, request: Document) -> Document:
        injector, why = self._way.injector, self._way.why
        if injector is None:
            return {"no": "screen" if self._way.had else "wrong", "why": why}
        try:
            return self._allowed(injector, guest, request)
        except (BackendUnavailable, CaptureError) as error:
            self._way.lost()
            return {"no": "screen", "why": str(error)}
        except TraybotError as error:
            return {"no": "wrong", "why": str(error)}
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            what = _("cannot understand the request {value!r}").format(value=request.get("do"))
            return {"no": "wrong", "why": f"{what}: {error}"}

    def _allowed(self, injector: Injector, guest: Guest, request: Document) -> Document:
        do = str(request.get("do"))
        if do in {"release", "button_up"}:
            return self._release(injector, guest, request)
        if do == "pointer":
            return {"at": injector.pointer()}
        if self._deaf or not self._memory.may_press(guest.life):
            return {"no": "gate"}
        if guest.window and (why := self._not_in_front(guest.window)):
            return {"no": "focus", "why": why}
        return self._act(injector, guest, request)

    def _act(self, injector: Injector, guest: Guest, request: Document) -> Document:
        match request.get("do"):
            case "press":
                self._press(injector, injector.code_of(str(request["key"])), guest.life)
            case "stroke":
                self._stroke(injector, str(request["text"]), guest.life)
            case "button_down":
                self._press_button(injector, button_of(request), guest.life)
            case "move":
                injector.move(int(request["x"]), int(request["y"]))
            case "scroll":
                injector.scroll(notches_of(request, "dx"), notches_of(request, "dy"))
            case _:
                return {"no": "wrong", "why": f"cannot do {request.get('do')!r}"}
        return {}

    def _press(self, injector: Injector, code: int, life: int) -> None:
        # The ledger first: if we die between the two lines somebody lets go of what is not held,
        # which does nothing; the other way round a key would stay down.
        self._memory.ledger[code] = life
        injector.press(code)

    def _press_button(self, injector: Injector, button: int, life: int) -> None:
        self._memory.ledger[BUTTON_ROW + button] = life
        injector.press_button(button)

    def _stroke(self, injector: Injector, text: str, life: int) -> None:
        if len(text) != 1:
            # The gate was looked at for one character.
            raise ValueError(_("a stroke is one character"))
        for codes in injector.strokes(text):
            for code in codes:
                self._press(injector, code, life)
            for code in reversed(codes):
                release_row(self._memory, injector, code)

    def _release(self, injector: Injector, guest: Guest, request: Document) -> Document:
        if request["do"] == "release":
            row = injector.code_of(str(request["key"]))
        else:
            row = BUTTON_ROW + button_of(request)
        if self._memory.ledger[row] == guest.life:
            release_row(self._memory, injector, row)
        return {}

    def let_go(self, *, life: int = 0, reach: Reach = Reach.LEDGER) -> int:
        """Release what the ledger says (of one life, if named); give how much that was."""
        injector = self._way.injector
        if injector is None:
            return 0
        try:
            released = release_all(self._memory, injector, life)
            return released + release_beyond(self._memory, injector, reach)
        except BackendUnavailable:
            # Of what is held on a screen that is back already, the ledger is let go by now.
            self._way.lost()
            return 0

    def _not_in_front(self, title: str) -> str:
        front = self._way.windows.front() if self._way.windows else None
        if front is not None and re.search(title, front.title):
            return ""
        # What the other one is called may be private, and changes while a page loads.
        if front is not None:
            return _('the window "{title}" is not in front: another one is').format(title=title)
        return _('the window "{title}" is not in front: none is').format(title=title)
