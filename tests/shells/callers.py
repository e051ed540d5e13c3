"""A control server with a plain handler, and callers that are no good clients."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from traybot.shells.control import ControlServer
from traybot.system.calling import Listener

#: Generous: the machine may be busy with other work.
ANSWER_SECONDS = 10.0

Document = dict[str, Any]


class Listening:
    """A server that echoes, follows, keeps silent or fails, as it is asked to."""

    def __init__(self, path: Path, listener: Listener | None = None) -> None:
        self.path = path
        self.heard: list[Document] = []
        self.numbers: list[int] = []
        self.server = ControlServer(path, self.handle, listener)
        self.server.start()

    def handle(self, document: Document, number: int) -> Document | None:
        """Do what a document says."""
        self.heard.append(document)
        self.numbers.append(number)
        match document.get("do"):
            case "later" | "follow":
                return None
            case "fail":
                raise RuntimeError("the handler has a fault")
        return {"ok": True, "echo": document}

    @contextmanager
    def caller(self) -> Iterator[socket.socket]:
        """Connect; whatever waits longer than is good for a test fails it."""
        with socket.socket(socket.AF_UNIX) as connection:
            # With a timeout the system would not wait for room in the queue of callers.
            connection.connect(str(self.path))
            connection.settimeout(ANSWER_SECONDS)
            yield connection

    def say(self, line: bytes) -> bytes:
        """Send bytes, give all that comes back until the server hangs up."""
        with self.caller() as connection:
            with suppress(ConnectionError):  # It may have heard enough; its words wait for us.
                connection.sendall(line)
            return read_all(connection)

    def ask(self, **document: object) -> Document:
        """Ask as a good client does."""
        answer: Document = json.loads(self.say(line_of(document)))
        return answer


def line_of(document: Document) -> bytes:
    """Write a request of the present version."""
    return json.dumps({"v": 1, **document}).encode() + b"\n"


def read_all(connection: socket.socket) -> bytes:
    """Read until the other end hangs up, however it does so."""
    said = b""
    with suppress(ConnectionError):
        while chunk := connection.recv(65536):
            said += chunk
    return said


@contextmanager
def listening(path: Path, listener: Listener | None = None) -> Iterator[Listening]:
    """A server in a `with` block."""
    server = Listening(path, listener)
    try:
        yield server
    finally:
        server.server.stop()
