"""A stand-in for Windows' named pipes: names, instances, rights, overlapped operations, ports.

As Microsoft's documentation has them. One `Machine`, and for each process on it a `FakePipes`.
"""

import threading
from collections import deque
from dataclasses import dataclass, field
from itertools import count

from traybot.system.windows_pipe_base import FIRST_INSTANCE, OVERLAPPED, REJECT_REMOTE

#: As much lies in a pipe, in each direction, before a write waits for its reader.
QUOTA = 65536


class WindowsFailure(OSError):
    """An error with Windows' own number; the class is Python's for it."""

    winerror: int


def failure(number: int, kind: type[OSError] = OSError) -> OSError:
    """Make an error as Python raises it on Windows."""
    error = kind(f"[WinError {number}]")
    vars(error)["winerror"] = number
    error.winerror = number  # type: ignore[attr-defined,unused-ignore]  # there on Windows only
    return error


@dataclass(eq=False)
class FakeOperation:
    """Satisfies `windows_pipe_base.Operation`."""

    machine: "Machine"
    address: int
    handle: int
    kind: str
    data: bytes = b""
    done: bool = False
    error: OSError | None = None

    def result(self) -> bytes:
        """As GetOverlappedResult: incomplete is an error; a broken read gives nothing."""
        if not self.done:
            raise failure(996)
        if self.error is not None:
            raise self.error
        return self.data if self.kind == "read" else b""

    def cancel(self) -> None:
        """As CancelIoEx: it ends with "aborted", unless it has ended."""
        with self.machine.changed:
            if not self.done:
                self.error = failure(995)
                self.machine.forget(self)
                self.machine.complete(self)


@dataclass(eq=False)
class End:
    """A handle to one side of an instance."""

    instance: "Instance"
    owner: int
    #: What the other side has written.
    come: bytearray = field(default_factory=bytearray)
    open: bool = False
    reads: deque[FakeOperation] = field(default_factory=deque)
    #: Writes of this side that wait for room.
    writes: deque[FakeOperation] = field(default_factory=deque)
    port: tuple[int, int] | None = None


@dataclass(eq=False)
class Instance:
    """One instance of a pipe."""

    name: str
    rights: str
    remote: bool
    server: End = field(init=False)
    client: End = field(init=False)
    accepting: FakeOperation | None = None

    def __post_init__(self) -> None:
        self.server, self.client = End(self, 0), End(self, 0)

    def other(self, end: End) -> End:
        """Give the other side."""
        return self.client if end is self.server else self.server


class Machine:
    """All pipes, ports and processes."""

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.instances: list[Instance] = []
        self.handles: dict[int, End | deque[tuple[int, int]]] = {}
        self.users: dict[int, str] = {}
        self.numbers, self.addresses = count(0x100, 4), count(0x7000_0000, 64)

    def complete(self, operation: FakeOperation) -> None:
        """An operation has ended: its port tells so."""
        operation.done = True
        end = self.handles.get(operation.handle)
        if isinstance(end, End) and end.port is not None:
            port, key = end.port
            queue = self.handles[port]
            assert isinstance(queue, deque)
            queue.append((key, operation.address))
        self.changed.notify_all()

    def forget(self, operation: FakeOperation) -> None:
        """An operation is called off."""
        end = self.handles[operation.handle]
        assert isinstance(end, End)
        for queue in (end.reads, end.writes):
            if operation in queue:
                queue.remove(operation)
        if end.instance.accepting is operation:
            end.instance.accepting = None

    def flow(self, end: End) -> None:
        """Move what the other side writes into this one, and give it to whoever reads."""
        other = end.instance.other(end)
        while end.reads and end.come:
            read = end.reads.popleft()
            size = int.from_bytes(read.data)
            read.data = bytes(end.come[:size])
            del end.come[:size]
            self.complete(read)
        while other.writes and len(end.come) + len(other.writes[0].data) <= QUOTA:
            write = other.writes.popleft()
            end.come += write.data
            self.complete(write)
            self.flow(end)


class FakePipes:
    """Satisfies `windows_pipe_base.PipeCalls` for one process."""

    def __init__(self, machine: Machine, pid: int, user: str, *, remote: bool = False) -> None:
        self._machine, self._pid, self._user, self._remote = machine, pid, user, remote
        machine.users[pid] = user

    def user_of(self, pid: int) -> str:
        """From the machine's book."""
        return self._machine.users[pid]

    def _end(self, handle: int) -> End:
        end = self._machine.handles.get(handle)
        if not isinstance(end, End):
            raise failure(6)
        return end

    def _give(self, thing: End | deque[tuple[int, int]]) -> int:
        handle = next(self._machine.numbers)
        self._machine.handles[handle] = thing
        return handle

    def create(self, name: str, open_mode: int, pipe_mode: int, rights: str) -> int:
        """The first instance sets the rights; who asks to be the first must be."""
        with self._machine.changed:
            others = [one for one in self._machine.instances if one.name == name]
            if others and (open_mode & FIRST_INSTANCE or not _allows(others[0], self._user)):
                raise failure(5, PermissionError)
            assert open_mode & OVERLAPPED, "a port is told of overlapped handles only"
            instance = Instance(name, rights, not pipe_mode & REJECT_REMOTE)
            instance.server.owner, instance.server.open = self._pid, True
            self._machine.instances.append(instance)
            return self._give(instance.server)

    def open(self, name: str) -> int:
        """A free instance gets its client, also before it waits for one."""
        with self._machine.changed:
            found = [one for one in self._machine.instances if one.name == name]
            if not found:
                raise failure(2, FileNotFoundError)
            if not _allows(found[0], self._user) or (self._remote and not found[0].remote):
                raise failure(5, PermissionError)
            free = next((one for one in found if not one.client.owner), None)
            if free is None:
                raise failure(231)
            free.client.owner, free.client.open = self._pid, True
            if free.accepting is not None:
                self._machine.complete(free.accepting)
            return self._give(free.client)

    def wait_for(self, name: str, seconds: float) -> None:
        """Until an instance of the name has no client."""
        with self._machine.changed:
            free = self._machine.changed.wait_for(
                lambda: any(
                    one.name == name and not one.client.owner for one in self._machine.instances
                ),
                seconds,
            )
            if not free:
                raise failure(121)

    def server_of(self, pipe: int) -> int:
        """The process that made the instance."""
        return self._end(pipe).instance.server.owner

    def port(self) -> int:
        """A queue."""
        return self._give(deque())

    def _queue(self, port: int) -> deque[tuple[int, int]]:
        queue = self._machine.handles.get(port)
        if not isinstance(queue, deque):
            raise failure(6)
        return queue

    def add(self, port: int, pipe: int, key: int) -> None:
        """From now on the port tells."""
        self._end(pipe).port = (port, key)

    def next(self, port: int, seconds: float | None) -> tuple[int, int] | None:
        """Wait for the queue."""
        with self._machine.changed:
            self._machine.changed.wait_for(lambda: self._queue(port), seconds)
            return self._queue(port).popleft() if self._queue(port) else None

    def post(self, port: int, key: int) -> None:
        """Into the queue."""
        with self._machine.changed:
            self._queue(port).append((key, 0))
            self._machine.changed.notify_all()

    def _begin(self, handle: int, kind: str, data: bytes = b"") -> FakeOperation:
        address = next(self._machine.addresses)
        return FakeOperation(self._machine, address, handle, kind, data)

    def accept(self, pipe: int) -> FakeOperation | None:
        """The system says "connected already" to who comes too late."""
        with self._machine.changed:
            instance = self._end(pipe).instance
            if instance.client.owner:
                return None
            instance.accepting = self._begin(pipe, "accept")
            return instance.accepting

    def read(self, pipe: int, size: int) -> FakeOperation:
        """Ends at once if something has come."""
        with self._machine.changed:
            end = self._end(pipe)
            if not end.come and not end.instance.other(end).open:
                raise failure(109, BrokenPipeError)
            operation = self._begin(pipe, "read", size.to_bytes(4))
            end.reads.append(operation)
            self._machine.flow(end)
            return operation

    def write(self, pipe: int, data: bytes) -> FakeOperation:
        """Ends once all of it is in the pipe."""
        with self._machine.changed:
            end = self._end(pipe)
            other = end.instance.other(end)
            if not other.open:
                raise failure(232, BrokenPipeError)
            operation = self._begin(pipe, "write", data)
            end.writes.append(operation)
            self._machine.flow(other)
            return operation

    def finish(self, operation: object, seconds: float | None) -> bool:
        """Wait for its event."""
        assert isinstance(operation, FakeOperation)
        with self._machine.changed:
            return self._machine.changed.wait_for(lambda: operation.done, seconds)

    def close(self, handle: int) -> None:
        """What was written stays readable; what is under way ends; the other side hears of it."""
        machine = self._machine
        with machine.changed:
            if handle not in machine.handles:
                raise failure(6)
            end = machine.handles[handle]
            if isinstance(end, End):
                self._close_end(end)
            del machine.handles[handle]
            machine.changed.notify_all()

    def _close_end(self, end: End) -> None:
        machine, instance = self._machine, end.instance
        other, end.open = instance.other(end), False
        accepting, instance.accepting = instance.accepting, None
        for operation in (*end.reads, *end.writes, *([accepting] if accepting else [])):
            if not operation.done:
                operation.error = failure(995)
                machine.complete(operation)
        for operation in other.reads:
            operation.data = b""
            machine.complete(operation)
        for operation in other.writes:
            operation.error = failure(232, BrokenPipeError)
            machine.complete(operation)
        for queue in (end.reads, end.writes, other.reads, other.writes):
            queue.clear()
        if end is instance.server:
            machine.instances.remove(instance)


def _allows(instance: Instance, user: str) -> bool:
    """Understand the one kind of descriptor we write: everything, to one user."""
    assert instance.rights.startswith("D:P(A;;GA;;;"), "protected, with one entry"
    return instance.rights == f"D:P(A;;GA;;;{user})"
