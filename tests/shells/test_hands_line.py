"""Is everything let go of, and pressed again afterwards, whatever happens to hands?"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from typing import Any

import pytest

from tests.desktop import Desktop, eventually
from tests.running import alive, x_keys
from tests.shells.handled import SPAWN, quiet_screen
from tests.system.x11_window import witness
from traybot.core.events import Event, HandsLetGo
from traybot.shells import hands_line
from traybot.shells.hands_line import HandsLine
from traybot.shells.memory import Memory
from traybot.system.x11_input import X11Injector
from traybot.workers import hands
from traybot.workers.line import HandsEnd


class Daemon:
    """The engine's place: looks after one line as the engine does."""

    def __init__(self) -> None:
        self.memory = Memory(SPAWN)
        self.line = HandsLine(SPAWN, self.memory, hands.main, hands.HandsBirth)
        self.events: list[Event] = []
        self.ends: list[Any] = []

    def turn(self) -> None:
        """Wait as the engine would, but not for long, and collect."""
        seconds = self.line.seconds_left()
        wait(self.line.waitables(), 0.05 if seconds is None else min(seconds, 0.05))
        self.events += self.line.collect()

    def until(self, predicate: Callable[[], object], what: str) -> None:
        """Turn until something is so."""

        def so() -> bool:
            self.turn()
            return bool(predicate())

        eventually(so, 20.0, what)

    def up(self) -> None:
        """Turn until hands is ready."""
        self.until(lambda: self.line.trouble == "", "hands ready")

    def let_go(self, *, everything: bool = False) -> int:
        """Have everything let go; give how much that was."""
        self.events = self.line.let_go(everything=everything)
        self.until(lambda: self.events, "the answer")
        (event,) = self.events
        assert isinstance(event, HandsLetGo)
        return event.released

    def life(self, number: int = 1) -> HandsEnd:
        """A life with an open gate; asks must come from a thread of their own."""
        self.memory.allowed.value = number
        end = self.line.attach(number, "")
        self.ends.append(end)
        return HandsEnd(end)

    def ask(self, life: HandsEnd, **request: object) -> dict[str, Any]:
        """Have a life ask, and look after the line until it has its answer."""
        answers: list[dict[str, Any]] = []
        thread = threading.Thread(target=lambda: answers.append(life.ask(request)), daemon=True)
        thread.start()
        self.until(lambda: answers, f"the answer to {request}")
        thread.join()
        return answers[0]

    def hit(self, number: int) -> int:
        """Send hands a signal; give which process that was."""
        pid = self.line.pid
        assert pid is not None
        os.kill(pid, number)
        return pid


pytestmark = pytest.mark.display


@pytest.fixture(scope="module")
def screen() -> Iterator[Desktop]:
    """Where these tests press."""
    with quiet_screen() as screen:
        yield screen


@pytest.fixture
def keys(screen: Desktop) -> Iterator[X11Injector]:
    """What the X server itself says is held; nothing is at the test's end."""
    with x_keys() as keys:
        yield keys
        assert len(keys.held()) == 0


@pytest.fixture
def daemon(keys: X11Injector) -> Iterator[Daemon]:
    """A line whose hands is ready; ended in order afterwards."""
    daemon = Daemon()
    daemon.line.start()
    daemon.up()
    yield daemon
    daemon.line.end(5.0)
    for end in daemon.ends:
        end.close()


def test_what_is_held_is_let_go_and_counted(daemon: Daemon, keys: X11Injector) -> None:
    """The answer comes when all is up; without anything held it is zero."""
    life = daemon.life()
    daemon.ask(life, do="press", key="a")
    daemon.ask(life, do="button_down", button=1)
    assert len(keys.held()) == 2
    assert daemon.let_go() == 2
    assert len(keys.held()) == 0
    assert daemon.let_go() == 0


def test_only_the_last_question_is_answered(daemon: Daemon) -> None:
    """Who asks twice in a row is told once, when the second is done."""
    assert daemon.line.let_go() == []
    assert daemon.let_go() == 0
    assert daemon.line.seconds_left() is None


def test_a_killed_hands_is_replaced_and_its_keys_are_up(daemon: Daemon, keys: X11Injector) -> None:
    """The daemon lets go by the ledger at once; a living life goes on with the next hands."""
    life = daemon.life()
    daemon.ask(life, do="press", key="a")
    daemon.ask(life, do="press", key="shift")
    pid = daemon.hit(signal.SIGKILL)
    daemon.until(lambda: daemon.line.pid != pid, "the loss")
    daemon.until(lambda: len(keys.held()) == 0, "every key up")
    assert list(daemon.memory.held()) == []
    assert "no" not in daemon.ask(life, do="press", key="b")
    assert keys.held().keys == {keys.code_of("b")}
    assert daemon.line.trouble == ""
    assert daemon.memory.hands_pid.value == daemon.line.pid, "the last will looks there"
    assert daemon.let_go() == 1


def test_a_question_under_way_is_asked_again(daemon: Daemon, keys: X11Injector) -> None:
    """A life that waits for an answer when hands is lost gets it from the next one."""
    life = daemon.life()
    daemon.hit(signal.SIGSTOP)
    answers: list[dict[str, Any]] = []
    thread = threading.Thread(
        target=lambda: answers.append(life.ask({"do": "press", "key": "a"})), daemon=True
    )
    thread.start()
    daemon.hit(signal.SIGKILL)
    daemon.until(lambda: answers, "the answer of the next hands")
    assert "no" not in answers[0]
    assert keys.held().keys == {keys.code_of("a")}
    daemon.let_go()


def test_a_loss_nobody_waited_in_doubles_nothing(
    daemon: Daemon, keys: X11Injector, screen: Desktop
) -> None:
    """A life that asked nothing while hands was lost has its next wish done once."""
    life = daemon.life()
    with witness(screen.display, focus=False) as window:
        keys.move(*window.center)
        for _ in range(2):
            pid = daemon.hit(signal.SIGKILL)
            daemon.until(lambda: daemon.line.pid not in {None, pid}, "another")  # noqa: B023
            daemon.up()
        daemon.ask(life, do="scroll", dx=0, dy=1)
        daemon.ask(life, do="pointer")
        assert window.heard() == ["press button 4", "release button 4"]


@pytest.mark.parametrize("everything", [False, True])
def test_a_frozen_hands_holds_nobody_up(
    daemon: Daemon, keys: X11Injector, *, everything: bool
) -> None:
    """Without an answer in time it is ended, and the daemon does what it was asked to, itself."""
    life = daemon.life()
    daemon.ask(life, do="press", key="a")
    keys.press(keys.code_of("x"))
    pid = daemon.hit(signal.SIGSTOP)
    assert daemon.let_go(everything=everything) == 1 + everything
    assert keys.held().keys == (set() if everything else {keys.code_of("x")})
    assert not alive(pid)
    keys.release(keys.code_of("x"))
    daemon.up()


def test_without_hands_it_is_done_at_once(keys: X11Injector) -> None:
    """Before hands was started, or while there is none, the answer needs no waiting."""
    daemon = Daemon()
    daemon.memory.ledger[keys.code_of("a")] = 1
    keys.press(keys.code_of("a"))
    assert daemon.let_go() == 1
    assert len(keys.held()) == 0
    assert daemon.line.waitables() == []
    daemon.line.end(1.0)


def test_a_hands_that_keeps_dying_is_not_started_at_full_speed(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two starts there is a pause, and in it letting go still works."""
    monkeypatch.setattr(hands_line, "_RESTART_SECONDS", 30.0)
    pid = daemon.hit(signal.SIGKILL)
    daemon.until(lambda: daemon.line.pid is None, "the loss")
    assert not alive(pid)
    assert "lost" in daemon.line.trouble
    seconds = daemon.line.seconds_left()
    assert seconds is not None
    assert 20.0 < seconds <= 30.0
    assert daemon.let_go() == 0
    monkeypatch.setattr(hands_line, "_RESTART_SECONDS", 0.0)
    daemon.up()


def test_a_start_that_fails_is_tried_again(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process can be had for a moment the daemon lives on and tries once more."""
    failures = [OSError("no more processes")] * 2
    make = SPAWN.Process

    def process(**options: Any) -> Any:  # noqa: ANN401  whatever the library makes
        made = make(**options)
        if failures:
            monkeypatch.setattr(made, "start", fail)
        return made

    def fail() -> None:
        raise failures.pop()

    monkeypatch.setattr(SPAWN, "Process", process)
    monkeypatch.setattr(hands_line, "_RESTART_SECONDS", 0.01)
    pid = daemon.hit(signal.SIGKILL)
    daemon.until(lambda: daemon.line.pid not in {None, pid}, "the next hands")
    daemon.up()
    assert failures == []


def test_a_detached_life_is_let_go_and_forgotten(daemon: Daemon, keys: X11Injector) -> None:
    """When a life's end and ours are closed hands lets its keys go by itself."""
    life = daemon.life()
    daemon.ask(life, do="press", key="a")
    daemon.line.detach(1)
    daemon.line.detach(1)
    daemon.ends[0].close()
    eventually(lambda: len(keys.held()) == 0, what="the release")


@pytest.mark.parametrize("state", ["well", "frozen", "dead"])
def test_the_end_leaves_nothing_down(keys: X11Injector, state: str) -> None:
    """Hands leaves with everything up; if it cannot, it is done for it. Ending twice is fine."""
    daemon = Daemon()
    daemon.line.start()
    daemon.up()
    daemon.ask(daemon.life(), do="press", key="a")
    pid = daemon.line.pid or 0
    if state != "well":
        daemon.hit(signal.SIGSTOP if state == "frozen" else signal.SIGKILL)
    daemon.line.end(0.2 if state == "frozen" else 5.0)
    daemon.line.end(0.2)
    assert len(keys.held()) == 0
    assert not alive(pid)
    assert daemon.line.waitables() == []
    assert daemon.line.seconds_left() is None
    daemon.ends[0].close()
