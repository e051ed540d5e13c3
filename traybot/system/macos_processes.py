"""How does macOS let us own processes? By groups, and a kernel queue that tells of an end.

kqueue(2): EVFILT_PROC with NOTE_EXIT. The queue's descriptor gets readable when the process is
gone, so it can be waited for with everything else. There is no death signal and no adoption:
children have their guard thread, and what they leave behind is found by its mark.
"""

import contextlib
import os
import select
import signal
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import psutil

from traybot.system.portable_processes import PortableHandle, PortableProcesses


class ExitWatch(Protocol):
    """Readable once a process is gone."""

    def fileno(self) -> int:
        """Its descriptor."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class MacHandle(PortableHandle):
    """A process, its group, and a watch on its end."""

    def __init__(self, pid: int, watch: Callable[[int], ExitWatch]) -> None:
        """Find it and watch it; `ProcessLookupError` if there is none."""
        super().__init__(pid)
        self._watch: ExitWatch | None = watch(pid)

    def fileno(self) -> int:
        """Readable once the process is gone."""
        return self._watch.fileno() if self._watch else -1

    def family(self) -> Iterator[psutil.Process]:
        """Give what came from the process or is in its group, and it itself last."""
        found = list(super().family())
        seen = {process.pid for process in found}
        yield from (process for process in self._group() if process.pid not in seen)
        yield from found

    def _group(self) -> Iterator[psutil.Process]:
        """Give the members of the group that it leads, or led when it was alive.

        Each is a process object: a number that was used again meanwhile is not hit.
        """
        begun = self._process.create_time()
        for process in psutil.process_iter():
            with contextlib.suppress(OSError, psutil.Error):
                if _group_of(process.pid) == self.pid and process.create_time() >= begun:
                    yield process

    def kill(self) -> None:
        """End the group in one act, then whatever has left it."""
        family = list(self.family())
        with contextlib.suppress(OSError, psutil.Error):
            if self._process.is_running() and _group_of(self.pid) == self.pid:
                vars(os)["killpg"](self.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        for process in family:
            with contextlib.suppress(psutil.Error):
                process.kill()

    def reap(self) -> bool:
        """Whether some of its group still runs; nobody hands it to us."""
        return next(self._group(), None) is not None

    def close(self) -> None:
        """Close the watch; may be called twice."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None


class MacProcesses(PortableProcesses):
    """The contract `Processes` on macOS."""

    def __init__(self, watch: Callable[[int], ExitWatch] | None = None) -> None:
        """`watch` gives what gets readable at a process's end; a kernel queue if left out."""
        self._watch = watch or kernel_queue

    def handle(self, pid: int, *, outlives: bool = False) -> MacHandle:  # noqa: ARG002  nothing here dies with us by itself
        """Hold on to a process."""
        return MacHandle(pid, self._watch)

    def tie(self, pid: int) -> None:
        """Do nothing: its guard thread is all there is."""


def kernel_queue(pid: int) -> ExitWatch:
    """Make a queue that gets readable at a process's end; `ProcessLookupError` if it is gone."""
    # By their names: a type checker knows them on macOS only.
    names: dict[str, Any] = vars(select)
    queue: Any = names["kqueue"]()
    change = names["kevent"](
        pid,
        filter=names["KQ_FILTER_PROC"],
        flags=names["KQ_EV_ADD"],
        fflags=names["KQ_NOTE_EXIT"],
    )
    try:
        queue.control([change], 0)
    except OSError:
        queue.close()
        raise
    watch: ExitWatch = queue
    return watch


def _group_of(pid: int) -> int:
    group: int = vars(os)["getpgid"](pid)
    return group
