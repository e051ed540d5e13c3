"""What if one of our processes is killed or frozen? The others go on, and it is replaced."""

import os
import signal
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.desktop import eventually
from tests.faults.survivor import (
    OURS,
    PLAYS,
    SECONDS,
    SPINS,
    WATCHED,
    both_held,
    daemon,
)
from tests.running import Document, alive, make_bot
from traybot.system import linux_heir
from traybot.system.x11_input import X11Injector

pytestmark = pytest.mark.e2e


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


def test_everybody_killed_at_once_comes_back(home: Path, keys: X11Injector) -> None:
    """Of all processes but the daemon none survives, and a moment later the bot plays again."""
    make_bot(home, "player", PLAYS, WATCHED)
    with daemon("player") as running:
        running.goes_round("read")
        pids = [running.pid(name) for name in OURS]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for name, pid in zip(OURS, pids, strict=True):
            running.replaced(name, pid)
        running.goes_round("read")


@pytest.mark.parametrize("frozen", OURS)
def test_a_stop_works_whoever_is_frozen(home: Path, keys: X11Injector, frozen: str) -> None:
    """A process that stands still neither delays a stop for long nor survives the daemon."""
    make_bot(home, "player", SPINS, WATCHED)
    with daemon("player") as running:
        both_held(keys)
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
        began = time.monotonic()
        assert running.ask("stop")["ok"]
        # So long a server is given that is neither frozen nor loading.
        assert time.monotonic() - began < 1.0
        start.join(SECONDS)
        assert answers[0]["ok"] is False
        assert running.ask("start", bot="player")["ok"]
        running.goes_round()
        assert not alive(server)


def test_python_needs_no_helper_of_its_own(home: Path, keys: X11Injector) -> None:
    """Whoever is there is in the status, and the routine's heir: the library's tracker is not."""
    make_bot(home, "player", PLAYS)
    with daemon("player") as running:
        running.goes_round()
        children = psutil.Process(running.process.pid).children(recursive=True)
        named = set(running.status()["pids"].values())
        others = [one for one in children if one.pid not in named]
        assert [one.name() for one in others] in ([linux_heir.NAME], [])


#: A frozen process is noticed and replaced within so many seconds (docs/reliability.md); hands and
#: deathwatch are asked each second, the Manager each other second.
NOTICED = {"hands": 2.5, "deathwatch": 4.0, "manager": 4.0}


@pytest.mark.parametrize("frozen", NOTICED)
def test_a_frozen_process_is_noticed_and_replaced(
    home: Path, keys: X11Injector, frozen: str
) -> None:
    """Though nobody asks anything of it: another takes its place, and the same life plays on."""
    make_bot(home, "player", PLAYS, WATCHED)
    with daemon("player") as running:
        running.goes_round("read")
        routine = running.pid("routine")
        began = time.monotonic()
        pid = running.hit(frozen, signal.SIGSTOP)
        eventually(lambda: not alive(pid), SECONDS, "the end of the frozen one")
        assert time.monotonic() - began < NOTICED[frozen] + 1.0
        running.replaced(frozen, pid)
        running.goes_round("read")
        assert (running.pid("routine"), running.status()["life"]) == (routine, 1)


#: Has a deathwatch, while a flag is there, take it away and freeze before it is anything.
FREEZES_AT_BIRTH = """
import os, pathlib, signal, sys
from multiprocessing.process import BaseProcess
flag, begin = pathlib.Path({flag!r}), BaseProcess._bootstrap
def freeze_and_begin(self, *more, **named):
    if self.name.startswith("traybot deathwatch") and flag.exists():
        flag.unlink()
        os.kill(os.getpid(), signal.SIGSTOP)
    return begin(self, *more, **named)
if "multiprocessing.forkserver" in " ".join(sys.orig_argv):
    BaseProcess._bootstrap = freeze_and_begin
"""


def test_a_deathwatch_that_is_frozen_before_it_is_ready_is_replaced(
    home: Path, keys: X11Injector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits as long for it as for one that is slow; the routine plays once it is watched."""
    flag = tmp_path / "flag"
    (tmp_path / "sitecustomize.py").write_text(FREEZES_AT_BIRTH.format(flag=str(flag)))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    make_bot(home, "player", PLAYS, WATCHED)
    flag.touch()
    with daemon() as running:
        began = time.monotonic()
        assert running.ask("start", bot="player")["ok"]
        assert time.monotonic() - began < NOTICED["deathwatch"] + 1.0
        assert not flag.exists()
        assert running.heard("hangs")["child"] == "deathwatch"
        running.goes_round()


def test_a_frozen_daemon_lets_nobody_press(home: Path, keys: X11Injector) -> None:
    """It could not be told to stop: hands lets go after 5 s of silence, and goes on after it."""
    make_bot(home, "player", PLAYS, WATCHED)
    with daemon("player") as running:
        running.goes_round()
        os.kill(running.process.pid, signal.SIGSTOP)
        try:
            eventually(lambda: _up_for(keys, 0.5), 9.0, "no key pressed for half a second")
        finally:
            os.kill(running.process.pid, signal.SIGCONT)
        running.goes_round()
        assert running.status()["life"] == 1


def _up_for(keys: X11Injector, seconds: float) -> bool:
    """Whether nothing is down for a while; a bot that plays presses every 20 ms."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if len(keys.held()):
            return False
    return True
