"""Whom on D-Bus must we ask not to put the machine to sleep, and how?

A hold belongs to the connection that asked for it: when we die the bus tells the service, and the
hold is gone. Connections are our own, not GLib's shared one, which ends the program when its bus
goes. Importing Gio brings no GTK.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traybot.errors import BackendUnavailable

#: A service that does not answer in this time counts as absent, in milliseconds.
PATIENCE_MS = 2000
_WHO = "traybot"
_SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the desktop that gives out numbered holds."""

    name: str
    path: str
    interface: str
    #: What `Inhibit` takes, and how what it gives is given back.
    signature: str
    arguments: Callable[[str], tuple[object, ...]]
    undo: str


#: GNOME's flags: 4 do not suspend, 8 do not call the session idle.
_SUSPEND_AND_IDLE = 4 | 8
SERVICES = (
    Service(
        "org.freedesktop.ScreenSaver",
        "/org/freedesktop/ScreenSaver",
        "org.freedesktop.ScreenSaver",
        "(ss)",
        lambda reason: (_WHO, reason),
        "UnInhibit",
    ),
    Service(
        "org.freedesktop.PowerManagement",
        "/org/freedesktop/PowerManagement/Inhibit",
        "org.freedesktop.PowerManagement.Inhibit",
        "(ss)",
        lambda reason: (_WHO, reason),
        "UnInhibit",
    ),
    Service(
        "org.gnome.SessionManager",
        "/org/gnome/SessionManager",
        "org.gnome.SessionManager",
        "(susu)",
        lambda reason: (_WHO, 0, reason, _SUSPEND_AND_IDLE),
        "Uninhibit",
    ),
)


def session_address() -> str:
    """Where the session's bus is; `BackendUnavailable` if there is none. Starts none."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    if address:
        return address
    socket = Path(os.environ.get("XDG_RUNTIME_DIR", ""), "bus")
    if socket.is_absolute() and socket.is_socket():
        return f"unix:path={socket}"
    raise BackendUnavailable("there is no session bus")


def system_address() -> str:
    """Where the system's bus is."""
    return os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or _SYSTEM_BUS


class Bus:
    """A connection of our own."""

    def __init__(self, address: str) -> None:
        """Connect; `BackendUnavailable` if nobody is there, or Gio is not."""
        try:
            from gi.repository import Gio, GLib
        except (ImportError, ValueError) as error:
            raise BackendUnavailable("Gio's Python bindings are missing") from error
        self._gio, self._glib = Gio, GLib
        flags = Gio.DBusConnectionFlags
        try:
            self._connection = Gio.DBusConnection.new_for_address_sync(
                address,
                flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION,
                None,
                None,
            )
        except GLib.Error as error:
            raise BackendUnavailable(f"the bus does not answer: {error.message}") from error

    @property
    def closed(self) -> bool:
        """Whether the bus is gone."""
        return bool(self._connection.is_closed())

    def close(self) -> None:
        """Leave; every hold of this connection ends with it."""
        try:
            self._connection.close_sync(None)
        except self._glib.Error:
            return

    def owner(self, name: str) -> str:
        """Who has a name now; empty if nobody."""
        bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
        try:
            return str(self.call(*bus, "GetNameOwner", "(s)", (name,))[0])
        except BackendUnavailable:
            return ""

    def call(self, *to: str | tuple[object, ...]) -> tuple[Any, ...]:
        """Call name, path, interface, method, signature, arguments; start no service for it."""
        reply, _ = self._call(*to)
        return tuple(reply)

    def call_for_file(self, *to: str | tuple[object, ...]) -> int:
        """Call what answers with a descriptor, which is then ours to close."""
        (index,), files = self._call(*to)
        return int(files.get(index))

    def _call(self, *to: str | tuple[object, ...]) -> tuple[Any, Any]:
        *where, signature, arguments = to
        try:
            reply, files = self._connection.call_with_unix_fd_list_sync(
                *where,
                self._glib.Variant(signature, arguments),
                None,
                self._gio.DBusCallFlags.NO_AUTO_START,
                PATIENCE_MS,
                None,
                None,
            )
        except self._glib.Error as error:
            raise BackendUnavailable(str(error.message)) from error
        return reply.unpack(), files


class Cookie:
    """A numbered hold; gone when its service is, or starts anew."""

    def __init__(self, bus: Bus, service: Service, reason: str) -> None:
        """Ask for it; `BackendUnavailable` if nobody grants it."""
        self._bus, self._service = bus, service
        self._owner = bus.owner(service.name)
        if not self._owner:
            raise BackendUnavailable(f"there is no {service.name}")
        arguments = service.arguments(reason)
        (self._number,) = self._call("Inhibit", service.signature, arguments)

    def still(self) -> bool:
        """Ask the bus whether the one that granted it is there."""
        return not self._bus.closed and self._bus.owner(self._service.name) == self._owner

    def give_back(self) -> None:
        """Give the number back; if that fails, leaving the bus does it."""
        try:
            self._call(self._service.undo, "(u)", (self._number,))
        except BackendUnavailable:
            return

    def _call(self, method: str, signature: str, arguments: tuple[object, ...]) -> tuple[Any, ...]:
        s = self._service
        return self._bus.call(s.name, s.path, s.interface, method, signature, arguments)
