"""How do other programs of this user command the daemon? JSON lines over a private Unix socket.

One line in, one line out; size, time and number of callers are limited, so that a broken or hostile
caller costs nothing but its own connection.
"""

import contextlib
import json
import logging
import os
import selectors
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)

VERSION = 1
LONGEST_LINE = 65536
_CALLERS = 64
#: So many may knock at once; the system turns others away.
_BACKLOG = 128
#: Who connects and then says nothing is sent away.
_SILENT_SECONDS = 10.0
#: A follower that does not read is sent away when so much waits for it.
_LONGEST_BACKLOG = 1 << 20

Document = dict[str, Any]
#: Takes a caller's document and number; gives the answer, or None: it comes later.
Handler = Callable[[Document, int], Document | None]


@dataclass(slots=True, eq=False)
class _Caller:
    """One connection."""

    socket: socket.socket
    number: int
    heard_at: float
    read: bytes = b""
    unsent: bytes = b""
    #: Waits for an answer that comes later, or follows: may be silent.
    waits: bool = False
    last: bool = field(default=False)


class ControlServer:
    """Listens on a thread of its own."""

    def __init__(self, path: Path, handler: Handler) -> None:
        """Listen at `path`, in a folder that only we may enter; the instance lock must be held."""
        self._path = path
        self._handler = handler
        self._callers: dict[int, _Caller] = {}
        self._numbers = 0
        self._outbox: deque[tuple[int, Document, bool]] = deque()
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        for end in (self._wake, self._woken):
            end.setblocking(False)  # noqa: FBT003  the library takes no name
        self._leaving = False
        self._listener = _listen(path)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def answer(self, number: int, document: Document, *, more: bool = False) -> bool:
        """Answer a caller, from any thread; with `more` the connection stays open.

        False if the caller has gone.
        """
        if number not in self._callers:
            return False
        self._outbox.append((number, document, not more))
        with contextlib.suppress(OSError):
            self._wake.send(b"!")
        return True

    def stop(self) -> None:
        """Send off what is waiting, then end; may be called twice."""
        self._leaving = True
        with contextlib.suppress(OSError):
            self._wake.send(b"!")
        if self._thread.is_alive():
            self._thread.join(1.0)
        if not self._thread.is_alive():
            self._close()
        self._path.unlink(missing_ok=True)

    def _run(self) -> None:
        try:
            while not self._leaving:
                self._serve_once()
            self._send_outbox()
        finally:
            self._close()

    def _close(self) -> None:
        for caller in list(self._callers.values()):
            self._hang_up(caller)
        self._selector.close()
        for end in (self._listener, self._wake, self._woken):
            end.close()

    def _serve_once(self) -> None:
        for key, _ in self._selector.select(1.0 if self._callers else None):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj is self._woken:
                with contextlib.suppress(OSError):
                    self._woken.recv(4096)
            else:
                self._serve(key.data)
        self._send_outbox()
        self._send_silent_away()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            connection, _ = self._listener.accept()
            if not (_is_ours(connection) and self._has_room()):
                connection.close()
                return
            connection.setblocking(False)  # noqa: FBT003  the library takes no name
            self._numbers += 1
            caller = _Caller(connection, self._numbers, time.monotonic())
            self._callers[caller.number] = caller
            self._selector.register(connection, selectors.EVENT_READ, caller)

    def _has_room(self) -> bool:
        """Make room if need be: who has said nothing for longest goes before a newcomer does."""
        if len(self._callers) >= _CALLERS:
            silent = [caller for caller in self._callers.values() if not caller.waits]
            if not silent:
                return False
            self._hang_up(min(silent, key=lambda caller: caller.heard_at))
        return True

    def _serve(self, caller: _Caller) -> None:
        try:
            chunk = caller.socket.recv(LONGEST_LINE)
        except BlockingIOError:
            self._send(caller)
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._hang_up(caller)
            return
        caller.read += chunk
        caller.heard_at = time.monotonic()
        if b"\n" in caller.read:
            line, _, caller.read = caller.read.partition(b"\n")
            self._handle(caller, line)
        elif len(caller.read) >= LONGEST_LINE:
            self._refuse(caller, f"the line is longer than {LONGEST_LINE} bytes")

    def _handle(self, caller: _Caller, line: bytes) -> None:
        try:
            document = json.loads(line)
        except (ValueError, RecursionError):
            self._refuse(caller, 'the line is not JSON (send {"v": 1, "do": "status"})')
            return
        if not isinstance(document, dict) or document.get("v") != VERSION:
            self._refuse(caller, f'"v" must be {VERSION} (update traybot, or restart its daemon)')
            return
        try:
            answer = self._handler(document, caller.number)
        except Exception:  # noqa: BLE001  one caller's wish must not end the thread that serves all
            _log.exception("cannot obey %s", document)
            text = "cannot obey: something went wrong (see the log: traybot log)"
            answer = {"ok": False, "code": 1, "text": text}
        if answer is None:
            caller.waits = True
        else:
            self._queue(caller, answer, last=True)

    def _refuse(self, caller: _Caller, why: str) -> None:
        self._queue(caller, {"ok": False, "code": 2, "text": f"cannot obey: {why}"}, last=True)

    def _send_outbox(self) -> None:
        while self._outbox:
            number, document, last = self._outbox.popleft()
            caller = self._callers.get(number)
            if caller is not None:
                self._queue(caller, document, last=last)

    def _queue(self, caller: _Caller, document: Document, *, last: bool) -> None:
        caller.unsent += json.dumps(document).encode() + b"\n"
        caller.last = last
        if len(caller.unsent) > _LONGEST_BACKLOG:
            self._hang_up(caller)
            return
        self._send(caller)

    def _send(self, caller: _Caller) -> None:
        try:
            caller.unsent = caller.unsent[caller.socket.send(caller.unsent) :]
        except BlockingIOError:
            pass
        except OSError:
            self._hang_up(caller)
            return
        if not caller.unsent and caller.last:
            self._hang_up(caller)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if caller.unsent else 0)
        self._selector.modify(caller.socket, wanted, caller)

    def _send_silent_away(self) -> None:
        now = time.monotonic()
        for caller in list(self._callers.values()):
            if not caller.waits and now - caller.heard_at > _SILENT_SECONDS:
                self._hang_up(caller)

    def _hang_up(self, caller: _Caller) -> None:
        if self._callers.pop(caller.number, None) is None:
            return
        with contextlib.suppress(KeyError, ValueError, OSError):
            self._selector.unregister(caller.socket)
        caller.socket.close()


def _listen(path: Path) -> socket.socket:
    # The lock is ours, so a socket that lies here is a dead daemon's.
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen(_BACKLOG)
    listener.setblocking(False)  # noqa: FBT003  the library takes no name
    return listener


def _is_ours(connection: socket.socket) -> bool:
    """Ask the kernel who calls; where it cannot tell, the folder's mode is the fence."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", raw)
    return bool(uid == os.getuid())
