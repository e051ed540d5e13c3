"""What does macOS tell of sleep and lock? The kernel tells of sleep; for the lock one looks.

The notices of a locked screen are delivered by the main thread's loop, which a daemon without a
tray does not run, and are in no documentation; what the window server says of the session is, and
also tells of a screen that another user has. So it is looked at twice a second. The session's end
is told by SIGTERM, like everybody's wish that we leave.
"""

from collections.abc import Callable
from typing import Protocol

from traybot.system.base import SessionChange
from traybot.system.session_aside import SessionAside

# Numbers are those of IOKit's IOMessage.h.
CAN_SLEEP, WILL_SLEEP, HAS_POWERED_ON = 0xE0000270, 0xE0000280, 0xE0000300


class SessionCalls(Protocol):
    """macOS's calls."""

    def run(
        self,
        power: Callable[[int], bool],
        looked: Callable[[bool], None],
        begun: Callable[[], None],
    ) -> None:
        """Serve until told to leave: `power` is given messages, `looked` now and then the lock.

        If `power` says so, the machine is told that it may go on. `OSError` if that cannot be.
        """
        ...

    def leave(self) -> None:
        """Have `run` return; from any thread, also before it began, and twice."""
        ...

    def locked(self) -> bool:
        """Whether nobody can see this session: it is locked, or another user has the screen."""
        ...


class MacSession(SessionAside):
    """A source of changes, as `Logind` is one; for the thread that made it."""

    def __init__(self, calls: SessionCalls) -> None:
        """Listen; `BackendUnavailable` where macOS refuses."""
        self._calls, self._asleep = calls, False
        super().__init__(self._run, calls.leave)

    def _run(self, begun: Callable[[], None]) -> None:
        self.locked = self._calls.locked()
        self._calls.run(self._power, self._looked, begun)

    def _looked(self, locked: bool) -> None:  # noqa: FBT001  what was seen
        self._tell_lock(locked=locked)

    def _power(self, message: int) -> bool:
        """Act on a message; whether the machine waits for our word."""
        if message == WILL_SLEEP:
            self._asleep = True
            self._tell_sleep()
        elif message == HAS_POWERED_ON and self._asleep:
            self._asleep = False
            self._tell(SessionChange("suspend", begins=False))
        return message in {CAN_SLEEP, WILL_SLEEP}
