"""How do we call a service on D-Bus? Over a connection of our own, without GLib.

What a service grants to a connection ends with it: when we die the bus tells the service. No call
starts a service. A bus belongs to one thread.
"""

import os
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, MatchRule, Message, MessageType, bus_messages, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from traybot.errors import BackendUnavailable
from traybot.text import _

#: A bus or a service that does not take or answer in this time counts as gone.
PATIENCE_SECONDS = 2.0
_SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"
#: Of D-Bus's flags for a call.
_NO_AUTO_START = 2


def session_address() -> str:
    """Where the session's bus is; `BackendUnavailable` if there is none. Starts none."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    if address:
        return address
    socket = Path(os.environ.get("XDG_RUNTIME_DIR", ""), "bus")
    if socket.is_absolute() and socket.is_socket():
        return f"unix:path={socket}"
    raise BackendUnavailable(_("there is no session bus"))


def system_address() -> str:
    """Where the system's bus is."""
    return os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or _SYSTEM_BUS


def connect(address: str, *, files: bool = False) -> DBusConnection:
    """Connect; `BackendUnavailable` if nobody answers. `files`: descriptors may come along."""
    try:
        connection = open_dbus_connection(address, enable_fds=files, auth_timeout=PATIENCE_SECONDS)
    except (OSError, RuntimeError, ValueError, StopIteration) as error:
        raise BackendUnavailable(
            _("the bus does not answer: {error}").format(error=error)
        ) from error
    connection.sock.settimeout(PATIENCE_SECONDS)
    return connection


class Bus:
    """A connection that asks and waits for the answer."""

    def __init__(self, address: str, *, files: bool = False) -> None:
        """Connect; `BackendUnavailable` if nobody answers."""
        self._connection = connect(address, files=files)

    def fileno(self) -> int:
        """Readable when a signal has come, or the bus is gone."""
        return int(self._connection.sock.fileno())

    def heard(self) -> list[Message]:
        """Give what has come unasked; `OSError` when the bus is gone."""
        come = []
        while True:
            try:
                come.append(self._connection.receive(timeout=0))
            except TimeoutError:
                return come

    @property
    def closed(self) -> bool:
        """Whether the bus is gone; forgets what had come unasked."""
        try:
            self.heard()
        except (OSError, ValueError):  # the second: closed by ourselves
            return True
        return False

    def close(self) -> None:
        """Leave; whatever was granted to this connection ends with it. May be called twice."""
        self._connection.close()

    def listen(self, rule: MatchRule) -> None:
        """Have signals of this kind sent to us."""
        self._connection.send(bus_messages.message_bus.AddMatch(rule))

    def owner(self, name: str) -> str:
        """Who has a name now; empty if nobody."""
        bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
        try:
            return str(self.call(*bus, "GetNameOwner", "s", (name,))[0])
        except BackendUnavailable:
            return ""

    def call(
        self,
        name: str,
        path: str,
        interface: str,
        method: str,
        signature: str,
        body: tuple[object, ...],
    ) -> tuple[Any, ...]:
        """Call a method and give its answer; `BackendUnavailable` says why there is none."""
        message = new_method_call(DBusAddress(path, name, interface), method, signature, body)
        message.header.flags |= _NO_AUTO_START
        try:
            reply = self._connection.send_and_get_reply(message, timeout=PATIENCE_SECONDS)
        except OSError as error:
            raise BackendUnavailable(
                _("{name} does not answer: {error}").format(name=name, error=error)
            ) from error
        if reply.header.message_type is MessageType.error:
            why = str(reply.body[0]) if reply.body else _("no reason given")
            raise BackendUnavailable(why)
        return tuple(reply.body)
