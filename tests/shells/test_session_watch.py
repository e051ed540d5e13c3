"""Does the thread that hears the session outlive a failure, without a lock that nobody ends?"""

import queue
import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.desktop import eventually
from traybot.core.events import Event, SessionAway, SessionBack
from traybot.shells import session_watch
from traybot.shells.session_watch import SessionWatch


class Source:
    """A desktop that is locked or not, and whose words can be read or not."""

    def __init__(self, *, locked: bool, fails: bool) -> None:
        self.locked, self._fails = locked, fails
        self._ear, self._mouth = socket.socketpair()
        self._mouth.send(b"!")

    def fileno(self) -> int:
        """Give what is readable at once."""
        return self._ear.fileno()

    def heard(self) -> list[object]:
        """Say nothing, or fail in a way that nobody has foreseen."""
        if self._fails:
            raise KeyError("odd")
        # It is asked at each wake-up, whoever woke the thread.
        if select.select([self._ear], [], [], 0)[0]:
            self._ear.recv(1)
        return []

    def close(self) -> None:
        """Hang up."""
        self._ear.close()
        self._mouth.close()


@contextmanager
def watching(made: list[Source], sources: list[Source]) -> Iterator["queue.Queue[Event]"]:
    """Have those sources made, one after the other."""
    events: queue.Queue[Event] = queue.Queue()

    def make() -> Source:
        made.append(sources[len(made)])
        return made[-1]

    watch = SessionWatch(events.put, lambda: True, {"it": make})
    watch.start()
    try:
        yield events
    finally:
        watch.stop()
        for source in sources:
            source.close()


def test_a_lock_of_a_failed_source_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next source knows of no lock: the bot may play on."""
    monkeypatch.setattr(session_watch, "_AGAIN_SECONDS", 0.01)
    sources = [Source(locked=True, fails=True), Source(locked=False, fails=False)]
    with watching([], sources) as events:
        assert isinstance(events.get(timeout=10.0), SessionAway)
        assert isinstance(events.get(timeout=10.0), SessionBack)


def test_a_failure_that_lasts_is_not_repeated_at_full_speed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It rests before it begins anew, and leaves at once even so when it is told to."""
    monkeypatch.setattr(session_watch, "_AGAIN_SECONDS", 60.0)
    made: list[Source] = []
    with watching(made, [Source(locked=False, fails=True)]):
        eventually(lambda: "begins anew" in caplog.text, 10.0, "the failure")
        began = time.monotonic()
    assert len(made) == 1
    assert time.monotonic() - began < 30.0
