"""A stand-in for Windows' kernel: processes, jobs and handles, as its documentation has them."""

from dataclasses import dataclass, field
from itertools import count


@dataclass(eq=False)
class FakeProcess:
    """A process, the jobs it is in from the outermost on, and how often it was frozen."""

    pid: int
    jobs: "list[FakeJob]" = field(default_factory=list)
    frozen: int = 0
    code: int | None = None
    #: Titles of windows that were asked to close.
    asked: int = 0


@dataclass(eq=False)
class FakeJob:
    """A job; its processes are those whose list names it."""

    dies_with_handle: bool
    #: Job of another program that allows no job inside (as before Windows 8).
    lonely: bool = False
    handles: int = 1


class FakeKernel:
    """Satisfies `windows_processes.ProcessCalls` without Windows."""

    def __init__(self) -> None:
        self.processes: dict[int, FakeProcess] = {}
        self._handles: dict[int, FakeProcess | FakeJob] = {}
        self._pids, self._numbers = count(1000, 4), count(0x100, 4)

    def start(self, parent: FakeProcess | None = None, *, breaks_away: bool = False) -> FakeProcess:
        """Start a process; it is in its parent's jobs unless it breaks away."""
        process = FakeProcess(next(self._pids))
        if parent is not None and not breaks_away:
            process.jobs = list(parent.jobs)
        self.processes[process.pid] = process
        return process

    def end(self, process: FakeProcess, code: int = 0) -> None:
        """A process ends; its number stays taken while a handle to it is open."""
        if process.code is None:
            process.code = code
            process.jobs = []

    def open_handles(self) -> int:
        """Count them: none may be lost."""
        return len(self._handles)

    def daemon_dies(self) -> None:
        """The daemon ends: the system closes each of its handles."""
        for handle in list(self._handles):
            self.close(handle)

    def _give(self, thing: FakeProcess | FakeJob) -> int:
        handle = next(self._numbers)
        self._handles[handle] = thing
        return handle

    def _process(self, handle: int) -> FakeProcess:
        found = self._handles.get(handle)
        if not isinstance(found, FakeProcess):
            raise OSError(6, "The handle is invalid")
        return found

    def _job(self, handle: int) -> FakeJob:
        found = self._handles.get(handle)
        if not isinstance(found, FakeJob):
            raise OSError(6, "The handle is invalid")
        return found

    def _members(self, job: FakeJob) -> list[FakeProcess]:
        return [process for process in self.processes.values() if job in process.jobs]

    def open_process(self, pid: int) -> int:
        """Fails for a free number; one that ended keeps its own while handles are open."""
        process = self.processes.get(pid)
        if process is None or (process.code is not None and process not in self._handles.values()):
            raise ProcessLookupError(pid)
        return self._give(process)

    def has_ended(self, process: int) -> bool:
        """Whether its object is signalled."""
        return self._process(process).code is not None

    def terminate(self, process: int, code: int) -> None:
        """Fails with "access denied" for one that has ended."""
        self._alive(process).code = code
        self._process(process).jobs = []

    def _alive(self, handle: int) -> FakeProcess:
        process = self._process(handle)
        if process.code is not None:
            raise PermissionError(5, "Access is denied")
        return process

    def suspend(self, process: int) -> None:
        """One more time."""
        self._alive(process).frozen += 1

    def resume(self, process: int) -> None:
        """One time less."""
        found = self._alive(process)
        found.frozen = max(0, found.frozen - 1)

    def create_job(self, *, dies_with_handle: bool) -> int:
        """A job without a name, with one handle."""
        return self._give(FakeJob(dies_with_handle))

    def assign(self, job: int, process: int) -> None:
        """Puts it inside the innermost of its jobs, if that one allows it."""
        wanted, found = self._job(job), self._alive(process)
        if wanted in found.jobs or any(one.lonely for one in found.jobs):
            raise PermissionError(5, "Access is denied")
        found.jobs.append(wanted)

    def terminate_job(self, job: int, code: int) -> None:
        """Ends its processes, and those of jobs inside it."""
        for process in self._members(self._job(job)):
            self.end(process, code)

    def pids_in(self, job: int) -> list[int]:
        """Those of jobs inside it count."""
        return [process.pid for process in self._members(self._job(job))]

    def close_windows(self, pid: int) -> None:
        """Counts."""
        self.processes[pid].asked += 1

    def close(self, handle: int) -> None:
        """The last handle of a job may take its processes with it."""
        thing = self._handles.pop(handle, None)
        if thing is None:
            raise OSError(6, "The handle is invalid")
        if isinstance(thing, FakeJob) and thing.dies_with_handle:
            for process in self._members(thing):
                self.end(process)
