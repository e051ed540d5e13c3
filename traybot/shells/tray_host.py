"""Is there anybody who shows tray icons? Asked of the desktop itself, for no icon knows.

Both ways of Linux: a window that owns the tray's selection (XEmbed, the old way), or a host that
the session bus knows (StatusNotifierItem, the new one). May be asked from any thread. What is asked
by is imported then: other systems load this file, and have neither.
"""

import contextlib

from traybot.errors import BackendUnavailable

WATCHER = "org.kde.StatusNotifierWatcher"


def indicator_host() -> bool:
    """Whether an AppIndicator would be seen: a host on the bus, or its stand-in, an old tray."""
    return notifier_host() or xembed_host()


def has_bus() -> bool:
    """Whether there is a session bus; none is started by asking."""
    from traybot.system.buses import session_address

    try:
        session_address()
    except BackendUnavailable:
        return False
    return True


def notifier_host() -> bool:
    """Whether the session bus knows a host for StatusNotifierItems."""
    from traybot.system.buses import Bus, session_address

    place = ("/StatusNotifierWatcher", "org.freedesktop.DBus.Properties", "Get", "ss")
    question = (WATCHER, "IsStatusNotifierHostRegistered")
    with (
        contextlib.suppress(BackendUnavailable),
        contextlib.closing(Bus(session_address())) as bus,
    ):
        return bool(bus.call(WATCHER, *place, question)[0][1])
    return False


def xembed_host() -> bool:
    """Whether a window on our screen embeds tray icons; where the server hangs none does."""
    from Xlib import X

    from traybot.system.x11_answers import silent
    from traybot.system.x11_connection import LOST, connect

    if silent():
        return False
    # DISPLAY may be gone, or the screen with it.
    gone = (BackendUnavailable, *LOST)
    with contextlib.suppress(*gone), contextlib.closing(connect()) as display:
        tray = display.intern_atom(f"_NET_SYSTEM_TRAY_S{display.get_default_screen()}")
        return bool(display.get_selection_owner(tray) != X.NONE)
    return False
