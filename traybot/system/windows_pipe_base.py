"""Which of Windows' calls does the control pipe need? Satisfied by `windows_pipe_calls`."""

import os
import re
from pathlib import Path
from typing import Protocol

#: Of winbase.h and winnt.h.
DUPLEX, OVERLAPPED, FIRST_INSTANCE = 0x0000_0003, 0x4000_0000, 0x0008_0000
REJECT_REMOTE = 0x0000_0008
ERROR_PIPE_BUSY = 231
#: As much is read or written at once.
CHUNK = 65536
#: What every one of our names begins with.
PREFIX = "\\\\.\\pipe\\traybot-"


class Operation(Protocol):
    """Something begun on a pipe, that ends later."""

    @property
    def address(self) -> int:
        """What the completion port calls it by."""
        ...

    def result(self) -> bytes:
        """Give what was read, once it has ended; `OSError` if it failed."""
        ...

    def cancel(self) -> None:
        """Call it off; that ends it too."""
        ...


class PipeCalls(Protocol):
    """Windows' own calls about pipes. Failing ones raise `OSError`, with its `winerror`."""

    def user_of(self, pid: int) -> str:
        """Give the security identifier (S-1-…) of the user a process belongs to."""
        ...

    def create(self, name: str, open_mode: int, pipe_mode: int, rights: str) -> int:
        """Make an instance of a pipe, with rights in the descriptor language (SDDL)."""
        ...

    def open(self, name: str) -> int:
        """Open a pipe as its client, for overlapped use, and let the server identify us at most."""
        ...

    def wait_for(self, name: str, seconds: float) -> None:
        """Wait until an instance is free."""
        ...

    def server_of(self, pipe: int) -> int:
        """Give the process at the server's end."""
        ...

    def port(self) -> int:
        """Make a completion port."""
        ...

    def add(self, port: int, pipe: int, key: int) -> None:
        """Have the port tell, under a key, of what ends on a pipe."""
        ...

    def next(self, port: int, seconds: float | None) -> tuple[int, int] | None:
        """Wait for an end; give key and address of the operation. None when time is up."""
        ...

    def post(self, port: int, key: int) -> None:
        """Have the port tell of a key, and no operation."""
        ...

    def accept(self, pipe: int) -> Operation | None:
        """Begin to wait for a client; None if one is there already."""
        ...

    def read(self, pipe: int, size: int) -> Operation:
        """Begin to read; `BrokenPipeError` if the other end is gone."""
        ...

    def write(self, pipe: int, data: bytes) -> Operation:
        """Begin to write; likewise."""
        ...

    def finish(self, operation: Operation, seconds: float | None) -> bool:
        """Wait for the end of an operation on a pipe that is at no port; false when time is up."""
        ...

    def close(self, handle: int) -> None:
        """Close a pipe or a port."""
        ...


def name_in(path: Path) -> str:
    """Read a pipe's name; it must be one of ours, on this machine."""
    name = path.read_text(encoding="utf-8", errors="replace")
    if not re.fullmatch(re.escape(PREFIX) + "[0-9a-f]+", name):
        raise FileNotFoundError(path)
    return name


def leave_name(path: Path, name: str) -> None:
    """Write the file whole, for its owner only; one that lies here is a dead daemon's."""
    path.unlink(missing_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(file, "w", encoding="utf-8") as stream:  # noqa: PTH123  it is open already
        stream.write(name)
