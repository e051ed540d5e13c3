"""How is an open file given to another process? With a byte down a socket, on Linux and macOS.

multiprocessing's own way waits on macOS until the other side has answered; who gives here never
waits, and need not: the giver keeps the file open, so none can be lost on the way.
"""

import os
import socket


def give(door: int, descriptor: int) -> None:
    """Give the process at the other side of a socket a descriptor; `OSError` if it is gone."""
    with socket.socket(fileno=os.dup(door)) as way:
        socket.send_fds(way, [b"!"], [descriptor])  # type: ignore[attr-defined,unused-ignore]  # none on Windows


def take(door: int) -> int:
    """Wait for what `give` gave; `EOFError` if nobody can give any more."""
    with socket.socket(fileno=os.dup(door)) as way:
        _, descriptors, _, _ = socket.recv_fds(way, 1, 1)  # type: ignore[attr-defined,unused-ignore]  # none on Windows
    if not descriptors:
        raise EOFError
    taken: int = descriptors[0]
    return taken
