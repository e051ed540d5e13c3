"""What does Windows tell of sleep, lock and the session's end? Messages to a window nobody sees.

Sleep and end are told by calls that Windows waits for, so they are answered late. A session that
another user has taken the screen from, or whose remote screen is gone, is as good as locked.
"""

from collections.abc import Callable
from typing import Protocol

from traybot.system.base import SessionChange
from traybot.system.session_aside import SessionAside

# Numbers are those of winuser.h and wtsapi32.h.
POWER, SESSION, QUERY_END, END = 0x0218, 0x02B1, 0x0011, 0x0016
SUSPEND, RESUME = 0x0004, 0x0012
LOCK, UNLOCK = 0x7, 0x8
#: The screen is taken away, and given back: the console's, a remote one.
TAKEN, GIVEN = frozenset({0x2, 0x4}), frozenset({0x1, 0x3})
_YES = 1

#: A message's number and its first word; gives the answer, or None for Windows' own.
Handle = Callable[[int, int], int | None]


class SessionCalls(Protocol):
    """Windows' calls."""

    def run(self, handle: Handle, begun: Callable[[], None]) -> None:
        """Make the window and serve it until told to leave; `OSError` if that cannot be."""
        ...

    def leave(self) -> None:
        """Have `run` return; from any thread, also before it began, and twice."""
        ...

    def locked(self) -> bool:
        """Whether the session is locked now."""
        ...


class WindowsSession(SessionAside):
    """A source of changes, as `Logind` is one; for the thread that made it."""

    def __init__(self, calls: SessionCalls) -> None:
        """Listen; `BackendUnavailable` where Windows refuses."""
        self._calls, self._hidden, self._asleep = calls, set[str](), False
        super().__init__(self._run, calls.leave)

    def _run(self, begun: Callable[[], None]) -> None:
        def listening() -> None:
            # Asked once changes are told, so that none falls between.
            if self._calls.locked():
                self._hidden.add("locked")
                self.locked = True
            begun()

        self._calls.run(self._handle, listening)

    def _handle(self, message: int, word: int) -> int | None:
        if message == QUERY_END:
            return _YES
        if message == END and word:
            self._tell_end()
            return 0
        if message == POWER:
            self._power(word)
            return _YES
        if message == SESSION:
            self._screen(word)
            return 0
        return None

    def _power(self, event: int) -> None:
        if event == SUSPEND and not self._asleep:  # told twice, where it is told both ways
            self._asleep = True
            self._tell_sleep()
        elif event == RESUME and self._asleep:
            self._asleep = False
            self._tell(SessionChange("suspend", begins=False))

    def _screen(self, event: int) -> None:
        if event == LOCK:
            self._hidden.add("locked")
        elif event == UNLOCK:
            # Who unlocks it looks at it, whatever was missed.
            self._hidden.clear()
        elif event in TAKEN:
            self._hidden.add("taken")
        elif event in GIVEN:
            self._hidden.discard("taken")
        self._tell_lock(locked=bool(self._hidden))
