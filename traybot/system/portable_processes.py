"""What can be known of processes, and done to them, by psutil alone? The same on every system.

`macos_processes` and `windows_processes` build on it. Executed on Linux by its tests.
"""

import contextlib
import os
from collections.abc import Container, Iterator

import psutil

from traybot.system.base import LIFE_MARK, MARK
from traybot.system.lives_over import LivesOver, Swept, read_life_mark

#: Whoever loses its parent is this one's child from then on, except on Windows.
_FIRST_PROCESS = 1


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
        """Give -1: the sentinel of whoever started it must be waited for."""
        return -1

    def family(self) -> Iterator[psutil.Process]:
        """Give what came from the process, the deepest first, and it itself last."""
        with contextlib.suppress(psutil.Error):
            yield from self._process.children(recursive=True)[::-1]
        yield self._process

    def kill(self) -> None:
        """End the process and its descendants."""
        for process in self.family():
            with contextlib.suppress(psutil.Error):
                process.kill()

    def ask(self) -> None:
        """Terminate the process and its descendants, by SIGTERM where there are signals."""
        for process in self.family():
            with contextlib.suppress(psutil.Error):
                process.terminate()

    def suspend(self) -> None:
        """Freeze the process and its descendants."""
        for process in self.family():
            with contextlib.suppress(psutil.Error):
                process.suspend()

    def resume(self) -> None:
        """Thaw the process and its descendants."""
        for process in self.family():
            with contextlib.suppress(psutil.Error):
                process.resume()

    def signal(self, number: int) -> None:
        """Signal the process alone."""
        with contextlib.suppress(psutil.Error):
            self._process.send_signal(number)

    def reap(self) -> bool:
        """Say no: nobody hands us orphans here."""
        return False

    def close(self) -> None:
        """Do nothing: there is no descriptor."""


class PortableProcesses:
    """As much of the contract `Processes` as psutil can keep."""

    def die_with_parent(self, number: int) -> None:
        """Do nothing: no kernel but Linux's sends such a signal."""

    def adopt_orphans(self) -> None:
        """Do nothing: no such notion."""

    def offer_to_be_killed(self) -> None:
        """Not here: no such choice is known."""

    def own_group(self) -> None:
        """Leave the group where there are groups."""
        if hasattr(os, "setsid"):
            with contextlib.suppress(PermissionError):
                os.setsid()

    def mark_forks(self, life: int) -> None:
        """Not here: what is forked is told by when it began."""

    def leave_heir(self, line: int) -> None:
        """Not here: no two processes share their memory."""

    def end_orphans(self, token: str, spared: Container[int], over: LivesOver) -> Swept:
        """Kill the programs that lives have started, once those who started them are gone."""
        ended = 0
        since = psutil.boot_time()
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                ours, life = read_life_mark(process.environ().get(LIFE_MARK, ""), token)
                if (
                    ours
                    and process.pid not in spared
                    and over.hold(life, process.create_time() - since)
                    and _is_alone(process)
                ):
                    process.kill()
                    ended += 1
        return Swept(ended, more=bool(ended))

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


def _is_alone(process: psutil.Process) -> bool:
    parent = process.parent()
    return parent is None or parent.pid == _FIRST_PROCESS
