"""Does a message to a reader that sleeps hold up nobody on Windows? By a stand-in."""

from dataclasses import dataclass, field

import pytest

from traybot.system.windows_pipe_ends import send_now

pytestmark = pytest.mark.anywhere


@dataclass
class FakeWrite:
    """An overlapped write, as `_winapi` gives it."""

    size: int
    done: bool
    event: int = 7
    cancelled: bool = False

    def cancel(self) -> None:
        """Call it off, if it is under way."""
        self.cancelled = not self.done

    def GetOverlappedResult(self, wait: bool) -> tuple[int, int]:  # noqa: FBT001, N802  the system's name
        """Give how much was written, and how it ended."""
        assert self.done or self.cancelled, "it would wait for ever"
        return (0, 995) if self.cancelled else (self.size, 0)


@dataclass
class FakeWinapi:
    """A pipe with room for so many bytes."""

    room: int
    writes: list[FakeWrite] = field(default_factory=list)

    def WriteFile(self, pipe: int, data: bytes, overlapped: bool) -> tuple[FakeWrite, int]:  # noqa: FBT001, N802  the system's name
        """Ends at once if there is room."""
        fits = len(data) <= self.room
        self.room -= len(data) if fits else 0
        self.writes.append(FakeWrite(len(data), fits))
        return self.writes[-1], 0 if fits else 997

    def WaitForMultipleObjects(self, events: list[int], all_of_them: bool, ms: int) -> int:  # noqa: FBT001, N802  the system's name
        """Nobody reads meanwhile."""
        assert ms == 0
        return 258


def test_what_fits_is_sent() -> None:
    """It is in the pipe when the call returns."""
    assert send_now(5, b"hello\n", FakeWinapi(100))


def test_what_does_not_fit_is_called_off() -> None:
    """The sender is told, and what came before stays."""
    calls = FakeWinapi(10)
    assert send_now(5, b"hello\n", calls)
    assert not send_now(5, b"hello\n", calls)
    assert [write.cancelled for write in calls.writes] == [False, True]
