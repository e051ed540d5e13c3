"""What do Windows' and macOS's sources of sleep and lock share? What waits for an answer.

A system that waits for our answer before it sleeps or ends is kept waiting until we are ready, and
no longer than it would bear.
"""

import logging
import threading
from collections.abc import Callable

from traybot.system.base import SessionChange
from traybot.system.told_aside import ToldAside

_log = logging.getLogger(__name__)

#: Windows gives a program two seconds before it sleeps, and five before it is hung.
HOLD_SECONDS = 1.8
FAREWELL_SECONDS = 4.0


class SessionAside(ToldAside[SessionChange]):
    """A source of changes for `shells.session_watch`."""

    def __init__(
        self, run: Callable[[Callable[[], None]], None], leave: Callable[[], None]
    ) -> None:
        """Listen, as `ToldAside` does."""
        #: Whether nobody can see the desktop, as told so far.
        self.locked = False
        #: The machine may sleep for all we care.
        self._free = threading.Event()
        super().__init__(run, leave)

    def delay_sleep(self) -> None:
        """Have the machine wait for us, the next time it wants to sleep."""
        self._free.clear()

    def let_sleep(self) -> None:
        """Have the machine wait for us no longer; may be called twice."""
        self._free.set()

    def close(self) -> None:
        """Listen no more; may be called twice."""
        self._free.set()
        super().close()

    # --- on the thread ---------------------------------------------------------------------------

    def _tell_lock(self, *, locked: bool) -> None:
        if locked != self.locked:
            self.locked = locked
            self._tell(SessionChange("lock", locked))

    def _tell_sleep(self) -> None:
        """Say that the machine wants to sleep; return when it may."""
        self._tell(SessionChange("suspend", begins=True))
        if not self._free.wait(HOLD_SECONDS):
            _log.warning("the machine sleeps before the bot's hands are known to be off")

    def _tell_end(self) -> None:
        """Say that the session ends; return when we are gone, or the system would bear no more."""
        self._tell(SessionChange("end", begins=True))
        self._gone.wait(FAREWELL_SECONDS)
