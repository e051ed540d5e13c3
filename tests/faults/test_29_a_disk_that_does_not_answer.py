"""29: a bot lies where no read comes back, as on a share whose server is gone: only it waits.

The kernel makes such a file for us: whoever opens one on which a lease was taken waits for the
holder, who does not give it back.
"""

import errno
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.shared import IDLE, PLAY, SharedDaemon, shared_daemon
from tests.running import Running, make_bot, traybot

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the daemon of this file keeps its files."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def daemon(desktop: Desktop, home: Path) -> Iterator[SharedDaemon]:
    """One daemon for all."""
    with shared_daemon(home) as daemon:
        yield daemon


@contextmanager
def no_answer_from(file: Path) -> Iterator[None]:
    """Have every attempt to open this file wait."""
    asked_to_give_it_back = signal.signal(signal.SIGIO, signal.SIG_IGN)
    held = os.open(file, os.O_RDWR)
    try:
        try:
            fcntl.fcntl(held, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                raise
            pytest.skip(f"no leases on this file system: {error}")
        yield
    finally:
        os.close(held)
        signal.signal(signal.SIGIO, asked_to_give_it_back)


def test_a_stop_does_not_wait_for_the_disk(daemon: SharedDaemon, home: Path) -> None:
    """The daemon answers, the start is taken back at once, another bot plays meanwhile."""
    silent = make_bot(home, "silent", IDLE, PLAY)
    with no_answer_from(silent / "bot.toml"), ThreadPoolExecutor(1) as another:
        start = another.submit(daemon.ask, "start", bot="silent")
        eventually(lambda: daemon.status()["phase"] == "starting", what="the start")
        began = time.monotonic()
        assert daemon.ask("stop")["code"] == 0
        assert time.monotonic() - began < 1.0
        assert daemon.status()["phase"] == "idle"
        assert start.result(5.0)["code"] != 0
        with daemon.playing(PLAY):
            daemon.reach("running")
    eventually(lambda: daemon.status()["phase"] == "idle", what="the rest")


def test_a_start_from_a_disk_that_does_not_answer_is_refused_in_the_end(
    daemon: SharedDaemon, home: Path
) -> None:
    """After ten seconds, in one line."""
    silent = make_bot(home, "silent again", IDLE, PLAY)
    with no_answer_from(silent / "bot.toml"):
        answer = daemon.ask("start", bot="silent again")
    assert answer["code"] == 5
    assert "its folder does not answer" in answer["text"]


def test_a_quit_does_not_wait_for_the_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They have changed and cannot be read: everything ends all the same."""
    monkeypatch.setenv("TRAYBOT_HOME", str(home / "another"))
    (home / "another").mkdir(mode=0o700)
    settings = home / "another" / "settings.toml"
    settings.write_text("[bots]\n", encoding="utf-8")
    with Running() as daemon, no_answer_from(settings):
        os.utime(settings, (1.0, 1.0))
        eventually(lambda: is_waited_for(settings), 15.0, "a thread that waits")
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.process.wait(5.0) == 0


def is_waited_for(file: Path) -> bool:
    """Whether somebody waits for the holder of a lease on this file."""
    locks = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    number = f":{file.stat().st_ino} "
    return any("BREAKING" in line and number in line for line in locks)


def test_a_pipe_in_the_place_of_a_file_is_no_bot(home: Path, daemon: SharedDaemon) -> None:
    """Nobody waits for somebody who writes into it."""
    folder = make_bot(home, "pipe", IDLE, PLAY)
    (folder / "bot.toml").unlink()
    os.mkfifo(folder / "bot.toml")
    checked = traybot("check", "pipe")
    (line,) = checked.stderr.splitlines()
    assert checked.returncode == 5
    assert "bot.toml: it is not a plain file" in line
    assert daemon.ask("start", bot="pipe")["code"] == 5
