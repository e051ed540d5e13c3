"""Do the faults that chance has found stay mended? Each with the blows that showed it."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running, environment, make_bot
from traybot.shells import forkserver
from traybot.shells.paths import find_paths

pytestmark = pytest.mark.e2e

SECONDS = 15.0
SLEEPS = """
def play(bot):
    bot.sleep(3600)
"""
#: Has the server of lives, once a flag is there, die with a life born and its number not yet told.
DIES_AFTER_BIRTH = """
import os, pathlib, signal, sys
if "multiprocessing.forkserver" in " ".join(sys.orig_argv):
    fork, flag = os.fork, pathlib.Path({flag!r})
    def fork_and_die():
        last = flag.exists()
        child = fork()
        if last and child:
            flag.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return child
    os.fork = fork_and_die
"""
#: Has the server of lives, while a flag is there, take it away and load for a minute.
LOADS_SLOWLY = """
import pathlib, sys, time
flag = pathlib.Path({flag!r})
if "multiprocessing.forkserver" in " ".join(sys.orig_argv) and flag.exists():
    flag.unlink()
    end = time.monotonic() + 60.0
    while time.monotonic() < end:
        pass
"""


def zombies(parent: int) -> list[int]:
    """Give the processes that a process has not collected; who goes meanwhile is none."""
    return [
        child.pid
        for child in psutil.Process(parent).children()
        if child.is_running() and _state(child) == psutil.STATUS_ZOMBIE
    ]


def _state(process: psutil.Process) -> str:
    try:
        return str(process.status())
    except psutil.NoSuchProcess:
        return ""


def test_a_life_that_dies_with_its_server_is_collected(home: Path, desktop: Desktop) -> None:
    """Killed with the server that would have collected it, a life is handed to the daemon."""
    make_bot(home, "sleeps", SLEEPS)
    with Running("sleeps") as running:
        for _ in range(5):
            started = lambda: "routine" in running.status()["pids"]  # noqa: E731
            eventually(started, SECONDS, "the routine")
            pids = running.status()["pids"]
            # Stopped, the server cannot collect; then it dies.
            os.kill(pids["forkserver"], signal.SIGSTOP)
            os.kill(pids["routine"], signal.SIGKILL)
            eventually(lambda: running.status()["phase"] == "backoff", SECONDS, "the loss")
            os.kill(pids["forkserver"], signal.SIGKILL)
            eventually(lambda: not zombies(running.process.pid), SECONDS, "no zombie")
            assert running.ask("stop")["ok"]
            assert running.ask("start", bot="sleeps")["ok"]


def test_a_grandchild_that_outlived_its_life_dead_is_collected(
    home: Path, desktop: Desktop
) -> None:
    """In a session of its own, and dead before its life was, it is handed to the daemon as well."""
    code = """
    import subprocess
    def play(bot):
        subprocess.Popen(["true"], start_new_session=True)
        # A younger one could be one whose number the daemon has not noted yet.
        bot.sleep(1.2)
        bot.count("started")
        bot.sleep(3600)
    """
    make_bot(home, "leaves", code)
    with Running("leaves") as running:
        started = lambda: running.status()["counters"].get("started")  # noqa: E731
        for _ in range(2):
            eventually(started, SECONDS, "the grandchild")
            assert running.ask("stop")["ok"]
            eventually(lambda: not zombies(running.process.pid), SECONDS, "no zombie")
            assert running.ask("start", bot="leaves")["ok"]


def test_a_killed_server_leaves_no_socket(home: Path, desktop: Desktop) -> None:
    """However often the server of lives is killed, there is one socket of one server."""
    make_bot(home, "sleeps", SLEEPS)
    with Running("sleeps") as running:
        for _ in range(3):
            eventually(lambda: running.status()["phase"] == "running", SECONDS, "play")
            os.kill(running.status()["pids"]["forkserver"], signal.SIGKILL)
            eventually(lambda: running.status()["phase"] == "backoff", SECONDS, "the loss")
            assert running.ask("stop")["ok"]
            assert running.ask("start", bot="sleeps")["ok"]
        assert len(list((find_paths().runtime / "mp").glob("listener-*"))) == 1


def test_a_life_that_its_dying_server_bears_leaves_nothing(
    home: Path, desktop: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The start is made again; the life that nobody knows leaves no process and no file."""
    flag = tmp_path / "flag"
    (tmp_path / "sitecustomize.py").write_text(DIES_AFTER_BIRTH.format(flag=str(flag)))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    make_bot(home, "sleeps", SLEEPS)
    with Running() as running:
        eventually(lambda: "forkserver" in running.status()["pids"], SECONDS, "the server")
        daemon, before = psutil.Process(running.process.pid), files_of_lives()
        processes = len(daemon.children(recursive=True))
        flag.touch()
        running.ask("start", bot="sleeps")
        eventually(lambda: not flag.exists(), SECONDS, "the server's death")
        eventually(lambda: running.status()["phase"] == "running", SECONDS, "play")
        assert files_of_lives() > before
        assert running.ask("stop")["ok"]
        gone = lambda: len(daemon.children(recursive=True)) == processes  # noqa: E731
        eventually(gone, SECONDS, "the late life's end")
        assert files_of_lives() == before


def test_a_stop_does_not_wait_for_a_server_that_is_loading(
    home: Path, desktop: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is born yet, so nobody need be: it is answered at once, and the next start plays."""
    flag = tmp_path / "flag"
    (tmp_path / "sitecustomize.py").write_text(LOADS_SLOWLY.format(flag=str(flag)))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    make_bot(home, "sleeps", SLEEPS)
    flag.touch()
    with Running() as running, ThreadPoolExecutor(1) as another:
        eventually(lambda: not flag.exists(), SECONDS, "the server's loading")
        start = another.submit(running.ask, "start", bot="sleeps")
        eventually(lambda: running.status()["phase"] == "starting", SECONDS, "the start")
        began = time.monotonic()
        assert running.ask("stop")["ok"]
        # A warm server that hangs is given a second, and so was one that loads.
        assert time.monotonic() - began < 1.0
        assert not start.result(SECONDS)["ok"]
        assert running.status()["phase"] == "idle"
        assert running.ask("start", bot="sleeps")["ok"]
        assert running.status()["phase"] == "running"


def test_a_killed_daemon_leaves_no_file_of_its_lives_to_the_next(
    home: Path, desktop: Desktop
) -> None:
    """Nobody takes them when it is killed; the next daemon does, whatever its lives are called."""
    make_bot(home, "sleeps", SLEEPS)
    with Running("sleeps") as running:
        eventually(lambda: running.status()["phase"] == "running", SECONDS, "play")
        assert files_of_lives()
        running.process.kill()
    with Running():
        assert not files_of_lives()


def files_of_lives() -> set[str]:
    """Name what lies in the run folder for lives to write into."""
    return {file.name for file in find_paths().runtime.rglob("*-*.txt")}


def test_a_server_killed_at_rest_is_replaced(home: Path, desktop: Desktop) -> None:
    """The status names no process that is not there, and the next start finds a prepared server."""
    make_bot(home, "sleeps", SLEEPS)
    with Running() as running:
        server = lambda: running.status()["pids"].get("forkserver", 0)  # noqa: E731
        before = eventually(server, SECONDS, "the server")
        os.kill(before, signal.SIGKILL)
        after = eventually(lambda: {server()} - {0, before}, SECONDS, "another one").pop()
        assert not zombies(running.process.pid)
        assert running.ask("start", bot="sleeps")["ok"]
        assert server() == after


def test_a_server_that_is_slow_is_no_server_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a server that works is waited for; one that stands still is ended."""
    monkeypatch.setattr(forkserver, "_RAN", {})
    works = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    monkeypatch.setattr(forkserver, "pid", lambda: works.pid)
    try:
        ran = lambda: sum(psutil.Process(works.pid).cpu_times()[:2])  # noqa: E731
        eventually(lambda: ran() > 0.1, SECONDS, "its work")
        forkserver.unstick()
        eventually(lambda: ran() > 0.3, SECONDS, "more work")
        forkserver.unstick()
        assert works.poll() is None
        works.send_signal(signal.SIGSTOP)
        forkserver.unstick()
        assert works.wait(SECONDS) == -signal.SIGKILL
    finally:
        works.kill()
        works.wait()


def test_the_dead_give_their_descriptors_back(home: Path, desktop: Desktop) -> None:
    """After each stop the daemon has as many open as after the first one."""
    make_bot(home, "sleeps", SLEEPS)
    with Running() as running:
        opened = Path(f"/proc/{running.process.pid}/fd")
        counts: list[int] = []
        for _ in range(4):
            assert running.ask("start", bot="sleeps")["ok"]
            os.kill(running.status()["pids"]["routine"], signal.SIGKILL)
            eventually(lambda: running.status()["phase"] == "backoff", SECONDS, "the loss")
            assert running.ask("stop")["ok"]
            eventually(lambda: len(list(opened.iterdir())) <= min(counts, default=100), SECONDS)
            counts.append(len(list(opened.iterdir())))


def test_a_dead_manager_leaves_no_line_open(home: Path, desktop: Desktop) -> None:
    """However many Managers there were, the daemon has as much open as with the first one."""
    with Running() as running:
        manager = lambda: running.status()["pids"].get("manager", 0)  # noqa: E731
        opened = Path(f"/proc/{running.process.pid}/fd")
        before = eventually(manager, SECONDS, "the Manager")
        count = len(list(opened.iterdir()))
        for _ in range(3):
            os.kill(before, signal.SIGKILL)
            old = {0, before}
            eventually(lambda: manager() not in old, SECONDS, "another")  # noqa: B023  done at once
            before = manager()
            eventually(lambda: len(list(opened.iterdir())) <= count, SECONDS, "all closed")


def test_a_connection_to_the_screen_starts_no_program(tmp_path: Path, desktop: Desktop) -> None:
    """Killed while it runs a program, hands would leave an orphan: python-xlib's `uname -p`."""
    asked = tmp_path / "asked"
    (tmp_path / "uname").write_text(f"#!/bin/sh\ntouch {asked}\n")
    (tmp_path / "uname").chmod(0o755)
    code = "from traybot.system.x11_connection import connect; connect().close()"
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    subprocess.run([sys.executable, "-c", code], env=environment(PATH=path), check=True)
    assert not asked.exists()
