"""How do other programs of this user call the daemon? Through a listener that each system has.

Contracts only, satisfied by `unix_socket` and `windows_pipe`. Bytes flow in both directions without
borders; who is another user never gets in.
"""

from typing import Protocol


class Connection(Protocol):
    """The daemon's end of one caller's connection; for the thread that waits at its listener."""

    @property
    def closed(self) -> bool:
        """Whether the other end is gone, or this one."""
        ...

    @property
    def unsent(self) -> int:
        """How many bytes the system has not taken yet, as far as is known."""
        ...

    def receive(self) -> bytes:
        """Give what has come since the last time; nothing if there is nothing, or no one."""
        ...

    def send(self, data: bytes) -> None:
        """Send as soon as there is room; never waits, never fails."""
        ...

    def close(self) -> None:
        """Hang up; what is unsent is lost, what was sent can be read. May be called twice."""
        ...


class Listener(Protocol):
    """Where callers come in. One thread, but for `wake`."""

    def wait(self, seconds: float | None) -> list[Connection]:
        """Wait for news; give the connections that have some.

        These are new ones, and ones where something has come, has been sent off, or has ended; of
        what has come it may be told only once, so each is to be asked for it. None: time is up, or
        somebody has called `wake`.
        """
        ...

    def wake(self) -> None:
        """End a wait; from any thread, also after the end."""
        ...

    def close(self) -> None:
        """Listen no more and leave nothing behind; may be called twice."""
        ...


class ClientConnection(Protocol):
    """A caller's end."""

    def send(self, data: bytes) -> None:
        """Send all of it; `ConnectionError` if nobody takes it."""
        ...

    def receive(self, seconds: float | None) -> bytes:
        """Wait for bytes and give them; none at the end. `TimeoutError` when time is up."""
        ...

    def close(self) -> None:
        """Hang up; may be called twice."""
        ...
