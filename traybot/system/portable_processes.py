"""How are processes owned where the kernel offers nothing of Linux's? By psutil, as far as it goes.

Typed for Windows and macOS; executed on Linux by its tests only.
"""

import contextlib
import os
import signal
from collections.abc import Container

import psutil

from traybot.system.base import MARK


class PortableHandle:
    """A process held by number and creation time, which psutil checks before it signals."""

    def __init__(self, pid: int) -> None:
        """Find it; `ProcessLookupError` if there is none."""
        self.pid = pid
        try:
            self._process = psutil.Process(pid)
        except psutil.NoSuchProcess as error:
            raise ProcessLookupError(pid) from error

    def fileno(self) -> int:
        """Give -1: the life's own sentinel must be waited for instead."""
        return -1

    def signal_group(self, number: int) -> None:
        """Signal the process and its descendants, deepest first."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in [*self._process.children(recursive=True)[::-1], self._process]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    _signal(process, number)

    def signal(self, number: int) -> None:
        """Signal the process alone."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self._process.send_signal(number)

    def reap(self) -> bool:
        """Say no: nobody hands us orphans here."""
        return False

    def close(self) -> None:
        """Do nothing: there is no descriptor."""


def _signal(process: psutil.Process, number: int) -> None:
    stop, go = getattr(signal, "SIGSTOP", -1), getattr(signal, "SIGCONT", -2)
    if number == stop:
        process.suspend()
    elif number == go:
        process.resume()
    else:
        process.kill()


class PortableProcesses:
    """The contract `Processes` by psutil."""

    def die_with_parent(self, number: int) -> None:
        """Do nothing: the guard thread is the only means here, until there is a job object."""

    def adopt_orphans(self) -> None:
        """Do nothing: no such notion."""

    def own_group(self) -> None:
        """Leave the group where there are groups."""
        if hasattr(os, "setsid"):
            with contextlib.suppress(PermissionError):
                os.setsid()

    def handle(self, pid: int) -> PortableHandle:
        """Hold on to a process."""
        return PortableHandle(pid)

    def end_orphans(self, token: str, spared: Container[int], before: float) -> int:  # noqa: ARG002
        """Do nothing: orphans are not handed to us here, and `end_marked` comes at the end."""
        return 0

    def end_marked(self, token: str, spared: int = 0) -> int:
        """Kill every process with the mark."""
        pids = [pid for pid in self.marked(token) if pid != spared]
        for pid in pids:
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(pid).kill()
        return len(pids)

    def marked(self, token: str) -> list[int]:
        """Look through the process table, as far as its owner may."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.pid != os.getpid() and process.environ().get(MARK) == token:
                    found.append(process.pid)
        return found
