"""How do other programs of this user command the daemon? JSON lines over a private connection.

One line in, one line out; size, time and number of callers are limited, so that a broken or hostile
caller costs nothing but its own connection. How bytes travel is the system's business.
"""

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from traybot.system import choose
from traybot.system.calling import Connection, Listener
from traybot.text import _

_log = logging.getLogger(__name__)

VERSION = 1
LONGEST_LINE = 65536
_CALLERS = 64
#: Who connects and then says nothing is sent away.
_SILENT_SECONDS = 10.0
#: A follower that does not read is sent away when so much waits for it.
_LONGEST_BACKLOG = 1 << 20
#: After a failure, so that one that lasts does not take all of the processor.
_REST_SECONDS = 0.05

Document = dict[str, Any]
#: Takes a caller's document and number; gives the answer, or None: it comes later.
Handler = Callable[[Document, int], Document | None]


@dataclass(slots=True, eq=False)
class _Caller:
    """One connection."""

    connection: Connection
    number: int
    heard_at: float
    read: bytes = b""
    #: Waits for an answer that comes later, or follows: may be silent.
    waits: bool = False
    last: bool = field(default=False)


class ControlServer:
    """Listens on a thread of its own."""

    def __init__(self, path: Path, handler: Handler, listener: Listener | None = None) -> None:
        """Listen at `path`, this system's way if no listener is given; holds the instance lock."""
        self._handler = handler
        self._callers: dict[int, _Caller] = {}
        self._by_connection: dict[Connection, _Caller] = {}
        self._numbers = 0
        self._outbox: deque[tuple[int, Document, bool]] = deque()
        self._leaving = False
        self._listener = listener or choose.listen(path)
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
        self._listener.wake()
        return True

    def stop(self) -> None:
        """Send off what is waiting, then end; may be called twice."""
        self._leaving = True
        self._listener.wake()
        if self._thread.is_alive():
            self._thread.join(1.0)
        if not self._thread.is_alive():
            self._close()

    def _run(self) -> None:
        try:
            while not self._leaving:
                self._serve_or_rest()
            self._send_outbox()
        finally:
            self._close()

    def _serve_or_rest(self) -> None:
        try:
            self._serve_once()
        except Exception:  # noqa: BLE001  the outermost line of the thread
            _log.exception("the control thread failed and goes on")
            time.sleep(_REST_SECONDS)

    def _close(self) -> None:
        for caller in list(self._callers.values()):
            self._hang_up(caller)
        self._listener.close()

    def _serve_once(self) -> None:
        for connection in self._listener.wait(1.0 if self._callers else None):
            caller = self._by_connection.get(connection) or self._welcome(connection)
            if caller is not None:
                self._serve(caller)
        self._send_outbox()
        self._send_silent_away()

    def _welcome(self, connection: Connection) -> _Caller | None:
        if not self._has_room():
            connection.close()
            return None
        self._numbers += 1
        caller = _Caller(connection, self._numbers, time.monotonic())
        self._callers[caller.number] = self._by_connection[connection] = caller
        return caller

    def _has_room(self) -> bool:
        """Make room if need be: who has said nothing for longest goes before a newcomer does."""
        if len(self._callers) >= _CALLERS:
            silent = [caller for caller in self._callers.values() if not caller.waits]
            if not silent:
                return False
            self._hang_up(min(silent, key=lambda caller: caller.heard_at))
        return True

    def _serve(self, caller: _Caller) -> None:
        chunk = caller.connection.receive()
        if caller.connection.closed or (caller.last and not caller.connection.unsent):
            self._hang_up(caller)
        elif chunk:
            caller.heard_at = time.monotonic()
            self._read(caller, chunk)

    def _read(self, caller: _Caller, chunk: bytes) -> None:
        caller.read += chunk
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
            text = _("cannot obey: something went wrong (see the log: traybot log)")
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
        caller.connection.send(json.dumps(document).encode() + b"\n")
        caller.last = last
        unsent = caller.connection.unsent
        if caller.connection.closed or unsent > _LONGEST_BACKLOG or (last and not unsent):
            self._hang_up(caller)

    def _send_silent_away(self) -> None:
        now = time.monotonic()
        for caller in list(self._callers.values()):
            if not caller.waits and now - caller.heard_at > _SILENT_SECONDS:
                self._hang_up(caller)

    def _hang_up(self, caller: _Caller) -> None:
        if self._callers.pop(caller.number, None) is not None:
            del self._by_connection[caller.connection]
            caller.connection.close()
