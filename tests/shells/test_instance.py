"""Is there at most one daemon, and does its lock die with it and with nothing else?"""

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from traybot.errors import AlreadyRunning
from traybot.shells.instance import InstanceLock

HOLDER = """
import signal, subprocess, sys
from pathlib import Path
from traybot.shells.instance import InstanceLock
lock = InstanceLock(Path(sys.argv[1]))
child = subprocess.Popen(["sleep", "60"], close_fds=False, stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
signal.pause()
"""


@contextmanager
def holder(path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that holds the lock and has a child, whose number comes along."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        try:
            yield process, child
        finally:
            process.kill()
            os.kill(child, signal.SIGKILL)


def test_a_second_is_refused(tmp_path: Path) -> None:
    """While one holds the lock nobody else gets it, in this process or another; then it is free."""
    first = InstanceLock(tmp_path / "lock")
    with pytest.raises(AlreadyRunning, match="one is running"):
        InstanceLock(tmp_path / "lock")
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "lock")]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "AlreadyRunning" in second.stderr
    first.release()
    first.release()
    InstanceLock(tmp_path / "lock").release()


def test_who_only_asks_keeps_no_daemon_from_starting(tmp_path: Path) -> None:
    """The instant for which the asker has the lock is waited out."""
    asker = InstanceLock(tmp_path / "lock")
    end = threading.Timer(0.001, asker.release)
    end.start()
    InstanceLock(tmp_path / "lock").release()
    end.join()


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    """The system takes the lock back at a SIGKILL, though a child of the holder lives on."""
    with holder(tmp_path / "lock") as (process, child):
        with pytest.raises(AlreadyRunning):
            InstanceLock(tmp_path / "lock")
        process.kill()
        process.wait()
        os.kill(child, 0)
        InstanceLock(tmp_path / "lock").release()


def test_what_lies_there_already_is_no_lock(tmp_path: Path) -> None:
    """A file that a dead daemon left, whatever is in it, refuses nobody."""
    (tmp_path / "lock").write_text("4711")
    InstanceLock(tmp_path / "lock").release()


def test_the_file_is_its_owners_only(tmp_path: Path) -> None:
    """Nobody else can hold our lock to keep us out."""
    lock = InstanceLock(tmp_path / "lock")
    assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600
    lock.release()
