"""Which processes did the tests start that still run?"""

import os
from multiprocessing import forkserver, resource_tracker

import psutil

from tests.desktop import eventually

#: Set for everything that the tests start, so that what has detached itself is found as well.
MARK = "TRAYBOT_TESTS_OF"
#: How much of a command line is shown.
LEGIBLE = 120


def leave_mark() -> None:
    """Mark this process, and with it all that come from it."""
    os.environ[MARK] = str(os.getpid())


def started_since(before: set[int], spared: set[int]) -> list[psutil.Process]:
    """Give our processes that were not there `before` and do not come from `spared`."""
    new = (_living(pid) for pid in set(psutil.pids()) - before - _pythons_own())
    return [process for process in new if process and _is_ours(process, spared)]


def end(processes: list[psutil.Process]) -> str:
    """Kill processes; tell which they were."""
    names = []
    for process in processes:
        try:
            names.append(f"{process.pid} ({' '.join(process.cmdline())[:LEGIBLE]})")
            process.kill()
        except psutil.NoSuchProcess:
            continue
    eventually(lambda: not any(_living(process.pid) for process in processes), 5.0, "their end")
    return ", ".join(names)


def _pythons_own() -> set[int]:
    """Give the helpers of which Python starts one each for this process and ends it with it."""
    tracker = getattr(resource_tracker, "_resource_tracker", None)
    server = getattr(forkserver, "_forkserver", None)
    return {getattr(tracker, "_pid", None) or 0, getattr(server, "_forkserver_pid", None) or 0}


def _living(pid: int) -> psutil.Process | None:
    """Give a process, unless it has ended and only waits to be asked for its exit code."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process
    except psutil.Error:
        return None


def _is_ours(process: psutil.Process, spared: set[int]) -> bool:
    """Tell whether a process comes from this one, by its parents or by the mark."""
    try:
        line = {parent.pid for parent in process.parents()}
        if spared & (line | {process.pid}):
            return False
        return os.getpid() in line or process.environ().get(MARK) == str(os.getpid())
    except psutil.Error:
        return False  # another user's, or gone meanwhile
