"""Can anybody see the desktop? Listens for sleep, lock and the session's end, and posts events.

A thread of its own. Where sleep can be held off, it is until the engine has taken the bot's hands
off, but not for long. A bus that is not there is looked for again; the rest goes on without it.
"""

import contextlib
import logging
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from traybot.core import events as e
from traybot.errors import BackendUnavailable
from traybot.system.base import SessionChange

_log = logging.getLogger(__name__)

#: How often a bus that was not there is looked for.
_RETRY_SECONDS = 60.0
#: The machine waits for us at most so long, whatever the engine does; logind itself waits for 5 s.
_HOLD_SECONDS = 2.0
#: Whoever fails at once does not begin anew at full speed.
_AGAIN_SECONDS = 1.0
_END_SECONDS = 2.0

#: Makes a source of changes, or says by `BackendUnavailable` why there is none.
Makers = Mapping[str, Callable[[], Any]]


class SessionWatch:
    """Tells the engine; what it is given is called on its thread and must not block."""

    def __init__(
        self,
        post: Callable[[e.Event], None],
        pauses_on_lock: Callable[[], bool],
        makers: Makers,
    ) -> None:
        """`pauses_on_lock` says whether the engine wants to hear of a locked screen."""
        self._post, self._pauses_on_lock = post, pauses_on_lock
        #: Called after a sleep or a lock: what listens to devices begins anew.
        self.woken: Callable[[], object] = lambda: None
        self._makers = makers
        self._sources: dict[str, Any] = {}
        self._faults: dict[str, str] = {}
        self._locked: set[str] = set()
        self._told_lock = False
        self._leaving = self._may_sleep = False
        #: Until when the machine waits for us (0: it does not want to sleep).
        self._hold_until = 0.0
        self._ear, self._mouth = socket.socketpair()
        self._mouth.settimeout(0)
        self._thread = threading.Thread(target=self._run, name="session", daemon=True)

    def start(self) -> None:
        """Start listening."""
        self._thread.start()

    def show(self, *, may_sleep: bool) -> None:
        """Tell whether the bot's hands are off; from any thread, at once."""
        self._may_sleep = may_sleep
        if self._hold_until and may_sleep:
            self._ring()

    def health(self) -> str:
        """Say who tells us; from any thread."""
        there, missing = sorted(self._sources), dict(self._faults)
        if there:
            return ", ".join(there)
        return "nobody tells: " + "; ".join(missing.values()) if missing else "not up yet"

    def stop(self) -> None:
        """Stop listening; may be called twice."""
        self._leaving = True
        self._ring()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(_END_SECONDS)
        if not self._thread.is_alive():
            self._ear.close()
            self._mouth.close()

    def _ring(self) -> None:
        with contextlib.suppress(OSError):  # full, so it will wake anyway; or closed
            self._mouth.send(b"!")

    # --- on the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._leaving:
                try:
                    self._connect()
                    self._wait()
                    self._hear()
                except Exception:  # noqa: BLE001 -- the thread's outermost line
                    _log.exception("the thread that hears the session failed and begins anew")
                    self._close()
                    self._rest(_AGAIN_SECONDS)
        finally:
            self._close()

    def _connect(self) -> None:
        """Make the sources that are missing, and ask to be waited for before a sleep."""
        for name, make in self._makers.items():
            if name in self._sources:
                continue
            try:
                source = self._sources[name] = make()
            except BackendUnavailable as error:
                self._faults[name] = str(error)
                continue
            self._faults.pop(name, None)
            if hasattr(source, "delay_sleep"):
                source.delay_sleep()
            if source.locked:
                self._change(name, SessionChange("lock", begins=True))
        # Of a lock that a lost source told of, nobody would tell the end.
        self._tell_lock(time.monotonic())

    def _rest(self, seconds: float) -> None:
        # Asked first: that somebody rang may have been heard before the failure.
        if not self._leaving and select.select([self._ear], [], [], seconds)[0]:
            self._ear.recv(64)

    def _wait(self) -> None:
        seconds = None if not self._faults else _RETRY_SECONDS
        if self._hold_until:
            seconds = max(0.0, self._hold_until - time.monotonic())
        ear = self._ear.fileno()
        files = [ear, *(source.fileno() for source in self._sources.values())]
        if ear in select.select(files, [], [], seconds)[0]:
            self._ear.recv(64)

    def _hear(self) -> None:
        for name, source in list(self._sources.items()):
            try:
                for change in source.heard():
                    self._change(name, change)
            except BackendUnavailable as error:
                self._lose(name, str(error))
        late = time.monotonic() >= self._hold_until
        if self._hold_until and (self._may_sleep or late):
            self._let_sleep()

    def _change(self, name: str, change: SessionChange) -> None:
        now = time.monotonic()
        match change.what:
            case "end":
                self._post(e.SessionEnding(now))
            case "suspend" if change.begins:
                self._may_sleep, self._hold_until = False, now + _HOLD_SECONDS
                self._post(e.SessionAway(now, "suspend"))
            case "suspend":
                self._let_sleep()
                self._post(e.SessionBack(now, "suspend"))
                self._hold_sleep()
                self.woken()
            case "lock":
                (self._locked.add if change.begins else self._locked.discard)(name)
                self._tell_lock(now)

    def _tell_lock(self, now: float) -> None:
        locked = bool(self._locked)
        if locked == self._told_lock:
            return
        self._told_lock = locked
        if not locked:
            self._post(e.SessionBack(now, "lock"))
            self.woken()
        elif self._pauses_on_lock():
            self._post(e.SessionAway(now, "lock"))

    def _hold_sleep(self) -> None:
        for source in self._sources.values():
            if hasattr(source, "delay_sleep"):
                source.delay_sleep()

    def _let_sleep(self) -> None:
        self._hold_until = 0.0
        for source in self._sources.values():
            if hasattr(source, "let_sleep"):
                source.let_sleep()

    def _lose(self, name: str, why: str) -> None:
        """What a lost source said of the lock holds no more: nobody would tell of its end."""
        self._faults[name] = why
        self._sources.pop(name).close()
        self._locked.discard(name)
        self._tell_lock(time.monotonic())

    def _close(self) -> None:
        for source in self._sources.values():
            with contextlib.suppress(Exception):  # it may be what has failed
                source.close()
        self._sources.clear()
        self._locked.clear()
