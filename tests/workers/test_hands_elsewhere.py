"""Does hands work where pipes keep messages whole and cannot be selected? As on Windows.

In this process, over connections that behave so; its injector only writes down what it does.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from typing import Any

import pytest

from tests.desktop import eventually
from traybot.errors import BackendUnavailable
from traybot.shells.channel import Channel, give_end
from traybot.shells.memory import Memory
from traybot.system import choose
from traybot.system.recorded_input import RecordingInjector
from traybot.system.waiters import HandleWaiter
from traybot.workers.hands import Hands, HandsBirth
from traybot.workers.line import HandsEnd


class Messages(Connection):
    """A connection that keeps messages whole and is no stream, like a pipe of Windows."""


def pair() -> tuple[Messages, Messages]:
    """Both ends of such a pipe."""
    ends = Pipe(duplex=True)
    ours, theirs = (Messages(os.dup(end.fileno())) for end in ends)
    for end in ends:
        end.close()
    return ours, theirs


@dataclass
class Rig:
    """Hands on a thread, the daemon's ends, and a life that asks."""

    memory: Memory
    injector: RecordingInjector
    control: Channel
    life: HandsEnd
    thread: threading.Thread

    def told(self, wanted: str) -> dict[str, Any]:
        """Wait for what hands says to the daemon."""

        def heard() -> dict[str, Any] | None:
            return next((one for one in self.control.receive() if one["say"] == wanted), None)

        return eventually(heard, 10.0, wanted) or {}


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """A hands that is ready, with one life."""
    injector = RecordingInjector()
    monkeypatch.setattr(choose, "injector", lambda: injector)

    def no_windows() -> None:
        raise BackendUnavailable("no windows here", "none are needed")

    monkeypatch.setattr(choose, "windows", no_windows)
    memory = Memory(get_context("spawn"))
    (control, theirs), (doors, their_doors), (asks, answers) = pair(), pair(), pair()
    hands = Hands(
        HandsBirth(memory, theirs, their_doors), Channel(theirs, patient=False), HandleWaiter()
    )
    thread = threading.Thread(target=hands.serve)
    with closing(doors), closing(their_doors), closing(answers), closing(asks):
        rig = Rig(memory, injector, Channel(control, patient=False), HandsEnd(asks), thread)
        thread.start()
        assert rig.told("ready")["why"] == ""
        give_end(doors, answers, os.getpid())
        rig.control.send({"do": "attach", "life": 1, "window": ""})
        yield rig
        rig.control.close()
        thread.join(10.0)
        assert not thread.is_alive(), "it leaves when the daemon's end is gone"
        theirs.close()


def test_it_presses_what_may_be_pressed_and_lets_go(rig: Rig) -> None:
    """Gate, ledger, press, and the daemon's order to let go: over messages as over streams."""
    assert rig.life.ask({"do": "press", "key": "a"}) == {"no": "gate", "n": 1}
    rig.memory.allowed.value = 1
    assert rig.life.ask({"do": "press", "key": "a"}) == {"n": 2}
    held = rig.injector.held()
    assert len(held) == 1
    assert list(rig.memory.held()) == list(held.keys)
    rig.control.send({"do": "let_go", "n": 1})
    assert rig.told("let_go")["count"] == 1
    assert len(rig.injector.held()) == 0


def test_a_life_that_hangs_up_holds_nothing(rig: Rig) -> None:
    """What it held is let go when its end of the pipe is closed."""
    rig.memory.allowed.value = 1
    rig.life.ask({"do": "button_down", "button": 1})
    assert len(rig.injector.held()) == 1
    rig.life.close()
    eventually(lambda: len(rig.injector.held()) == 0, what="the letting go")
