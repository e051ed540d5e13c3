"""How is the daemon called on Linux and macOS? Over a Unix socket that only its owner can open."""

import contextlib
import errno
import os
import selectors
import socket
import struct
import time
from pathlib import Path
from typing import Any

from traybot.errors import TraybotError
from traybot.system.calling import Connection
from traybot.text import _

#: So many may knock at once; the system turns others away.
_BACKLOG = 128
_CHUNK = 65536
#: How long, and how often, a caller knocks where others queue already.
_QUEUE_SECONDS = 5.0
_KNOCK_SECONDS = 0.01
#: What the system says when it can open nothing more, and how long nobody is let in then.
_NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_FULL_SECONDS = 0.05
#: By their names: a type checker knows them on POSIX only.
_UNIX: Any = vars(socket).get("AF_UNIX")
_WHO: Any = vars(socket).get("SO_PEERCRED")


class UnixConnection:
    """Satisfies `calling.Connection`."""

    def __init__(self, end: socket.socket, selector: selectors.BaseSelector) -> None:
        """Take over a connected socket."""
        end.setblocking(False)  # noqa: FBT003  the library takes no name
        self._socket, self._selector = end, selector
        self._waiting = b""
        self._listened_for = selectors.EVENT_READ
        self.closed = False
        selector.register(end, self._listened_for, self)

    @property
    def unsent(self) -> int:
        """How many bytes the system has not taken yet."""
        return len(self._waiting)

    def receive(self) -> bytes:
        """Give what has come."""
        try:
            chunk = b"" if self.closed else self._socket.recv(_CHUNK)
        except BlockingIOError:
            return b""
        except OSError:
            chunk = b""
        self.closed = not chunk
        return chunk

    def send(self, data: bytes) -> None:
        """Send what there is room for, keep the rest."""
        self._waiting += data
        self.flush()

    def flush(self) -> None:
        """Send on; the listener calls it when there is room."""
        if self.closed:
            return
        try:
            self._waiting = self._waiting[self._socket.send(self._waiting) :]
        except BlockingIOError:
            pass
        except OSError:
            self.closed = True
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._waiting else 0)
        if wanted != self._listened_for:
            self._listened_for = wanted
            self._selector.modify(self._socket, wanted, self)

    def close(self) -> None:
        """Close the socket."""
        self.closed = True
        with contextlib.suppress(KeyError, ValueError, OSError):
            self._selector.unregister(self._socket)
        self._socket.close()


class UnixListener:
    """Satisfies `calling.Listener`."""

    def __init__(self, path: Path) -> None:
        """Listen at `path`, in a folder that only we may enter; the instance lock must be held."""
        self._path = path
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        for end in (self._wake, self._woken):
            end.setblocking(False)  # noqa: FBT003  the library takes no name
        self._listener = _listen(path)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._open = True

    def wait(self, seconds: float | None) -> list[Connection]:
        """Wait for callers, for their words, and for room."""
        news: list[Connection] = []
        for key, events in self._selector.select(seconds):
            if key.fileobj is self._listener:
                news += self._accept()
            elif key.fileobj is self._woken:
                with contextlib.suppress(OSError):
                    self._woken.recv(4096)
            else:
                if events & selectors.EVENT_WRITE:
                    key.data.flush()
                news.append(key.data)
        return news

    def _accept(self) -> list[Connection]:
        try:
            connection, _address = self._listener.accept()
        except OSError as error:
            if error.errno in _NO_ROOM:
                # Who knocks knocks on: without a rest we would do nothing else.
                time.sleep(_FULL_SECONDS)
            return []
        with contextlib.suppress(OSError):
            if _is_ours(connection):
                return [UnixConnection(connection, self._selector)]
        connection.close()
        return []

    def wake(self) -> None:
        """End a wait."""
        with contextlib.suppress(OSError):
            self._wake.send(b"!")

    def close(self) -> None:
        """Close the socket and remove its file."""
        if self._open:
            self._open = False
            self._selector.close()
            for end in (self._listener, self._wake, self._woken):
                end.close()
            self._path.unlink(missing_ok=True)


def _listen(path: Path) -> socket.socket:
    # The lock is ours, so a socket that lies here is a dead daemon's.
    path.unlink(missing_ok=True)
    listener = socket.socket(_UNIX)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen(_BACKLOG)
    listener.setblocking(False)  # noqa: FBT003  the library takes no name
    return listener


def _is_ours(connection: socket.socket) -> bool:
    """Ask the kernel who calls, or listens; where it cannot tell the folder is the fence."""
    if _WHO is None:
        return True
    raw = connection.getsockopt(socket.SOL_SOCKET, _WHO, struct.calcsize("3i"))
    _pid, uid, _gid = struct.unpack("3i", raw)
    return bool(uid == vars(os)["getuid"]())


def _check_ours(connection: socket.socket) -> None:
    if not _is_ours(connection):
        what = _("cannot trust what answers for traybot: it is another user's")
        raise TraybotError(what, _("start traybot anew, and look who does that"))


class UnixClient:
    """Satisfies `calling.ClientConnection`."""

    def __init__(self, path: Path, seconds: float) -> None:
        """Connect; a send may take `seconds`.

        `OSError` if nobody listens there, `TraybotError` if it is somebody else who does.
        """
        self._socket = socket.socket(_UNIX)
        self._socket.settimeout(seconds)
        try:
            self._knock(str(path))
            _check_ours(self._socket)
        except BaseException:
            self._socket.close()
            raise

    def _knock(self, path: str) -> None:
        """Connect; while the daemon has more callers than it can queue the system says "again"."""
        deadline = time.monotonic() + _QUEUE_SECONDS
        while True:
            try:
                self._socket.connect(path)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_KNOCK_SECONDS)

    def send(self, data: bytes) -> None:
        """Send it all."""
        self._socket.sendall(data)

    def receive(self, seconds: float | None) -> bytes:
        """Wait for bytes."""
        self._socket.settimeout(seconds)
        return self._socket.recv(_CHUNK)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
