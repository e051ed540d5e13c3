"""Is a life's end seen before its memory is taken down, and is nothing of it left soon after?"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

import pytest

from tests.desktop import eventually
from tests.running import alive
from traybot.system import linux_heir
from traybot.system.linux import LinuxHandle, LinuxProcesses
from traybot.system.lives_over import ALL_OVER, LivesOver

#: Leaves an heir, tells its number, and waits; its output is one of the files that end with it.
LIFE = """
import os, signal, sys
from pathlib import Path
from traybot.system import linux_heir
line = int(sys.argv[1])
assert linux_heir.leave_heir(line)
os.close(line)
try:
    os.waitpid(-1, os.WNOHANG)
    print("a child to wait for", flush=True)
except ChildProcessError:
    heir = "".join(
        (task / "children").read_text() for task in Path("/proc/self/task").iterdir()
    ).strip()
    print(heir, flush=True)
signal.pause()
"""

PR_SET_CHILD_SUBREAPER = 36

pytestmark = pytest.mark.skipif(
    os.uname().machine != "x86_64", reason="there are no heirs on this machine"
)


@dataclass
class Lived:
    """A life with an heir, held by the one who watches over it."""

    process: subprocess.Popen[str]
    heir: int
    #: Closing it is the end of the one who watches.
    our_end: int

    def die(self) -> None:
        """End the life by its group, and see it gone."""
        handle = LinuxHandle(self.process.pid)
        handle.kill()
        assert wait([handle.fileno()], 10.0)
        handle.close()
        self.process.wait()


@pytest.fixture
def line() -> Iterator[tuple[int, int]]:
    """The pipe whose writing end is the watcher's, to whom orphans are handed."""
    LinuxProcesses().adopt_orphans()
    theirs, ours = os.pipe()
    yield theirs, ours
    for end in (theirs, ours):
        with contextlib.suppress(OSError):
            os.close(end)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


@contextlib.contextmanager
def living(theirs: int, ours: int) -> Iterator[Lived]:
    """A life that has left an heir."""
    with subprocess.Popen(
        [sys.executable, "-c", LIFE, str(theirs)],
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=[theirs],
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        one = Lived(process, int(process.stdout.readline()), ours)
        yield one
        for pid in (process.pid, one.heir):
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(one.heir, 0)


@pytest.fixture
def lived(line: tuple[int, int]) -> Iterator[Lived]:
    """A life with an heir."""
    with living(*line) as one:
        yield one


def test_an_heir_outlives_its_life_until_it_is_swept(lived: Lived) -> None:
    """A kill of the life's group spares the heir; a sweep ends and collects it, and is done."""
    lived.die()
    assert alive(lived.heir)
    processes = LinuxProcesses()
    # Until it is due whoever waits for the life's end has the processor.
    assert processes.end_orphans("a test", (), LivesOver(1, before=1e12)).more
    assert alive(lived.heir)
    eventually(lambda: not processes.end_orphans("a test", (), LivesOver(1, before=0)).more)
    assert not Path(f"/proc/{lived.heir}").exists(), "it was not collected"


def test_when_the_daemon_leaves_no_heir_stays(lived: Lived) -> None:
    """The last sweep waits for nothing."""
    lived.die()
    processes = LinuxProcesses()
    eventually(lambda: not processes.end_orphans("a test", (), ALL_OVER).more, what="its end")
    assert not alive(lived.heir)


def test_an_heir_goes_with_the_daemon(lived: Lived) -> None:
    """Where nobody is left to sweep the kernel ends it, with its life or without."""
    os.close(lived.our_end)
    eventually(lambda: not alive(lived.heir), what="the heir's end")
    assert lived.process.poll() is None, "the life itself has its own tie"


def test_all_heirs_go_with_the_daemon(line: tuple[int, int]) -> None:
    """That of a life that is over, too: each is told by itself, though all have the same line."""
    with living(*line) as first, living(*line) as second:
        first.die()
        os.close(line[1])
        eventually(lambda: not (alive(first.heir) or alive(second.heir)), what="their end")


def test_an_heir_keeps_nothing_open(lived: Lived) -> None:
    """What the life had open is closed when it is gone, though the heir is there."""
    files = list(Path(f"/proc/{lived.heir}/fd").iterdir())
    assert len(files) == 1, files
    lived.die()
    assert lived.process.stdout is not None
    assert lived.process.stdout.read() == ""
    assert alive(lived.heir)


def test_an_heir_hears_no_signal(lived: Lived) -> None:
    """It runs nothing of the life's, so that no handler of the life's may run in it."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGCHLD):
        os.kill(lived.heir, number)
    status = Path(f"/proc/{lived.heir}/status").read_text()
    blocked = int(status.partition("SigBlk:")[2].split()[0], 16)
    assert blocked & 1 << signal.SIGTERM - 1
    assert alive(lived.heir)
    assert lived.process.poll() is None


def test_an_heir_is_known_by_its_name(lived: Lived) -> None:
    """A list of processes tells what it is."""
    assert Path(f"/proc/{lived.heir}/comm").read_text().strip() == linux_heir.NAME


def test_without_an_heir_a_life_lives_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the machine is another one it is said that there is none, and nothing is harmed."""
    monkeypatch.setattr(linux_heir, "_PAUSE", {})
    theirs, ours = os.pipe()
    assert not linux_heir.leave_heir(theirs)
    os.write(ours, b"x")
    assert os.read(theirs, 1) == b"x", "our own files are as they were"
    os.close(theirs)
    os.close(ours)
