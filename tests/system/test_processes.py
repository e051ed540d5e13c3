"""Is a process held so that nothing else is ever hit, and its end never missed?"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait

import psutil
import pytest

from tests.desktop import eventually
from tests.running import alive, environment
from traybot.system.base import LIFE_MARK, MARK, Processes
from traybot.system.linux import LinuxProcesses
from traybot.system.lives_over import ALL_OVER, LivesOver, life_mark, read_life_mark
from traybot.system.macos_processes import MacProcesses

LEADER = """
import os, signal, subprocess, sys
child = subprocess.Popen(["sleep", "3600"], start_new_session="apart" in sys.argv)
print(child.pid, flush=True)
if "leave" in sys.argv:
    sys.stdin.read()
    os._exit(0)
signal.pause()
"""


class Pidfd:
    """Stands for macOS's kernel queue: readable at a process's end, as that is."""

    def __init__(self, pid: int) -> None:
        self._fd = os.pidfd_open(pid)

    def fileno(self) -> int:
        """The descriptor."""
        return self._fd

    def close(self) -> None:
        """Close it."""
        os.close(self._fd)


@pytest.fixture(params=["linux", "macos"])
def processes(request: pytest.FixtureRequest) -> Processes:
    """Both ways to own processes by groups; macOS's with Linux's own watch on an end."""
    return LinuxProcesses() if request.param == "linux" else MacProcesses(Pidfd)


@contextmanager
def leader(*arguments: str, group: bool = True) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process with a child in its group; the child's number comes along."""
    process = subprocess.Popen(
        [sys.executable, "-c", LEADER, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=group,
    )
    with process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        try:
            yield process, child
        finally:
            for pid in (process.pid, child):
                if alive(pid):
                    os.kill(pid, signal.SIGKILL)


def test_who_is_gone_cannot_be_held(processes: Processes) -> None:
    """A number without a process is said to be so."""
    process = subprocess.Popen(["true"])
    process.wait()
    with pytest.raises(ProcessLookupError):
        processes.handle(process.pid)


def test_a_kill_hits_the_whole_group(processes: Processes) -> None:
    """The process and what it started are gone, and again nothing happens."""
    with leader() as (process, child):
        handle = processes.handle(process.pid)
        handle.kill()
        assert process.wait(10.0) == -signal.SIGKILL
        eventually(lambda: not alive(child), what="the child's end")
        handle.kill()
        handle.close()
        handle.close()
        handle.kill()


def test_a_group_is_frozen_and_thawed(processes: Processes) -> None:
    """Both the process and what it started stand still and go on."""
    with leader() as (process, child):
        handle = processes.handle(process.pid)
        both = [psutil.Process(pid) for pid in (process.pid, child)]
        handle.suspend()
        eventually(lambda: {one.status() for one in both} == {psutil.STATUS_STOPPED})
        handle.resume()
        eventually(lambda: psutil.STATUS_STOPPED not in {one.status() for one in both})
        handle.close()


def test_who_leads_no_group_is_hit_alone() -> None:
    """A process that is in our own group still does not take us with it."""
    with leader(group=False) as (process, child):
        handle = LinuxProcesses().handle(process.pid)
        handle.kill()
        assert process.wait(10.0) == -signal.SIGKILL
        assert alive(child)
        handle.close()


def test_what_is_left_of_a_group_is_hit_when_its_leader_is_gone(processes: Processes) -> None:
    """A leader that has ended and was collected may have left members behind."""
    with leader("leave") as (process, child):
        handle = processes.handle(process.pid)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10.0) == 0
        assert alive(child)
        handle.kill()
        eventually(lambda: not alive(child), what="the member's end")
        handle.close()


def test_older_kernels_hit_the_group_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel cannot signal a group by pidfd, a living leader's group is hit by number."""
    send = signal.pidfd_send_signal

    def old(fd: int, number: int, info: object = None, flags: int = 0) -> None:
        if flags:
            raise OSError(22, "Invalid argument")
        send(fd, number)

    monkeypatch.setattr(signal, "pidfd_send_signal", old)
    with leader() as (process, child):
        handle = LinuxProcesses().handle(process.pid)
        handle.kill()
        assert process.wait(10.0) == -signal.SIGKILL
        eventually(lambda: not alive(child), what="the child's end")
        handle.kill()
        handle.close()


def test_an_end_can_be_waited_for(processes: Processes) -> None:
    """The handle gets readable when the process is gone, not before, and stays so."""
    with leader() as (process, _):
        handle = processes.handle(process.pid)
        assert not wait([handle.fileno()], 0)
        process.kill()
        assert wait([handle.fileno()], 10.0)
        process.wait()
        assert wait([handle.fileno()], 0)
        handle.close()


def test_marked_processes_are_found_and_ended(processes: Processes) -> None:
    """Those with the very mark, and no others; ourselves never."""
    token = f"test-{os.getpid()}"
    sleeps = ["sleep", "3600"]
    with (
        subprocess.Popen(sleeps, env=environment(**{MARK: token}), start_new_session=True) as ours,
        subprocess.Popen(sleeps, env=environment(**{MARK: token + "x"})) as other,
        subprocess.Popen(sleeps) as plain,
    ):
        eventually(lambda: ours.pid in processes.marked(token), what="the mark")
        assert processes.marked(token) == [ours.pid]
        assert processes.end_marked(token) == 1
        assert ours.wait(10.0) == -signal.SIGKILL
        assert processes.marked(token) == []
        for process in (other, plain):
            assert process.poll() is None
            process.kill()


def test_what_leaves_the_group_is_hit_too_where_it_is_looked_for() -> None:
    """A kill on macOS goes by descent too: a child in a session of its own dies with its life."""
    with leader("apart") as (process, child):
        handle = MacProcesses(Pidfd).handle(process.pid)
        handle.kill()
        process.wait(10.0)
        eventually(lambda: not alive(child), what="the child's end")
        handle.close()


def test_a_request_to_leave_is_one_that_can_be_heard(processes: Processes) -> None:
    """The whole group gets SIGTERM."""
    with leader() as (process, child):
        handle = processes.handle(process.pid)
        handle.ask()
        assert process.wait(10.0) == -signal.SIGTERM
        eventually(lambda: not alive(child), what="the child's end")
        handle.close()


def test_a_program_that_lost_its_life_is_found_by_its_mark() -> None:
    """Without adoption orphans are found by their mark; who still has a parent is spared."""
    token, processes = f"test-{os.getpid()}", MacProcesses(Pidfd)
    marked = environment(**{MARK: token, LIFE_MARK: f"{token}:routine:1"})
    orphan = """
import subprocess, os
quiet = subprocess.DEVNULL
left = subprocess.Popen(["sleep", "3600"], start_new_session=True, stdout=quiet, stderr=quiet)
print(left.pid, flush=True)
os._exit(0)
"""
    kept = subprocess.Popen(["sleep", "3600"], env=marked)
    try:
        done = subprocess.run(
            [sys.executable, "-c", orphan], env=marked, capture_output=True, check=True, text=True
        )
        left = int(done.stdout)
        if psutil.Process(left).ppid() == 1:
            assert processes.end_orphans(token, (), LivesOver(0)).ended == 0, "it is not over"
            assert processes.end_orphans(token, {left}, ALL_OVER).ended == 0, "it is spared"
            assert processes.end_orphans(token, (), LivesOver(1)).ended == 1
        else:  # whoever runs the tests has adopted it
            psutil.Process(left).kill()
        eventually(lambda: not alive(left), what="the orphan's end")
        assert kept.poll() is None
    finally:
        kept.kill()
        kept.wait()


def test_orphans_of_lives_are_ended_and_no_other_children() -> None:
    """A life's number in its mark counts; who is spared, or whose life still is, lives on."""
    token, processes = f"test-{os.getpid()}", LinuxProcesses()
    marked, next_one = (
        environment(**{MARK: token, LIFE_MARK: life_mark(token, "routine", life)})
        for life in (1, 2)
    )
    sleeps = ["sleep", "3600"]
    with (
        subprocess.Popen(sleeps, env=marked) as orphan,
        subprocess.Popen(sleeps, env=marked) as spared,
        subprocess.Popen(sleeps, env=next_one) as living,
        subprocess.Popen(sleeps, env=environment(**{MARK: token})) as helper,
    ):
        eventually(lambda: {orphan.pid, spared.pid, living.pid} <= set(processes.marked(token)))
        nobody, first = LivesOver(2, frozenset({1, 2})), LivesOver(2, frozenset({2}))
        assert processes.end_orphans(token, {spared.pid}, nobody).ended == 0, "both lives go on"
        assert processes.end_orphans("another", {spared.pid}, ALL_OVER).ended == 0, "not ours"
        assert processes.end_orphans(token, {spared.pid}, first).ended == 1
        assert not alive(orphan.pid)
        for process in (spared, living, helper):
            assert process.poll() is None
            process.kill()


def test_who_carries_no_number_must_have_begun_before_the_end() -> None:
    """What tells of no life is judged by its birth; a mark that is no player's as well."""
    assert read_life_mark("t:routine:7", "t") == (True, 7)
    assert read_life_mark("t:recovery:8", "t") == (True, 8)
    assert read_life_mark("t:deathwatch:7", "t") == (True, None)
    assert read_life_mark("t:routine:x", "t") == (True, None)
    assert read_life_mark("other:routine:7", "t")[0] is False
    assert read_life_mark("", "t")[0] is False
    over = LivesOver(3, frozenset({3}), before=10.0)
    assert over.hold(None, born=9.0)
    assert not over.hold(None, born=11.0)
    assert over.hold(2, born=11.0)
    assert not over.hold(3, born=9.0)
    assert not over.hold(4, born=9.0), "it began after this was asked"


DIES_WITH_THREAD = """
import os, subprocess, sys, threading
code = '''
import os, signal, sys
from traybot.system.linux import LinuxProcesses
from traybot.system.lives_over import ALL_OVER, LivesOver, life_mark, read_life_mark
LinuxProcesses().die_with_parent(signal.SIGKILL)
print("ready", flush=True)
signal.pause()
'''
def work():
    global child
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    child.stdout.readline()
    print(child.pid, flush=True)
    sys.stdin.readline()
thread = threading.Thread(target=work)
thread.start()
thread.join()
print(child.wait(), flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("who", ["thread", "process"])
def test_a_child_dies_with_whoever_started_it(who: str) -> None:
    """The kernel ends it at the end of the thread that made it, and so at a SIGKILL of all."""
    with subprocess.Popen(
        [sys.executable, "-c", DIES_WITH_THREAD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert alive(child)
        if who == "thread":
            process.stdin.write("\n")
            process.stdin.flush()
            assert int(process.stdout.readline()) == -signal.SIGKILL
        process.kill()
        eventually(lambda: not alive(child), what="the child's end")


@pytest.mark.parametrize("name", ["linux.LinuxProcesses", "macos_processes.MacProcesses"])
def test_a_process_can_leave_its_group(name: str) -> None:
    """It leads a session of its own then; who leads one already is left in peace."""
    module, _, kind = name.partition(".")
    code = f"""
import os
from traybot.system.{module} import {kind}
{kind}().own_group()
{kind}().own_group()
print(os.getpid() == os.getpgid(0) == os.getsid(0))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "True"
