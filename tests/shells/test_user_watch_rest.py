"""Is the user heard though nothing new comes down the connection?"""

import queue
import socket
import time

from traybot.core.geometry import Rect
from traybot.core.phases import Phase
from traybot.core.user import Touch
from traybot.shells.user_watch import TAKEOVER, UserWatch


class Raw:
    """A connection whose events all came with an answer: its descriptor tells of none."""

    screen = Rect(0, 0, 800, 600)
    monitors: tuple[Rect, ...] = (screen,)

    def __init__(self) -> None:
        self._ear, self._mouth = socket.socketpair()
        #: What each call of `heard` gives.
        self.touches = [[], [Touch(time.monotonic() + 9.0, pressed=True)]]

    @property
    def waiting(self) -> bool:
        """Whether there is more to be heard."""
        return bool(self.touches)

    def fileno(self) -> int:
        """Give what is never readable."""
        return self._ear.fileno()

    def heard(self) -> list[Touch]:
        """Give the next of what came."""
        return self.touches.pop(0) if self.touches else []

    def pointer(self) -> tuple[int, int]:
        """Be in the middle."""
        return 400, 300

    def listen(self, **_: bool) -> None:
        """Listen."""

    def ignore(self, _chords: object) -> None:
        """Ignore nothing."""

    def close(self) -> None:
        """Hang up."""
        self._ear.close()
        self._mouth.close()


def test_what_came_with_an_answer_is_heard_at_once() -> None:
    """It lies in the library already, and must not wait for the next movement."""
    words: queue.Queue[str] = queue.Queue()
    watch = UserWatch(words.put, ":77", lambda _display: Raw())
    # In this order, or what lies there could be heard before there is anything to take over.
    watch.show(Phase.RUNNING)
    watch.want("off", "pause", [])
    try:
        assert words.get(timeout=10.0) == TAKEOVER
    finally:
        watch.stop()
