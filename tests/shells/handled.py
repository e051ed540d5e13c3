"""One hands process and the test in the daemon's place, without any life's process."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

import pytest

from tests.desktop import Desktop
from traybot.shells.channel import Channel, give_end
from traybot.shells.memory import Memory
from traybot.workers import hands

Document = dict[str, Any]
SPAWN = multiprocessing.get_context("spawn")
ANSWER_SECONDS = 20.0


def next_document(channel: Channel, wanted: Callable[[Document], object]) -> Document:
    """Wait for the next document of a kind; others are passed over."""
    while channel.wait(ANSWER_SECONDS) and not channel.closed:
        for document in channel.receive():
            if wanted(document):
                return document
    raise AssertionError("no such answer came")


@dataclass
class Guest:
    """A life's end of its line to hands."""

    life: int
    channel: Channel
    number: int = 0

    def say(self, **request: object) -> int:
        """Ask without waiting; give the question's number."""
        self.number += 1
        assert self.channel.send({"n": self.number, **request})
        return self.number

    def ask(self, do: object = None, **request: object) -> Document:
        """Ask, and wait for the answer to this very question."""
        number = self.say(do=do, **request)
        return next_document(self.channel, lambda one: one.get("n") == number)


@dataclass
class Handled:
    """The daemon's place: gate, control pipe, doors."""

    memory: Memory
    process: Any
    control: Channel
    doors: Connection
    guests: list[Guest] = field(default_factory=list)

    def attach(self, life: int, window: str = "") -> Guest:
        """Hand a life's line in; the gate stays as it is."""
        ours, theirs = Pipe(duplex=True)
        give_end(self.doors, theirs, self.process.pid)
        self.control.send({"do": "attach", "life": life, "window": window})
        theirs.close()
        guest = Guest(life, Channel(ours, patient=True))
        self.guests.append(guest)
        return guest

    def let_in(self, life: int = 1, window: str = "") -> Guest:
        """Hand a life's line in, and open the gate for it."""
        self.memory.allowed.value = life
        return self.attach(life, window)

    def let_go(self, *, everything: bool = False) -> int:
        """Have everything released; give how much that was."""
        reach = "EVERYTHING" if everything else "LEDGER"
        self.control.send({"do": "let_go", "n": 1, "reach": reach})
        answer = next_document(self.control, lambda one: one.get("say") == "let_go")
        assert answer["n"] == 1
        return int(answer["count"])

    def rows(self) -> list[int]:
        """The ledger's rows in use."""
        return list(self.memory.held())

    def dismiss(self) -> None:
        """Close every life's line, and wait until hands has let go of what they held."""
        for guest in self.guests:
            guest.channel.close()
        self.guests.clear()
        self.let_go()

    def left(self) -> int:
        """Wait for the end of the process; give its exit code."""
        self.process.join(ANSWER_SECONDS)
        code = self.process.exitcode
        assert code is not None, "hands must leave"
        return int(code)


@contextmanager
def quiet_screen() -> Iterator[Desktop]:
    """A display of one's own without a window manager, which would take wheel and buttons."""
    with Desktop(manager=None) as screen, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", screen.display)
        patch.delenv("XAUTHORITY", raising=False)
        yield screen


@contextmanager
def hands_process(
    work: Callable[[hands.HandsBirth], None] = hands.main,
) -> Iterator[tuple[Handled, Document]]:
    """Start hands; give the daemon's place and the first words, which say what it lacks."""
    memory = Memory(SPAWN)
    control, their_control = Pipe(duplex=True)
    doors, their_doors = Pipe(duplex=True)
    birth = hands.HandsBirth(memory, their_control, their_doors)
    process = SPAWN.Process(target=work, args=(birth,))
    process.start()
    their_control.close()
    their_doors.close()
    handled = Handled(memory, process, Channel(control, patient=False), doors)
    try:
        yield handled, next_document(handled.control, lambda one: one.get("say") == "ready")
    finally:
        handled.control.close()
        process.join(ANSWER_SECONDS)
        process.kill()
        process.join()
        process.close()
        doors.close()
        for guest in handled.guests:
            guest.channel.close()
