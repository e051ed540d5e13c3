"""Whoever may put a machine to sleep, as a program: grants holds on a bus and tells what it sees.

Called with the names to have. Writes a JSON line for each thing that happens: `ready`, `asked` with
the caller's words, `returned`, `gone` when a caller has left the bus, `closed` for a descriptor.
"""

import json
import os
import signal
import sys
from typing import Any

from gi.repository import Gio, GLib

LOGIND = "org.freedesktop.login1"
#: Object and interface, what `Inhibit` takes and gives, and how a hold is given back.
KNOWN = {
    "org.freedesktop.ScreenSaver": (
        "/org/freedesktop/ScreenSaver",
        "org.freedesktop.ScreenSaver",
        ("ss", "u", "UnInhibit"),
    ),
    "org.freedesktop.PowerManagement": (
        "/org/freedesktop/PowerManagement/Inhibit",
        "org.freedesktop.PowerManagement.Inhibit",
        ("ss", "u", "UnInhibit"),
    ),
    "org.gnome.SessionManager": (
        "/org/gnome/SessionManager",
        "org.gnome.SessionManager",
        ("susu", "u", "Uninhibit"),
    ),
    LOGIND: ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", ("ssss", "h", "")),
}


def tell(**facts: object) -> None:
    """Write a line."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


class Inhibitor:
    """One name with its object."""

    def __init__(self, bus: Any, name: str) -> None:  # noqa: ANN401  gi has no types
        self._bus, self._name, self._numbers = bus, name, 0
        self._pipes: list[int] = []
        path, interface, (takes, gives, self._undo) = KNOWN[name]
        arguments = "".join(f'<arg type="{kind}" direction="in"/>' for kind in takes)
        undo = f'<method name="{self._undo}"><arg type="u" direction="in"/></method>'
        described = Gio.DBusNodeInfo.new_for_xml(
            f'<node><interface name="{interface}"><method name="Inhibit">{arguments}'
            f'<arg type="{gives}" direction="out"/></method>{undo if self._undo else ""}'
            "</interface></node>"
        )
        bus.register_object(path, described.interfaces[0], self._called, None, None)
        Gio.bus_own_name_on_connection(bus, name, Gio.BusNameOwnerFlags.NONE, None, None)

    def _called(self, *call: Any) -> None:  # noqa: ANN401  likewise
        _, sender, _, _, method, parameters, invocation = call
        if method == self._undo:
            tell(returned=parameters.unpack()[0], by=self._name)
            invocation.return_value(None)
            return
        self._numbers += 1
        tell(asked=self._name, words=parameters.unpack(), number=self._numbers)
        Gio.bus_watch_name_on_connection(
            self._bus,
            sender,
            Gio.BusNameWatcherFlags.NONE,
            None,
            lambda _, name: tell(gone=name, by=self._name),
        )
        if self._name == LOGIND:
            self._give_file(invocation)
        else:
            invocation.return_value(GLib.Variant("(u)", (self._numbers,)))

    def _give_file(self, invocation: Any) -> None:  # noqa: ANN401  likewise
        ours, theirs = os.pipe()
        self._pipes.append(ours)
        files = Gio.UnixFDList.new()
        index = files.append(theirs)
        os.close(theirs)
        invocation.return_value_with_unix_fd_list(GLib.Variant("(h)", (index,)), files)
        GLib.io_add_watch(ours, GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, self._closed)

    def _closed(self, *_: object) -> bool:
        tell(closed=self._name)
        return False


def main(names: list[str]) -> None:
    """Serve until told to end."""
    flags = Gio.DBusConnectionFlags
    bus = Gio.DBusConnection.new_for_address_sync(
        os.environ["DBUS_SESSION_BUS_ADDRESS"],
        flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION,
        None,
        None,
    )
    kept = [Inhibitor(bus, name) for name in names]
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    # Answered after the names were asked for, so we have them.
    where = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
    bus.call_sync(*where, "GetId", None, None, Gio.DBusCallFlags.NONE, -1, None)
    tell(ready=[inhibitor._name for inhibitor in kept])  # noqa: SLF001  its own file
    loop.run()


if __name__ == "__main__":
    main(sys.argv[1:])
