"""23: whoever attacks the control socket costs its good callers nothing they would notice."""

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.desktop import Desktop
from tests.e2e.shared import SharedDaemon, shared_daemon
from traybot.shells.paths import find_paths

pytestmark = pytest.mark.e2e

LATENCY_SECONDS = 0.1
ASKED = 30


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the daemon of this file keeps its files."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def daemon(desktop: Desktop, home: Path) -> Iterator[SharedDaemon]:
    """A daemon for this file."""
    with shared_daemon(home) as daemon:
        yield daemon


@pytest.fixture
def path(daemon: SharedDaemon, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its socket."""
    monkeypatch.setenv("TRAYBOT_HOME", str(home))
    return find_paths().socket


def shouts(connection: socket.socket) -> None:
    """A line without an end, for as long as it is taken."""
    for _ in range(64):
        connection.sendall(b"x" * 65536)


def stammers(connection: socket.socket) -> None:
    """Half a line, and silence."""
    connection.sendall(b'{"v": 1, "do"')
    connection.recv(1)


def talks_nonsense(connection: socket.socket) -> None:
    """A pickle that would run a program, were it read as one."""
    connection.sendall(b"\x80\x04cposix\nsystem\n\x94\x8c\x04true\x94\x85\x94R\x94.\n")
    connection.recv(65536)


@pytest.mark.parametrize("attack", [shouts, stammers, talks_nonsense])
def test_a_good_caller_waits_no_longer(
    daemon: SharedDaemon, path: Path, attack: Callable[[socket.socket], None]
) -> None:
    """With four attackers at it without a pause an answer takes less than 0.1 s."""
    over = threading.Event()
    attackers = [threading.Thread(target=_attack, args=(path, attack, over)) for _ in range(4)]
    for attacker in attackers:
        attacker.start()
    took = []
    try:
        for _ in range(ASKED):
            began = time.monotonic()
            assert daemon.status()["phase"] == "idle"
            took.append(time.monotonic() - began)
    finally:
        over.set()
        for attacker in attackers:
            attacker.join(10.0)
    assert statistics.median(took) < LATENCY_SECONDS


def _attack(path: Path, attack: Callable[[socket.socket], None], over: threading.Event) -> None:
    while not over.is_set():
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1.0)
            connection.connect(str(path))
            attack(connection)
        # An attacker of the same user cannot be kept from using the processor up.
        over.wait(0.002)


def test_a_thousand_idle_callers_are_no_crowd(daemon: SharedDaemon, path: Path) -> None:
    """They are turned away, or wait at the door; whoever asks is answered."""
    idle = []
    try:
        for _ in range(1000):
            caller = socket.socket(socket.AF_UNIX)
            caller.setblocking(False)  # noqa: FBT003  the library takes no name
            with suppress(BlockingIOError):
                caller.connect(str(path))
            idle.append(caller)
        began = time.monotonic()
        assert daemon.status()["phase"] == "idle"
        assert time.monotonic() - began < 5.0
    finally:
        for caller in idle:
            caller.close()
    assert daemon.status()["phase"] == "idle"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_another_user_is_not_let_in(daemon: SharedDaemon, path: Path) -> None:
    """Neither by the folder's mode nor, were that open, by the kernel's word on who calls."""
    code = f"""
import os, socket
os.setuid(65534)
caller = socket.socket(socket.AF_UNIX)
try:
    caller.connect({str(path)!r})
    caller.sendall(b'{{"v": 1, "do": "status"}}\\n')
    print("answered" if caller.recv(10) else "hung up on")
except OSError as error:
    print(type(error).__name__)
"""
    closed = path.parent.stat().st_mode
    told = [subprocess.check_output([sys.executable, "-c", code], text=True).strip()]
    try:
        path.parent.chmod(0o755)
        path.chmod(0o777)
        told.append(subprocess.check_output([sys.executable, "-c", code], text=True).strip())
    finally:
        path.parent.chmod(closed)
        path.chmod(0o600)
    assert told[0] == "PermissionError"
    assert told[1] in {"hung up on", "BrokenPipeError", "ConnectionResetError", "PermissionError"}
