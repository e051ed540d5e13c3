"""How is the daemon called on Windows? Over a named pipe that only its owner can open.

Every user sees all names of pipes, so three things guard this one. Its rights name our own user and
nobody else; its name cannot be guessed, and nobody may have made one of that name before us; and a
caller checks that the process which answers belongs to the same user. Callers from other machines
are refused. The name is kept in a file where on other systems the socket lies.

One completion port tells of everything: a caller that came, bytes that came or went, a wake-up.
"""

import contextlib
import os
import secrets
import time
from pathlib import Path

from traybot.system.calling import Connection
from traybot.system.windows_pipe_base import (
    CHUNK,
    DUPLEX,
    FIRST_INSTANCE,
    OVERLAPPED,
    PREFIX,
    REJECT_REMOTE,
    Operation,
    PipeCalls,
    leave_name,
)

#: So many callers may come at one moment without waiting for the next instance.
_READY = 4
#: The key of a wake-up; those of pipes begin above it.
_WAKE = 0
#: What is under way when the listener closes is given so long to be called off.
_CLOSE_SECONDS = 1.0


class PipeConnection:
    """Satisfies `calling.Connection`."""

    def __init__(self, listener: "PipeListener", pipe: int, key: int) -> None:
        """Take over an instance to which a caller is connected."""
        self._listener, self._pipe, self.key = listener, pipe, key
        self._come = b""
        self._waiting = b""
        #: So much of it is being written.
        self._under_way = 0
        self._reading: Operation | None = None
        self._writing: Operation | None = None
        self.closed = False
        self._read_on()

    @property
    def unsent(self) -> int:
        """How many bytes are not in the pipe yet."""
        return len(self._waiting)

    def receive(self) -> bytes:
        """Give what has come, and have more read."""
        come, self._come = self._come, b""
        self._read_on()
        return come

    def send(self, data: bytes) -> None:
        """Begin to send, or leave it to the end of what is being sent."""
        self._waiting += data
        self._write_on()

    def close(self) -> None:
        """Close the instance; what is in the pipe can still be read."""
        if self._pipe != -1:
            self.closed = True
            for operation in (self._reading, self._writing):
                if operation is not None:
                    operation.cancel()
            self._listener.drop(self.key, self._pipe)
            self._pipe = -1

    def ended(self, address: int) -> None:
        """Something of ours has ended; the listener calls."""
        try:
            if self._reading is not None and address == self._reading.address:
                operation, self._reading = self._reading, None
                self._come = operation.result()
                self.closed |= not self._come
            elif self._writing is not None and address == self._writing.address:
                operation, self._writing = self._writing, None
                operation.result()
                self._waiting = self._waiting[self._under_way :]
                self._write_on()
        except OSError:
            self.closed = True

    def _read_on(self) -> None:
        if self.closed or self._reading is not None or self._come:
            return
        try:
            self._reading = self._listener.begin_read(self._pipe)
        except OSError:
            self.closed = True

    def _write_on(self) -> None:
        if self.closed or self._writing is not None or not self._waiting:
            return
        chunk = self._waiting[:CHUNK]
        self._under_way = len(chunk)
        try:
            self._writing = self._listener.begin_write(self._pipe, chunk)
        except OSError:
            self.closed = True


class PipeListener:
    """Satisfies `calling.Listener`."""

    def __init__(self, path: Path, calls: PipeCalls | None = None) -> None:
        """Make a pipe and leave its name in the file `path`; the instance lock must be held."""
        self._calls = calls or _own_calls()
        self._path = path
        self._name = PREFIX + secrets.token_hex(16)
        self._rights = f"D:P(A;;GA;;;{self._calls.user_of(os.getpid())})"
        self._keys = _WAKE
        self._port = self._calls.port()
        #: Instances that wait for a caller, by key, and what waits.
        self._free: dict[int, tuple[int, Operation | None]] = {}
        self._connections: dict[int, PipeConnection] = {}
        #: What is under way; it must not be forgotten before the system has ended it.
        self._under_way: dict[int, Operation] = {}
        self._open = True
        try:
            self._make_ready()
            leave_name(path, self._name)
        except BaseException:
            self.close()
            raise

    def begin_read(self, pipe: int) -> Operation:
        """Begin to read, and remember that."""
        return self._remember(self._calls.read(pipe, CHUNK))

    def begin_write(self, pipe: int, data: bytes) -> Operation:
        """Begin to write, and remember that."""
        return self._remember(self._calls.write(pipe, data))

    def _remember(self, operation: Operation) -> Operation:
        self._under_way[operation.address] = operation
        return operation

    def drop(self, key: int, pipe: int) -> None:
        """A connection is closed."""
        self._connections.pop(key, None)
        self._calls.close(pipe)

    def _make_ready(self) -> None:
        """Have instances wait for callers; the name is ours as long as there is one."""
        while len(self._free) < _READY:
            first = FIRST_INSTANCE if self._keys == _WAKE else 0
            mode = DUPLEX | OVERLAPPED | first
            pipe = self._calls.create(self._name, mode, REJECT_REMOTE, self._rights)
            self._keys += 1
            self._free[self._keys] = (pipe, None)
            self._calls.add(self._port, pipe, self._keys)
            operation = self._calls.accept(pipe)
            if operation is None:
                # A caller was faster than we: the port will not tell of it.
                self._calls.post(self._port, self._keys)
            else:
                self._free[self._keys] = (pipe, self._remember(operation))

    def wait(self, seconds: float | None) -> list[Connection]:
        """Wait for the first piece of news, then take all that there are."""
        with contextlib.suppress(OSError):
            # Where there were no means for another instance a moment ago there may be now.
            self._make_ready()
        news: dict[int, Connection] = {}
        left = seconds
        while (told := self._calls.next(self._port, left)) is not None:
            left = 0.0
            key, address = told
            self._under_way.pop(address, None)
            connection = self._came(key) if key in self._free else self._ended(key, address)
            if connection is not None:
                news[key] = connection
            with contextlib.suppress(OSError):
                self._make_ready()
        return list(news.values())

    def _came(self, key: int) -> Connection | None:
        pipe, operation = self._free.pop(key)
        try:
            if operation is not None:
                operation.result()
        except OSError:
            # It came and went at once.
            self._calls.close(pipe)
            return None
        self._connections[key] = PipeConnection(self, pipe, key)
        return self._connections[key]

    def _ended(self, key: int, address: int) -> Connection | None:
        connection = self._connections.get(key)
        if connection is not None:
            connection.ended(address)
        return connection

    def wake(self) -> None:
        """End a wait."""
        with contextlib.suppress(OSError):
            if self._open:
                self._calls.post(self._port, _WAKE)

    def close(self) -> None:
        """Close every instance and the port, remove the file with the name."""
        if not self._open:
            return
        self._open = False
        for connection in list(self._connections.values()):
            connection.close()
        for pipe, operation in self._free.values():
            if operation is not None:
                operation.cancel()
            self._calls.close(pipe)
        self._free.clear()
        deadline = time.monotonic() + _CLOSE_SECONDS
        while self._under_way and (left := deadline - time.monotonic()) > 0:
            told = self._calls.next(self._port, left)
            if told is not None:
                self._under_way.pop(told[1], None)
        self._calls.close(self._port)
        self._path.unlink(missing_ok=True)


def _own_calls() -> PipeCalls:
    """Windows' own can be loaded there only."""
    from traybot.system.windows_pipe_calls import WindowsPipeCalls

    return WindowsPipeCalls()
