"""How does hands wait for many at once? By a selector, or, where pipes have none, by handles."""

import multiprocessing
import selectors
import signal
import socket
from collections.abc import Callable
from multiprocessing.connection import wait
from typing import Any, Protocol


class Source(Protocol):
    """Something to wait for."""

    def fileno(self) -> int:
        """Its descriptor, or a pipe's handle."""
        ...


class Waiter(Protocol):
    """Calls what was told for each source that is ready; for one thread."""

    def add(self, source: Source, act: Callable[[], object]) -> None:
        """Have `act` called whenever something can be received, or the other end is gone."""
        ...

    def remove(self, source: Source) -> None:
        """Wait for it no longer."""
        ...

    def hear_the_end(self, leave: Callable[[], object]) -> None:
        """Have a wait end also when the system says that we are to leave; on the main thread."""
        ...

    def wait(self, seconds: float | None) -> None:
        """Wait for the first that is ready, and call for all that are."""
        ...


class SelectorWaiter:
    """By a selector: it keeps its list between waits, so a wait costs microseconds."""

    def __init__(self) -> None:
        """Wait for nothing yet."""
        self._selector = selectors.DefaultSelector()

    def add(self, source: Source, act: Callable[[], object]) -> None:
        """Register it."""
        self._selector.register(source, selectors.EVENT_READ, act)

    def remove(self, source: Source) -> None:
        """Unregister it."""
        self._selector.unregister(source)

    def hear_the_end(self, leave: Callable[[], object]) -> None:  # noqa: ARG002  the handlers of signals do it
        """Have a signal end a wait, whenever it comes; what it means its handler knows."""
        woken, self._wake = socket.socketpair()
        self._wake.setblocking(False)  # noqa: FBT003  the library takes no name
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        self.add(woken, lambda: woken.recv(64))

    def wait(self, seconds: float | None) -> None:
        """Select; what an earlier call has removed is not called for."""
        for key, _ in self._selector.select(seconds):
            if key.fd in self._selector.get_map():
                key.data()


class HandleWaiter:
    """By the library's own wait, which knows pipes and processes on Windows, and all on Linux."""

    def __init__(self) -> None:
        """Wait for nothing yet."""
        self._acts: dict[Any, Callable[[], object]] = {}

    def add(self, source: Source, act: Callable[[], object]) -> None:
        """Note it."""
        self._acts[source] = act

    def remove(self, source: Source) -> None:
        """Strike it."""
        del self._acts[source]

    def hear_the_end(self, leave: Callable[[], object]) -> None:
        """Leave with whoever started us: there are no signals, but the handle of our parent."""
        parent = multiprocessing.parent_process()
        if parent is not None:
            self._acts[parent.sentinel] = leave

    def wait(self, seconds: float | None) -> None:
        """Wait; what an earlier call has removed is not called for."""
        for source in wait(list(self._acts), seconds):
            act = self._acts.get(source)
            if act is not None:
                act()
