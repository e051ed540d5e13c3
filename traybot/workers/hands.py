"""Who presses? One small process that checks gate and focus, keeps the ledger, and leaves last.

It serves one life or a few over sockets, in one thread, so that gate check and press are one act:
when the daemon's "let go" is read, no press of a closed gate can still be under way.
"""

import contextlib
import logging
import os
import re
import selectors
import signal
import socket
import time
from dataclasses import dataclass, field
from multiprocessing import reduction
from multiprocessing.connection import Connection

from traybot.errors import TraybotError
from traybot.shells import signals
from traybot.shells.channel import Channel, Document
from traybot.shells.ledger import BUTTON_ROW, release_all, release_beyond, release_row
from traybot.shells.memory import Memory
from traybot.system import choose
from traybot.system.base import BUTTONS, MARK, Injector, Windows

_log = logging.getLogger(__name__)


#: A death signal may come from the daemon's thread a moment before its pipes are closed.
_ALONE_SECONDS = 0.2
#: Of one request: hands must not be busy for longer than the daemon waits for it to let go.
_MOST_NOTCHES = 200


@dataclass(frozen=True, slots=True)
class HandsBirth:
    """What hands is given."""

    memory: Memory
    control: Connection
    #: Over which the sockets of lives are handed in.
    doors: Connection


def main(birth: HandsBirth) -> None:
    """Serve until the daemon says leave or is gone; then let go of everything and leave."""
    processes = choose.processes()
    processes.own_group()
    hands = Hands(birth)
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
    os.dup2(2, 1)
    hands.serve()
    hands.let_go()
    if hands.is_alone():
        # The daemon cannot see to it any more: what a routine started must not outlive it.
        processes.end_marked(os.environ.get(MARK, "-"))
    os._exit(0)


class Hands:
    """Gate, focus, ledger, press: in this order."""

    def __init__(self, birth: HandsBirth) -> None:
        """Open the way to press; without one every press is refused with the reason."""
        self._memory = birth.memory
        self._control = Channel(birth.control, patient=False)
        self._doors = birth.doors
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._control, selectors.EVENT_READ, self._hear_daemon)
        self._leaving = False
        self._daemon = os.getppid()
        #: By the daemon, in order; not by its death.
        self.told_to_leave = False
        self._wake_at_signals()
        self._lives: dict[int, _Guest] = {}
        self._injector: Injector | None = None
        self._windows: Windows | None = None
        self._why = ""
        self._open()

    def _wake_at_signals(self) -> None:
        """Have a signal end the wait in `serve`, whenever it comes."""
        woken, wake = socket.socketpair()
        wake.setblocking(False)  # noqa: FBT003  the library takes no name
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        self._wake = wake
        self._selector.register(woken, selectors.EVENT_READ, lambda: woken.recv(64))

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

    def _open(self) -> None:
        try:
            self._injector = choose.injector()
        except (TraybotError, OSError) as error:
            self._why = str(error)
        with contextlib.suppress(TraybotError, OSError):
            self._windows = choose.windows()
        self._control.send({"say": "ready", "why": self._why})

    def serve(self) -> None:
        """Serve daemon and lives until told to leave."""
        while not (self._leaving or self._control.closed):
            for key, _ in self._selector.select():
                key.data()

    def _hear_daemon(self) -> None:
        for document in self._control.receive():
            match document.get("do"):
                case "attach":
                    self._attach(int(document["life"]), str(document.get("window") or ""))
                case "let_go":
                    released = self.let_go(everything=bool(document.get("everything")))
                    self._control.send({"say": "let_go", "n": document.get("n"), "count": released})
                case "leave":
                    self._leaving = self.told_to_leave = True

    def _attach(self, life: int, window: str) -> None:
        handle = reduction.recv_handle(self._doors)
        guest = _Guest(life, window, Channel(type(self._doors)(handle), patient=False))
        self._lives[life] = guest
        self._selector.register(guest.channel, selectors.EVENT_READ, lambda: self._hear(guest))

    def _hear(self, guest: "_Guest") -> None:
        for request in guest.channel.receive():
            number = request.get("n")
            if number is None or number != guest.number:
                guest.number, guest.answer = number, self._answer(guest, request)
            # Otherwise it was asked again because another hands was lost: it is done once.
            guest.channel.send({**guest.answer, "n": number})
        if guest.channel.closed:
            self._selector.unregister(guest.channel)
            guest.channel.close()
            self._lives.pop(guest.life, None)
            self.let_go(life=guest.life)

    def _answer(self, guest: "_Guest", request: Document) -> Document:
        do = str(request.get("do"))
        if self._injector is None:
            return {"no": "wrong", "why": self._why}
        try:
            if do in {"release", "button_up"}:
                return self._release(guest, request)
            if do == "pointer":
                return {"at": self._injector.pointer()}
            if not self._memory.may_press(guest.life):
                return {"no": "gate"}
            if guest.window and (why := self._not_in_front(guest.window)):
                return {"no": "focus", "why": why}
            return self._act(guest, do, request)
        except TraybotError as error:
            return {"no": "wrong", "why": str(error)}
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            return {"no": "wrong", "why": f"cannot understand the request {request}: {error}"}

    def _act(self, guest: "_Guest", do: str, request: Document) -> Document:
        assert self._injector is not None
        match do:
            case "press":
                self._press(self._injector.code_of(str(request["key"])), guest.life)
            case "stroke":
                self._stroke(str(request["text"]), guest.life)
            case "button_down":
                self._press_button(_button(request), guest.life)
            case "move":
                self._injector.move(int(request["x"]), int(request["y"]))
            case "scroll":
                self._injector.scroll(_notches(request, "dx"), _notches(request, "dy"))
            case _:
                return {"no": "wrong", "why": f"cannot do {do!r}"}
        return {}

    def _press(self, code: int, life: int) -> None:
        assert self._injector is not None
        # The ledger first: if we die between the two lines somebody lets go of what is not held,
        # which does nothing; the other way round a key would stay down.
        self._memory.ledger[code] = life
        self._injector.press(code)

    def _press_button(self, button: int, life: int) -> None:
        assert self._injector is not None
        self._memory.ledger[BUTTON_ROW + button] = life
        self._injector.press_button(button)

    def _stroke(self, text: str, life: int) -> None:
        assert self._injector is not None
        if len(text) != 1:
            # The gate was looked at for one character.
            raise ValueError("a stroke is one character")
        for codes in self._injector.strokes(text):
            for code in codes:
                self._press(code, life)
            for code in reversed(codes):
                self._let_row_go(code)

    def _release(self, guest: "_Guest", request: Document) -> Document:
        assert self._injector is not None
        if request["do"] == "release":
            row = self._injector.code_of(str(request["key"]))
        else:
            row = BUTTON_ROW + _button(request)
        if self._memory.ledger[row] == guest.life:
            self._let_row_go(row)
        return {}

    def _let_row_go(self, row: int) -> None:
        assert self._injector is not None
        release_row(self._memory, self._injector, row)

    def let_go(self, *, life: int = 0, everything: bool = False) -> int:
        """Release what the ledger says (of one life, if named); give how much that was."""
        if self._injector is None:
            return 0
        released = release_all(self._memory, self._injector, life)
        return released + (release_beyond(self._injector) if everything else 0)

    def _not_in_front(self, title: str) -> str:
        front = self._windows.front() if self._windows else None
        if front is not None and re.search(title, front.title):
            return ""
        instead = f'"{front.title}"' if front else "nothing"
        return f'the window "{title}" is not in front ({instead} is)'


@dataclass(slots=True)
class _Guest:
    """A life that may ask."""

    life: int
    window: str
    channel: Channel
    #: Its last question, and what the answer was.
    number: object = None
    answer: Document = field(default_factory=dict)


def _button(request: Document) -> int:
    return _between(request, "button", 1, BUTTONS - 1)


def _notches(request: Document, name: str) -> int:
    return _between(request, name, -_MOST_NOTCHES, _MOST_NOTCHES)


def _between(request: Document, name: str, low: int, high: int) -> int:
    number = int(request[name])
    if not low <= number <= high:
        message = f"{name} must be from {low} to {high}"
        raise ValueError(message)
    return number
