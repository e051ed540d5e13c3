"""A logind of a test's own on a private bus: tells of sleep, lock, shutdown, and grants delays."""

import contextlib
import os
import select
import threading
from typing import Any, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    bus_messages,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection

from traybot.system.session_bus import LOGIND

_PATH, SESSION = "/org/freedesktop/login1", "/org/freedesktop/login1/session/_37"
_MANAGER, _SESSION = f"{LOGIND}.Manager", f"{LOGIND}.Session"
_PROPERTIES = "org.freedesktop.DBus.Properties"


class FakeLogind:
    """Answers in a thread of its own, in a `with` block; signals are sent by its methods."""

    def __init__(self, address: str, *, name: bool = True, locked: bool = False) -> None:
        """Without its `name` it is an impostor."""
        self._connection = open_dbus_connection(address, enable_fds=True)
        self._locked, self._sending = locked, threading.Lock()
        if name:
            self._connection.send_and_get_reply(bus_messages.message_bus.RequestName(LOGIND))
        #: What was asked of `Inhibit`, and our ends of what was granted.
        self.asked: list[tuple[Any, ...]] = []
        self._pipes: list[int] = []
        #: The callers' ends, until they are on their way.
        self._given: list[int] = []
        self._leave, self._left = os.pipe()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._left)
        self._thread.join()
        self._connection.close()
        for end in (self._leave, *self._pipes):
            os.close(end)

    @property
    def waits(self) -> bool:
        """Whether somebody holds sleep off still: the last pipe granted for it is open."""
        granted = zip(self.asked, self._pipes, strict=False)
        ours = [pipe for words, pipe in granted if words[0] == "sleep"]
        return bool(ours) and not select.select([ours[-1]], [], [], 0)[0]

    def sleep(self, *, begins: bool) -> None:
        """Say that the machine is about to sleep, or has woken."""
        self._signal(_PATH, _MANAGER, "PrepareForSleep", "b", (begins,))

    def shut_down(self) -> None:
        """Say that the machine is about to be shut down."""
        self._signal(_PATH, _MANAGER, "PrepareForShutdown", "b", (True,))

    def lock(self, *, begins: bool, path: str = SESSION) -> None:
        """Ask the session to lock or unlock itself."""
        self._signal(path, _SESSION, "Lock" if begins else "Unlock", None, ())

    def hint(self, *, locked: bool) -> None:
        """Tell that the session says of itself that it is locked."""
        changed: tuple[Any, ...] = (_SESSION, {"LockedHint": ("b", locked)}, [])
        self._signal(SESSION, _PROPERTIES, "PropertiesChanged", "sa{sv}as", changed)

    def saver(self, interface: str, *, active: bool) -> None:
        """Speak as a screen saver."""
        path = "/" + interface.replace(".", "/")
        self._signal(path, interface, "ActiveChanged", "b", (active,))

    def _signal(
        self, path: str, interface: str, name: str, signature: str | None, body: tuple[Any, ...]
    ) -> None:
        with self._sending:
            emitter = DBusAddress(path, interface=interface)
            self._connection.send(new_signal(emitter, name, signature, body))

    def _serve(self) -> None:
        files = [self._connection.sock.fileno(), self._leave]
        while self._leave not in select.select(files, [], [])[0]:
            with contextlib.suppress(TimeoutError):
                while True:
                    self._obey(self._connection.receive(timeout=0))

    def _obey(self, message: Message) -> None:
        if message.header.message_type is not MessageType.method_call:
            return
        with self._sending:
            self._connection.send(self._answer(message))
        for given in self._given:
            os.close(given)
        self._given.clear()

    def _answer(self, call: Message) -> Message:
        match call.header.fields[HeaderFields.member], tuple(call.body):
            case (("GetSession" | "GetSessionByPID"), _):
                return new_method_return(call, "o", (SESSION,))
            case "Get", (_, "LockedHint"):
                return new_method_return(call, "v", (("b", self._locked),))
            case "Inhibit", words:
                ours, theirs = os.pipe()
                self._pipes.append(ours)
                self.asked.append(words)
                reply = new_method_return(call, "h", (theirs,))
                self._given.append(theirs)
                return reply
        return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")
