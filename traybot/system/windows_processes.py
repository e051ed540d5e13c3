"""How does Windows let us own processes? By job objects: whatever a life starts is in its job.

One outer job ends with the daemon, however that ends: its only handle is ours, and is closed for
us. A job for each life lies inside it, so that a life and all that came from it end in one act.
Facts: "Job Objects" and "Nested Jobs" in Microsoft's documentation (nesting came with Windows 8).

`hands` is in no job: it must let go after the daemon's death, and sees that by its pipe and by the
daemon's own handle. The user's program has a job that ends nothing.
"""

import contextlib
import logging
from typing import Protocol

from traybot.system.portable_processes import PortableProcesses

_log = logging.getLogger(__name__)

#: What a process killed by us gives as its exit code.
KILLED = 1
#: So often a job is looked through again for what was started while we froze it.
_ROUNDS = 10


class ProcessCalls(Protocol):
    """Windows' own calls about processes and jobs. Failing ones raise `OSError`."""

    def open_process(self, pid: int) -> int:
        """Give a handle that can wait, end, freeze, and put into a job."""
        ...

    def has_ended(self, process: int) -> bool:
        """Whether the process is gone."""
        ...

    def terminate(self, process: int, code: int) -> None:
        """End a process."""
        ...

    def suspend(self, process: int) -> None:
        """Stop all threads of a process; counted, as `resume` is."""
        ...

    def resume(self, process: int) -> None:
        """Let them go on."""
        ...

    def create_job(self, *, dies_with_handle: bool) -> int:
        """Make a job; whether its processes end when its last handle is closed."""
        ...

    def assign(self, job: int, process: int) -> None:
        """Put a process, and all that it will start, into a job, inside those it is in."""
        ...

    def terminate_job(self, job: int, code: int) -> None:
        """End every process in a job."""
        ...

    def pids_in(self, job: int) -> list[int]:
        """Give the processes in a job."""
        ...

    def close_windows(self, pid: int) -> None:
        """Ask each top-level window of a process to close, as its close button does."""
        ...

    def close(self, handle: int) -> None:
        """Close a handle."""
        ...


class WindowsHandle:
    """A process and the job that holds it and all that comes from it."""

    def __init__(self, calls: ProcessCalls, pid: int, outer: int | None) -> None:
        """Open it and put it into jobs; `ProcessLookupError` if it is gone."""
        self.pid = pid
        self._calls = calls
        self._process = calls.open_process(pid)
        if calls.has_ended(self._process):
            calls.close(self._process)
            raise ProcessLookupError(pid)
        self._job = calls.create_job(dies_with_handle=outer is not None)
        #: Handles of what is frozen: thawed once each, for Windows counts.
        self._frozen: dict[int, int] = {}
        #: Whether the job holds it.
        self._held = True
        for job in (outer, self._job):
            if job is not None and not self._assign(job):
                self._held = False

    def _assign(self, job: int) -> bool:
        try:
            self._calls.assign(job, self._process)
        except OSError as error:
            # It ended just now, or another program's job holds it that allows no other one.
            _log.warning("process %s is in no job of ours: %s", self.pid, error)
            return False
        return True

    def fileno(self) -> int:
        """The process's handle, which can be waited for; -1 once closed."""
        return self._process

    def kill(self) -> None:
        """End everything in the job."""
        if self._process == -1:
            return
        with contextlib.suppress(OSError):
            self._calls.terminate_job(self._job, KILLED)
        if not self._held:
            with contextlib.suppress(OSError):
                self._calls.terminate(self._process, KILLED)

    def ask(self) -> None:
        """Ask the windows of everything in the job to close; who has none hears nothing."""
        for pid in self._pids():
            with contextlib.suppress(OSError):
                self._calls.close_windows(pid)

    def suspend(self) -> None:
        """Freeze everything in the job, and what is started meanwhile."""
        for _ in range(_ROUNDS):
            fresh = [pid for pid in self._pids() if pid not in self._frozen]
            if not fresh:
                return
            for pid in fresh:
                with contextlib.suppress(OSError):
                    self._freeze(pid)

    def _freeze(self, pid: int) -> None:
        process = self._calls.open_process(pid)
        try:
            self._calls.suspend(process)
        except OSError:
            self._calls.close(process)
            raise
        self._frozen[pid] = process

    def resume(self) -> None:
        """Thaw what was frozen, each as often as it was."""
        while self._frozen:
            _, process = self._frozen.popitem()
            with contextlib.suppress(OSError):
                self._calls.resume(process)
            self._calls.close(process)

    def signal(self, number: int) -> None:
        """Do nothing: there are no signals."""

    def reap(self) -> bool:
        """Whether something in the job still runs."""
        return bool(self._process != -1 and self._pids())

    def close(self) -> None:
        """Close process and job, which ends what is in a life's job; may be called twice."""
        if self._process != -1:
            self.resume()
            self._calls.close(self._job)
            self._calls.close(self._process)
            self._process = -1

    def _pids(self) -> list[int]:
        if self._process == -1:
            return []
        try:
            pids = self._calls.pids_in(self._job)
        except OSError:
            pids = []
        if not self._held and not self._calls.has_ended(self._process):
            pids.append(self.pid)
        return pids


class WindowsProcesses(PortableProcesses):
    """The contract `Processes` on Windows."""

    def __init__(self, calls: ProcessCalls | None = None) -> None:
        """`calls` are Windows' own if left out."""
        if calls is None:
            from traybot.system.windows_process_calls import WindowsProcessCalls

            calls = WindowsProcessCalls()
        self._calls = calls
        self._outer: int | None = None

    def _outer_job(self) -> int:
        """Make the job that ends with us, at its first use: children never need one."""
        if self._outer is None:
            self._outer = self._calls.create_job(dies_with_handle=True)
        return self._outer

    def own_group(self) -> None:
        """Do nothing: the job is the group."""

    def handle(self, pid: int, *, outlives: bool = False) -> WindowsHandle:
        """Hold on to a process; unless it is the user's it ends with us from now on."""
        return WindowsHandle(self._calls, pid, None if outlives else self._outer_job())

    def tie(self, pid: int) -> None:
        """Put a process into the outer job."""
        try:
            process = self._calls.open_process(pid)
        except OSError:
            return
        try:
            self._calls.assign(self._outer_job(), process)
        except OSError as error:
            _log.warning("process %s is not tied to us: %s", pid, error)
        finally:
            self._calls.close(process)
