"""How does Linux let us own processes? pidfds, a death signal, and the adoption of orphans.

Facts and their sources: prctl(2) for PR_SET_PDEATHSIG (bound to the parent *thread*) and
PR_SET_CHILD_SUBREAPER, pidfd_open(2) and pidfd_send_signal(2) (the flag for groups came with 6.9).
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Container
from pathlib import Path

from traybot.system import linux_heir
from traybot.system.base import LIFE_MARK, MARK
from traybot.system.lives_over import ALL_OVER, LivesOver, Swept, read_life_mark

assert sys.platform == "linux", "only Linux has what this file is about"

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
#: pidfd_send_signal's flag for "the whole group of this process"; older kernels refuse it.
_PIDFD_SIGNAL_PROCESS_GROUP = 1 << 2


#: How the process of a life is called, with the life's number after it.
_NAME = "traybot"
#: So often a sweep looks again where it found only dead.
_MISSES = 3
#: A sweep takes no longer, even of what forks as fast as it is killed.
_SWEEP_SECONDS = 0.3
#: Who started a process has noted its number long before that.
_NEW_SECONDS = 1.0
#: An heir goes so long after its life: who waits for the life's end has the processor until then.
_HEIR_SECONDS = 0.015


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


class LinuxHandle:
    """A pidfd."""

    def __init__(self, pid: int) -> None:
        """Open it; `ProcessLookupError` if there is no such process."""
        self.pid = pid
        self._fd = os.pidfd_open(pid)

    def fileno(self) -> int:
        """Readable once the process is gone."""
        return self._fd

    def kill(self) -> None:
        """End it and its group."""
        self._signal_group(signal.SIGKILL)

    def ask(self) -> None:
        """Send SIGTERM to it and its group."""
        self._signal_group(signal.SIGTERM)

    def suspend(self) -> None:
        """Stop it and its group."""
        self._signal_group(signal.SIGSTOP)

    def resume(self) -> None:
        """Have it and its group go on."""
        self._signal_group(signal.SIGCONT)

    def _signal_group(self, number: int) -> None:
        """Signal it and, once it leads a group of its own, that group.

        Just forked it is still in the forkserver's group, which must not be hit. When it is gone
        already, what it left in its group is hit still.
        """
        if self._fd < 0:
            return
        try:
            if self._leads_group():
                self._signal_own_group(number)
            else:
                signal.pidfd_send_signal(self._fd, number)
        except ProcessLookupError:
            return

    def signal(self, number: int) -> None:
        """Signal it alone."""
        with contextlib.suppress(ProcessLookupError):
            if self._fd >= 0:
                signal.pidfd_send_signal(self._fd, number)

    def _leads_group(self) -> bool:
        try:
            return os.getpgid(self.pid) == self.pid
        except ProcessLookupError:
            return True

    def _signal_own_group(self, number: int) -> None:
        try:
            signal.pidfd_send_signal(self._fd, number, None, _PIDFD_SIGNAL_PROCESS_GROUP)
        except ProcessLookupError:
            raise
        except OSError:
            # An older kernel. Nothing can take its number between these lines unless it dies just
            # then and the kernel runs through all other numbers: the first proves that it lives.
            signal.pidfd_send_signal(self._fd, 0)
            os.killpg(self.pid, number)

    def reap(self) -> bool:
        """Collect it and what of its group was handed to us; whether some of that still runs."""
        try:
            with contextlib.suppress(ChildProcessError):
                os.waitid(os.P_PIDFD, self._fd, os.WEXITED | os.WNOHANG)
            while os.waitid(os.P_PGID, self.pid, os.WEXITED | os.WNOHANG):
                continue
            return True
        except ChildProcessError:
            # Its parent may die before it has collected it; then it is handed to us.
            return self._is_there()

    def _is_there(self) -> bool:
        """Tell whether it lives, or is dead and nobody has collected it."""
        try:
            signal.pidfd_send_signal(self._fd, 0)
            return True
        except OSError:
            return False

    def close(self) -> None:
        """Close the pidfd."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class LinuxProcesses:
    """The contract `Processes` on Linux."""

    def die_with_parent(self, number: int) -> None:
        """Ask for a signal at the parent thread's death; a fork clears it, so each child asks."""
        _prctl(_PR_SET_PDEATHSIG, number)

    def adopt_orphans(self) -> None:
        """Become a subreaper."""
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)

    def offer_to_be_killed(self) -> None:
        """Raise our score for the kernel's choice; see proc_pid_oom_score_adj(5)."""
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")

    def own_group(self) -> None:
        """Make a session of our own, unless we lead one."""
        with contextlib.suppress(PermissionError):
            os.setsid()

    def handle(self, pid: int, *, outlives: bool = False) -> LinuxHandle:  # noqa: ARG002  whoever is to die with us asks for it itself
        """Open a pidfd."""
        return LinuxHandle(pid)

    def tie(self, pid: int) -> None:
        """Do nothing: a process of ours asks for its death signal itself."""

    def mark_forks(self, life: int) -> None:
        """Name this process by its life: a fork has the name too, but not the new environment."""
        with contextlib.suppress(OSError):
            Path("/proc/self/comm").write_text(f"{_NAME} {life}")

    def leave_heir(self, line: int) -> None:
        """Have the memory taken down after our end, by another."""
        linux_heir.leave_heir(line)

    def end_orphans(self, token: str, spared: Container[int], over: LivesOver) -> Swept:
        """Kill what the lives left behind and we have adopted, and collect it."""
        ended, missed, deadline = 0, 0, time.monotonic() + _SWEEP_SECONDS
        while True:
            left = [
                pid for pid in self._children() if pid not in spared and _is_left(pid, token, over)
            ]
            # Each end may hand us the next generation.
            for pid in left:
                with contextlib.suppress(ProcessLookupError, ChildProcessError):
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
            ended += len(left)
            # Who forks and is gone before we come leaves its dead, and lives on in its child.
            died = self._collect_dead(spared)
            missed += not left
            if not (left or died) or missed > _MISSES or time.monotonic() > deadline:
                heirs = self._end_heirs(over)
                return Swept(ended, more=bool(ended or died or heirs))

    def _collect_dead(self, spared: Container[int]) -> int:
        """Collect who died elsewhere, was handed to us, and is in nobody's books.

        What we have started ourselves is in our session at first, and `spared` a moment later.
        Gives how many have died a moment ago, and are collected later.
        """
        session, old = os.getsid(0), _now() - _NEW_SECONDS
        fresh = 0
        for pid in self._children():
            fields = _read(pid, "stat").rpartition(b")")[2].split()
            dead = fields[:1] == [b"Z"] and int(fields[3]) != session
            if not dead or pid in spared or _is_heir(pid):
                continue
            if _born(pid) >= old:
                fresh += 1
                continue
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        return fresh

    def _end_heirs(self, over: LivesOver) -> bool:
        """Kill the heirs of dead lives, which are ours by now; tell whether one is left."""
        due = over == ALL_OVER or _now() >= over.before + _HEIR_SECONDS
        left = False
        for pid in filter(_is_heir, self._children()):
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                if due:
                    os.kill(pid, signal.SIGKILL)
                left |= os.waitpid(pid, os.WNOHANG) == (0, 0)
        return left

    def end_marked(self, token: str, spared: int = 0) -> int:
        """Look through the process table and kill."""
        pids = [pid for pid in self.marked(token) if pid != spared]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    def marked(self, token: str) -> list[int]:
        """Look through the process table."""
        mine = os.getpid()
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        return [pid for pid in pids if pid != mine and f"{MARK}={token}" in _environment(pid)]

    def _children(self) -> list[int]:
        pids: set[int] = set()
        for task in Path("/proc/self/task").iterdir():
            with contextlib.suppress(OSError):
                pids.update(map(int, (task / "children").read_text().split()))
        return sorted(pids)


def _is_left(pid: int, token: str, over: LivesOver) -> bool:
    """Whether one of these lives started it: by a new program, which has its mark, or by a fork.

    A fork keeps the environment and the command line that the forkserver was started with, and the
    name of the life.
    """
    if _is_heir(pid):
        return False  # it has its own time to go
    marks = _environment(pid)
    for mark in marks:
        name, _, value = mark.partition("=")
        if name == LIFE_MARK:
            ours, life = read_life_mark(value, token)
            return ours and over.hold(life, _born(pid))
    if f"{MARK}={token}" not in marks or b"multiprocessing.forkserver" not in _read(pid, "cmdline"):
        return False
    name, _, number = _read(pid, "comm").decode(errors="replace").strip().partition(" ")
    life = int(number) if name == _NAME and number.isdecimal() else None
    return over.hold(life, _born(pid))


def _is_heir(pid: int) -> bool:
    return _read(pid, "comm") == f"{linux_heir.NAME}\n".encode()


def _now() -> float:
    """Give the seconds since the machine began."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _environment(pid: int) -> list[str]:
    return _read(pid, "environ").decode(errors="replace").split("\0")


def _born(pid: int) -> float:
    """Give when a process began, in seconds since the machine did; see proc_pid_stat(5)."""
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return int(fields[19]) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
