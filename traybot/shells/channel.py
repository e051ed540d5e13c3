"""How do daemon and child talk? JSON documents over a pipe of their own that dies with the child.

The daemon must never wait for the rest of a document: its writer may have been frozen or killed in
the middle of it. So on a byte stream the documents are lines, and an unfinished one is left for
later; where pipes keep messages whole (Windows) the message is the document.
"""

import contextlib
import json
import os
import select
import threading
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol, cast

from traybot.shells.flood import LONGEST_LINE, Ration
from traybot.system import choose
from traybot.text import in_english, with_both, with_english

_CHUNK = 65536
#: As much is taken at once, more than a pipe holds: who floods us must not keep us from the others.
_PORTION = 4 * _CHUNK
#: A child that sends more than this without an end of line is broken.
_LONGEST = 1 << 20

Document = dict[str, Any]
#: There on POSIX only.
_POLL, _READABLE = getattr(select, "poll", None), getattr(select, "POLLIN", 0)


class End(Protocol):
    """One end of a pipe of multiprocessing: a `Connection`, or a `PipeConnection` on Windows."""

    def fileno(self) -> int:
        """Its descriptor or handle."""
        ...

    def send_bytes(self, buf: bytes, /) -> None:
        """Send a message."""
        ...

    def recv_bytes(self, maxlength: int | None = None, /) -> bytes:
        """Receive a message."""
        ...

    def poll(self, timeout: float | None = 0.0, /) -> bool:
        """Whether a message waits."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


def is_stream(end: End) -> bool:
    """Whether bytes flow without borders; where they do not, each message is a document."""
    return _POLL is not None and type(end) is Connection


class Channel:
    """One end of a pipe. Sending is safe from any thread; receiving is for one thread."""

    def __init__(self, connection: End, *, patient: bool) -> None:
        """Take over a connection. A patient end waits for room when it sends, as a child may."""
        self._connection = connection
        self._streams = is_stream(connection)
        self._patient = patient
        self._rest = b""
        self._sending = threading.Lock()
        self._ration = Ration()
        self.closed = False
        if self._streams and not patient and hasattr(os, "set_blocking"):
            os.set_blocking(connection.fileno(), False)

    def fileno(self) -> int:
        """Something to wait for."""
        return self._connection.fileno()

    def send(self, document: Document) -> bool:
        """Send a document; False if nobody can take it any more."""
        line = json.dumps(with_english(document), separators=(",", ":")).encode() + b"\n"
        with self._sending, contextlib.suppress(OSError):
            if not self._streams and not self._patient:
                return choose.send_now(self._connection, line)
            if not self._streams:
                self._connection.send_bytes(line)
            elif self._patient:
                self._write_all(line)
            else:
                # Our few small documents always fit, unless the reader is frozen for good.
                return os.write(self._connection.fileno(), line) == len(line)
            return True
        return False

    def _write_all(self, line: bytes) -> None:
        while line:
            line = line[os.write(self._connection.fileno(), line) :]

    def log(self, text: str) -> None:
        """Have a line written into the daemon's log, a child's end; of a flood not every one.

        What does not fit is left out here, so that nobody has to read it; at times it is counted.
        """
        self._say_lines(self._ration.fit([str(in_english(text))[:LONGEST_LINE]]))

    def end_log(self) -> None:
        """Say how many lines were left out at last."""
        self._say_lines(self._ration.rest())

    def _say_lines(self, lines: list[str]) -> None:
        for line in lines:
            self.send({"say": "log", "level": "info", "text": line})

    def receive(self) -> list[Document]:
        """Give every document that has arrived whole; `closed` tells that no more will come."""
        if self.closed:
            return []
        return self._receive_lines() if self._streams else self._receive_messages()

    def wait(self, seconds: float | None, also: int | None = None) -> bool:
        """Wait until something can be received, or the other end is gone.

        Where pipes are streams a descriptor beside it ends the wait too.
        """
        if not self._streams or _POLL is None:
            return bool(wait([cast("Connection", self._connection)], seconds))
        poller = _POLL()
        poller.register(self._connection.fileno(), _READABLE)
        if also is not None:
            poller.register(also, _READABLE)
        return bool(poller.poll(None if seconds is None else seconds * 1000.0))

    def _receive_lines(self) -> list[Document]:
        taken = 0
        try:
            while taken < _PORTION and self.wait(0):
                chunk = os.read(self._connection.fileno(), _CHUNK)
                taken += len(chunk)
                self._rest += chunk
                self.closed = not chunk
                if len(chunk) < _CHUNK:
                    break
        except OSError:
            self.closed = True
        *lines, self._rest = self._rest.split(b"\n")
        if len(self._rest) > _LONGEST:
            self.closed = True
        return [document for line in lines if (document := _parsed(line)) is not None]

    def _receive_messages(self) -> list[Document]:
        documents = []
        try:
            while self._connection.poll():
                document = _parsed(self._connection.recv_bytes(_LONGEST))
                if document is not None:
                    documents.append(document)
        except (OSError, EOFError):
            self.closed = True
        return documents

    def close(self) -> None:
        """Close this end; may be called twice."""
        self.closed = True
        with contextlib.suppress(OSError):
            self._connection.close()


def give_end(door: End, end: End, pid: int) -> None:
    """Give the process at the other side of a door the end of another pipe; never waits."""
    choose.give_handle(door, end, pid)


def take_end(door: End) -> End:
    """Take what `give_end` gave; waits for it."""
    taken: End = type(door)(choose.take_handle(door))  # type: ignore[call-arg]  # as both real ones do
    return taken


def _parsed(line: bytes) -> Document | None:
    """Read one line; what is no JSON object was written by a dying process and says nothing."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return with_both(document) if isinstance(document, dict) else None
