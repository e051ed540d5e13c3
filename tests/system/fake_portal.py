"""A desktop's settings portal, as a program: tells the colour scheme that it is told.

Reads numbers from its input, one a line; each is the scheme from then on and is signalled.
"""

import os
import select
import sys

from jeepney import DBusAddress, HeaderFields, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

from traybot.system.theme_linux import PORTAL, PORTAL_PATH, SCHEME, SETTINGS


def main() -> None:
    """Serve until the input ends."""
    connection = open_dbus_connection(os.environ["DBUS_SESSION_BUS_ADDRESS"])
    connection.send_and_get_reply(message_bus.RequestName(PORTAL))
    print("ready", flush=True)  # noqa: T201  a program's output
    scheme = 0
    while True:
        ready, _, _ = select.select([sys.stdin, connection.sock], [], [])
        if sys.stdin in ready:
            line = sys.stdin.readline()
            if not line:
                connection.close()
                return
            scheme = int(line)
            place = DBusAddress(PORTAL_PATH, interface=SETTINGS)
            changed = (*SCHEME, ("u", scheme))
            connection.send(new_signal(place, "SettingChanged", "ssv", changed))
        if connection.sock in ready:
            message = connection.receive()
            if message.header.message_type is not MessageType.method_call:
                continue
            if message.header.fields[HeaderFields.member] == "Read" and message.body == SCHEME:
                connection.send(new_method_return(message, "v", (("v", ("u", scheme)),)))
            else:
                connection.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))


if __name__ == "__main__":
    main()
