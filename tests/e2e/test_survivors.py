"""What if one of our processes is killed or frozen? The others go on, and it is replaced."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.desktop import Desktop, eventually
from tests.running import Document, Running, alive, make_bot, x_keys
from traybot.system.x11_input import X11Injector

pytestmark = pytest.mark.e2e

#: Generous: the machine may be busy with other work.
SECONDS = 15.0
#: A key that a dead process held must be up by then.
UP_SECONDS = 1.0

WATCHED = '[[watch]]\nname = "never"\nkind = "timer"\nafter = "1h"\nevery = "20ms"\n'
#: Goes round with two keys down, and reads the settings in each round.
PLAYS = """
def play(bot):
    while True:
        with bot.keys.hold("a", "shift"):
            bot.count("rounds")
            bot.count("read" if bot._line.share.settings() else "unread")
            bot.sleep(0.02)
"""
#: Holds two keys until a file appears, then another one.
HOLDS = """
import pathlib
def play(bot):
    with bot.keys.hold("a", "shift"):
        while not pathlib.Path("go").exists():
            bot.sleep(0.01)
    with bot.keys.hold("b"):
        bot.sleep(3600)
"""
SPINS = """
def play(bot):
    with bot.keys.hold("a", "shift"):
        while True:
            pass
"""


class Survivor(Running):
    """A daemon of which the test kills parts."""

    def pid(self, name: str) -> int:
        """Wait until there is a process of that name; give its number."""
        return eventually(lambda: self.status()["pids"].get(name, 0), SECONDS, f"the {name}")

    def hit(self, name: str, number: int = signal.SIGKILL) -> int:
        """Send a process a signal; give which it was."""
        pid = self.pid(name)
        os.kill(pid, number)
        if number == signal.SIGKILL:
            eventually(lambda: not alive(pid), what=f"the end of the {name}")
        return pid

    def replaced(self, name: str, pid: int) -> int:
        """Wait until another process has the name; give its number."""
        others = lambda: self.status()["pids"].get(name, pid) != pid  # noqa: E731
        eventually(others, SECONDS, f"another {name}")
        return self.pid(name)

    def count(self, name: str) -> float:
        """Give one of the bot's counters."""
        return float(self.status()["counters"].get(name, 0))

    def goes_round(self, name: str = "rounds", times: int = 5) -> None:
        """Wait until the routine has gone round so many times more."""
        goal = self.count(name) + times
        eventually(lambda: self.count(name) >= goal, SECONDS, f"{times} more {name}")


@contextmanager
def daemon(*arguments: str) -> Iterator[Survivor]:
    """A daemon that must leave in order, with nothing held and nobody left."""
    with Survivor(*arguments) as running:
        yield running
        summary = running.end()
    assert running.process.returncode == 0, running.errors
    assert (summary["held_left"], summary["children_left"]) == (0, 0)
    assert "Traceback" not in running.errors


@pytest.fixture
def keys(desktop: Desktop) -> Iterator[X11Injector]:
    """What the X server itself says is held."""
    with x_keys() as keys:
        yield keys


def none_held(keys: X11Injector) -> None:
    """Wait until nothing is down."""
    eventually(lambda: len(keys.held()) == 0, UP_SECONDS, "every key up")


def test_a_killed_manager_goes_unnoticed(home: Path, keys: X11Injector) -> None:
    """The routine plays on, in the same life, and can read the settings again a moment later."""
    make_bot(home, "player", PLAYS, WATCHED)
    with daemon("player") as running:
        running.goes_round("read")
        routine = running.pid("routine")
        manager = running.hit("manager")
        running.goes_round()
        running.replaced("manager", manager)
        running.goes_round("read")
        status = running.status()
        assert (status["phase"], status["life"], status["deaths"]) == ("running", 1, 0)
        assert running.pid("routine") == routine


def test_a_killed_hands_leaves_nothing_down(home: Path, keys: X11Injector) -> None:
    """What it held is up at once; another takes its place, and the same life presses on."""
    folder = make_bot(home, "player", HOLDS, WATCHED)
    with daemon("player") as running:
        eventually(lambda: len(keys.held()) == 2, SECONDS, "two keys held")
        routine = running.pid("routine")
        hands = running.hit("hands")
        none_held(keys)
        running.replaced("hands", hands)
        (folder / "go").touch()
        eventually(lambda: keys.held().keys == {keys.code_of("b")}, SECONDS, "the next press")
        assert running.pid("routine") == routine
        assert running.status()["input"] == "ok"


def test_a_killed_deathwatch_is_replaced(home: Path, keys: X11Injector) -> None:
    """The routine stands still until the next one watches, and goes on in the same life."""
    make_bot(home, "player", PLAYS, WATCHED)
    with daemon("player") as running:
        running.goes_round()
        deathwatch = running.hit("deathwatch")
        running.heard("deathwatch_lost")
        running.replaced("deathwatch", deathwatch)
        running.goes_round()
        status = running.status()
        assert (status["phase"], status["life"]) == ("running", 1)


def test_a_killed_forkserver_takes_its_children_and_all_come_back(
    home: Path, keys: X11Injector
) -> None:
    """Routine and deathwatch die with it, nothing stays down, and both live again on a new one."""
    make_bot(home, "player", PLAYS, WATCHED)
    with daemon("player") as running:
        running.goes_round()
        old = {name: running.pid(name) for name in ("routine", "deathwatch")}
        server = running.hit("forkserver")
        eventually(lambda: not any(map(alive, old.values())), what="the end of its children")
        for name, pid in old.items():
            running.replaced(name, pid)
        running.replaced("forkserver", server)
        running.goes_round()
        assert running.status()["phase"] == "running"


def test_a_forkserver_killed_in_idleness_is_replaced(home: Path, keys: X11Injector) -> None:
    """The next start makes a new one."""
    make_bot(home, "player", PLAYS)
    with daemon() as running:
        server = running.hit("forkserver")
        assert running.ask("start", bot="player")["ok"]
        running.goes_round()
        assert running.pid("forkserver") != server


def test_a_killed_routine_comes_back_by_policy(home: Path, keys: X11Injector) -> None:
    """Its keys are up, it is tried again after growing waits, and then it plays."""
    make_bot(home, "player", SPINS, WATCHED)
    with daemon("player") as running:
        for wait in (0.5, 1.0):
            eventually(lambda: len(keys.held()) == 2, SECONDS, "two keys held")
            running.hit("routine")
            backoff = running.heard("backoff")
            assert backoff["seconds"] == wait
            assert "killed by signal 9" in backoff["why"]
            none_held(keys)
        eventually(lambda: len(keys.held()) == 2, SECONDS, "two keys held again")
        assert running.status()["life"] == 3


def test_everybody_killed_at_once_comes_back(home: Path, keys: X11Injector) -> None:
    """Of all processes but the daemon none survives, and a moment later the bot plays again."""
    make_bot(home, "player", PLAYS, WATCHED)
    names = ("hands", "manager", "forkserver", "deathwatch", "routine")
    with daemon("player") as running:
        running.goes_round("read")
        pids = [running.pid(name) for name in names]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for name, pid in zip(names, pids, strict=True):
            running.replaced(name, pid)
        running.goes_round("read")


@pytest.mark.parametrize("frozen", ["routine", "deathwatch", "hands", "manager", "forkserver"])
def test_a_stop_works_whoever_is_frozen(home: Path, keys: X11Injector, frozen: str) -> None:
    """A process that stands still neither delays a stop for long nor survives the daemon."""
    make_bot(home, "player", SPINS, WATCHED)
    with daemon("player") as running:
        eventually(lambda: len(keys.held()) == 2, SECONDS, "two keys held")
        routine = running.pid("routine")
        running.hit(frozen, signal.SIGSTOP)
        assert running.ask("stop")["ok"]
        assert len(keys.held()) == 0
        assert not alive(routine)
        assert running.status()["phase"] == "idle"


def test_a_start_that_hangs_can_be_stopped(home: Path, keys: X11Injector) -> None:
    """With a frozen forkserver no life is born: a stop ends that, and the next start works."""
    make_bot(home, "player", PLAYS, WATCHED)
    with daemon() as running:
        server = running.hit("forkserver", signal.SIGSTOP)
        answers: list[Document] = []
        start = threading.Thread(
            target=lambda: answers.append(running.ask("start", bot="player")), daemon=True
        )
        start.start()
        eventually(lambda: running.status()["phase"] == "starting", SECONDS, "the start")
        assert running.ask("stop")["ok"]
        start.join(SECONDS)
        assert answers[0]["ok"] is False
        assert running.ask("start", bot="player")["ok"]
        running.goes_round()
        assert not alive(server)


def test_pythons_own_helper_may_be_killed(home: Path, keys: X11Injector) -> None:
    """The tracker that the library keeps is started anew when it is needed."""
    make_bot(home, "player", PLAYS)
    with daemon() as running:
        children = psutil.Process(running.process.pid).children()
        (tracker,) = [one for one in children if "resource_tracker" in " ".join(one.cmdline())]
        tracker.kill()
        assert running.ask("start", bot="player")["ok"]
        running.goes_round()


def test_no_zombie_is_left_by_many_ends(home: Path, keys: X11Injector) -> None:
    """Whatever a routine starts, after its stop the daemon has collected it."""
    code = """
    import subprocess
    def play(bot):
        for own in (False, True):
            subprocess.Popen(["sh", "-c", "sleep 3600 & sleep 3600"], start_new_session=own)
        bot.sleep(3600)
    """
    make_bot(home, "player", code)
    with daemon() as running:
        me = psutil.Process(running.process.pid)
        usual = sorted(one.pid for one in me.children())
        for _ in range(3):
            assert running.ask("start", bot="player")["ok"]
            eventually(lambda: len(me.children(recursive=True)) >= len(usual) + 5)
            assert running.ask("stop")["ok"]
            eventually(lambda: _children(me) == usual, what="the usual children")


def _children(process: psutil.Process) -> list[Any]:
    return sorted(one.pid for one in process.children())


@pytest.mark.parametrize("frozen", ["routine", "deathwatch", "hands", "manager", "forkserver"])
def test_a_killed_daemon_takes_the_frozen_with_it(
    home: Path, keys: X11Injector, frozen: str
) -> None:
    """Whoever stood still when the daemon was killed is gone as well, and no key is down."""
    make_bot(home, "player", SPINS, WATCHED)
    running = Survivor("player")
    running.until_up()
    eventually(lambda: len(keys.held()) == 2, SECONDS, "two keys held")
    running.pid("manager")
    pids = list(running.status()["pids"].values())
    running.hit(frozen, signal.SIGSTOP)
    os.kill(running.process.pid, signal.SIGKILL)
    try:
        eventually(lambda: not any(map(alive, pids)), 2.0, "the end of all")
        assert len(keys.held()) == 0
    finally:
        for pid in filter(alive, pids):
            os.kill(pid, signal.SIGKILL)
        running.end()
