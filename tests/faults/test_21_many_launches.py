"""21: many launches at once, after a crash, and during a quit: there is one daemon, always."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.running import alive, traybot
from traybot.errors import TraybotError
from traybot.shells import client
from traybot.shells.paths import find_paths

pytestmark = pytest.mark.e2e

LAUNCHES = 50


@pytest.fixture
def quiet(desktop: Desktop, home: Path) -> Iterator[Path]:
    """A home whose daemon needs no tray; it is told to quit at the test's end."""
    (home / "settings.toml").write_text("[tray]\nenabled = false\n", encoding="utf-8")
    yield home
    traybot("quit")
    eventually(lambda: daemon_pid() is None, 15.0, "the daemon's end")


def daemon_pid() -> int | None:
    """Ask who is there."""
    try:
        pid: int = client.ask(find_paths().socket, {"do": "status"})["pids"]["daemon"]
    except (TraybotError, KeyError):
        return None
    return pid


def launch() -> "subprocess.Popen[str]":
    """Start traybot as a person does, without waiting for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "traybot"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.timeout(150)
def test_of_many_at_once_one_becomes_the_daemon(quiet: Path) -> None:
    """Each exits with 0 and tells of the same one."""
    launched = [launch() for _ in range(LAUNCHES)]
    outputs = [process.communicate(timeout=120)[0] for process in launched]
    assert [process.returncode for process in launched] == [0] * LAUNCHES, outputs
    pid = daemon_pid()
    assert pid is not None
    # A launch returns once a daemon answers; its own, which came too late, may still be leaving.
    eventually(lambda: [one for one in daemons() if alive(one)] == [pid], 15.0, "one daemon")


def test_a_crash_does_not_stand_in_the_next_ones_way(quiet: Path) -> None:
    """The dead daemon's socket and lock are no daemon."""
    assert traybot().returncode == 0
    pid = daemon_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not alive(pid), what="its end")
    assert find_paths().socket.exists()
    assert traybot().returncode == 0
    assert daemon_pid() not in {None, pid}


def test_a_launch_during_a_quit_finds_or_makes_one(quiet: Path) -> None:
    """It ends with 0 and a daemon that answers, or says in one line that one is leaving."""
    assert traybot().returncode == 0
    quitting = subprocess.Popen([sys.executable, "-m", "traybot", "quit"])
    done = traybot()
    quitting.wait(20)
    assert done.returncode in {0, 1}
    if done.returncode == 1:
        assert len(done.stderr.strip().splitlines()) == 1
        assert done.stderr.startswith("traybot: cannot")
    assert traybot().returncode == 0
    eventually(lambda: daemon_pid() is not None, 10.0, "a daemon")


def daemons() -> list[int]:
    """Every process with this home that runs a daemon, by the kernel's table."""
    home = os.environ["TRAYBOT_HOME"].encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if entry.name.isdigit() and b"TRAYBOT_HOME=" + home in environment and b"run" in words:
            found.append(int(entry.name))
    return found
