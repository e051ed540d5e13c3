"""Is there anybody who shows tray icons? Asked of the desktop itself, for no icon knows.

Both ways of Linux: a window that owns the tray's selection (XEmbed, the old way), or a host that
the session bus knows (StatusNotifierItem, the new one). May be asked from any thread.
"""

import contextlib
import os
from pathlib import Path

WATCHER = "org.kde.StatusNotifierWatcher"
#: A bus that does not answer in this time counts as none, in milliseconds.
PATIENCE_MS = 500


def indicator_host() -> bool:
    """Whether an AppIndicator would be seen: a host on the bus, or its stand-in, an old tray."""
    return notifier_host() or xembed_host()


def has_bus() -> bool:
    """Whether there is a session bus; asked without GLib, which would start one."""
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    return Path(os.environ.get("XDG_RUNTIME_DIR", ""), "bus").is_socket()


def notifier_host() -> bool:
    """Whether the session bus knows a host for StatusNotifierItems."""
    from gi.repository import Gio, GLib

    question = GLib.Variant("(ss)", (WATCHER, "IsStatusNotifierHostRegistered"))
    with contextlib.suppress(GLib.Error):
        answer = Gio.bus_get_sync(Gio.BusType.SESSION, None).call_sync(
            WATCHER,
            "/StatusNotifierWatcher",
            "org.freedesktop.DBus.Properties",
            "Get",
            question,
            None,
            Gio.DBusCallFlags.NO_AUTO_START,
            PATIENCE_MS,
            None,
        )
        return bool(answer.unpack()[0])
    return False


def xembed_host() -> bool:
    """Whether a window on our screen embeds tray icons."""
    from Xlib import X, error
    from Xlib.display import Display

    # DISPLAY may be gone, or the screen with it.
    gone = (error.DisplayError, error.ConnectionClosedError, OSError)
    with contextlib.suppress(*gone), contextlib.closing(Display()) as display:
        tray = display.intern_atom(f"_NET_SYSTEM_TRAY_S{display.get_default_screen()}")
        return bool(display.get_selection_owner(tray) != X.NONE)
    return False
