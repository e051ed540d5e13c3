"""Windows' and macOS's words about sleep and lock, spoken on the listener's own thread.

Both behave as their makers document it: a message is delivered while the listener serves, one at a
time, and the system waits for its answer.
"""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from traybot.system import macos_session as mac
from traybot.system import windows_session as win

#: How long an answer may take: the machine may be busy.
SECONDS = 20.0


class Desk:
    """A thread's loop: serves what is put into it until it is told to leave."""

    def __init__(self, *, locked: bool = False, fault: str = "") -> None:
        """`fault`: why the system refuses."""
        self._locked, self._fault = locked, fault
        self._work: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        #: Until when the system does not go on: answers that are due.
        self.waits: set[Future[Any]] = set()

    def locked(self) -> bool:
        """Tell what is known without a message."""
        return self._locked

    def leave(self) -> None:
        """Have the loop end."""
        self._work.put(None)

    def serve(self, begun: Callable[[], None]) -> None:
        """Run the loop."""
        if self._fault:
            raise OSError(self._fault)
        begun()
        while (job := self._work.get()) is not None:
            job()

    def send(self, act: Callable[[], Any]) -> Future[Any]:
        """Have this done in the loop; the answer comes when it has returned."""
        answer: Future[Any] = Future()
        self.waits.add(answer)
        answer.add_done_callback(self.waits.discard)
        self._work.put(lambda: answer.set_result(act()))
        return answer


class WindowsDesk(Desk):
    """Satisfies `windows_session.SessionCalls`."""

    _handle: win.Handle

    def run(self, handle: win.Handle, begun: Callable[[], None]) -> None:
        """Make the window."""
        self._handle = handle
        self.serve(begun)

    def message(self, number: int, word: int) -> Future[Any]:
        """Deliver a message."""
        return self.send(lambda: self._handle(number, word))

    def sleep(self, *, begins: bool) -> None:
        """Tell of sleep: twice, as to a window that has asked for it and is on top as well."""
        for _ in range(2):
            self.message(win.POWER, win.SUSPEND if begins else win.RESUME)

    def lock(self, *, begins: bool) -> None:
        """Tell of the lock."""
        self.message(win.SESSION, win.LOCK if begins else win.UNLOCK)

    def end(self) -> None:
        """Ask whether the session may end, and tell that it does."""
        self.message(win.QUERY_END, 0)
        self.message(win.END, 1)


class MacDesk(Desk):
    """Satisfies `macos_session.SessionCalls`."""

    _power: Callable[[int], bool]
    _looked: Callable[[bool], None]

    def run(
        self,
        power: Callable[[int], bool],
        looked: Callable[[bool], None],
        begun: Callable[[], None],
    ) -> None:
        """Register."""
        self._power, self._looked = power, looked
        self.serve(begun)

    def message(self, number: int) -> Future[Any]:
        """Deliver a message of the kernel's; the answer is whether it was let go on."""
        return self.send(lambda: self._power(number))

    def sleep(self, *, begins: bool) -> None:
        """Tell of sleep."""
        if begins:
            self.message(mac.CAN_SLEEP)
        self.message(mac.WILL_SLEEP if begins else mac.HAS_POWERED_ON)

    def lock(self, *, begins: bool) -> None:
        """Change what is there to be seen; it is looked at again and again."""
        for _ in range(3):
            self.send(partial(self._looked, begins))


def until(there: Callable[[], object]) -> None:
    """Wait for something; `tests.desktop.eventually` needs X."""
    deadline, pause = time.monotonic() + SECONDS, threading.Event()
    while not there():
        assert time.monotonic() < deadline, "it did not come"
        pause.wait(0.005)
