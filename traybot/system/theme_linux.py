"""Is this Linux desktop dark or light? Asked of its portal, else guessed by its theme's name.

The portal knows a person's wish, `color-scheme`; GNOME answers "no preference" for light. Desktops
without a portal tell their GTK theme to every X program (XSETTINGS), and dark themes are called so.
Neither knows the panel's own colour: some desktops have a dark one whatever the theme.
"""

import contextlib
import os
import selectors
import struct
from typing import Any

from jeepney import MatchRule
from Xlib import X, error
from Xlib.display import Display

from traybot.errors import BackendUnavailable
from traybot.system.buses import Bus, session_address
from traybot.system.x11_connection import LOST, connect, disconnect

PORTAL = "org.freedesktop.portal.Desktop"
PORTAL_PATH = "/org/freedesktop/portal/desktop"
SETTINGS = "org.freedesktop.portal.Settings"
SCHEME = ("org.freedesktop.appearance", "color-scheme")
_DARK, _LIGHT = 1, 2
_THEME = b"Net/ThemeName"
_TEXT = 1


class LinuxTheme:
    """Asks and waits; made and used by one thread alone."""

    def __init__(self) -> None:
        """Connect to whatever is there."""
        self._bus: Bus | None = None
        self._display: Display | None = None
        with contextlib.suppress(BackendUnavailable):
            self._bus = Bus(session_address())
            self._bus.listen(MatchRule(type="signal", interface=SETTINGS, path=PORTAL_PATH))
        if os.environ.get("DISPLAY"):
            with contextlib.suppress(BackendUnavailable):
                self._display = connect()
                root = self._display.screen().root
                root.change_attributes(event_mask=X.StructureNotifyMask)

    def dark(self) -> bool | None:
        """Whether the desktop is dark; None if nobody tells."""
        wish = self._portal()
        if wish in {_DARK, _LIGHT}:
            return wish == _DARK
        name = self._theme_name()
        return None if name is None else "dark" in name.lower()

    def wait(self, ear: int) -> None:
        """Return when the theme may have changed, or when the descriptor `ear` is readable."""
        with selectors.DefaultSelector() as selector:
            selector.register(ear, selectors.EVENT_READ)
            for source in (self._bus, self._display):
                if source is not None:
                    selector.register(source, selectors.EVENT_READ)
            ready = {key.fd for key, _ in selector.select()}
        if self._bus is not None and self._bus.fileno() in ready:
            self._hear_bus(self._bus)
        if self._display is not None and self._display.fileno() in ready:
            self._hear_screen(self._display)

    def close(self) -> None:
        """Leave both; may be called twice."""
        bus, self._bus = self._bus, None
        display, self._display = self._display, None
        if bus is not None:
            bus.close()
        if display is not None:
            disconnect(display)

    def _hear_bus(self, bus: Bus) -> None:
        try:
            bus.heard()
        except OSError:
            bus.close()
            self._bus = None

    def _hear_screen(self, display: Display) -> None:
        try:
            while display.pending_events():
                display.next_event()
        except LOST:
            disconnect(display)
            self._display = None

    def _portal(self) -> int:
        """Give the wish that the portal knows: 1 dark, 2 light, 0 none."""
        if self._bus is None:
            return 0
        try:
            answer: Any = self._bus.call(PORTAL, PORTAL_PATH, SETTINGS, "Read", "ss", SCHEME)[0]
        except BackendUnavailable:
            return 0
        # A variant in a variant, by an old mistake that the portal keeps.
        while isinstance(answer, tuple):
            answer = answer[1]
        return answer if isinstance(answer, int) else 0

    def _theme_name(self) -> str | None:
        if self._display is None:
            return None
        try:
            return _read_theme(self._display)
        except LOST:
            return None
        except error.XError:
            return None


def _read_theme(display: Display) -> str | None:
    """Read the theme's name from the window of whoever manages the settings, and listen there."""
    selection = display.intern_atom(f"_XSETTINGS_S{display.get_default_screen()}")
    owner: Any = display.get_selection_owner(selection)
    if owner == X.NONE:
        return None
    mask = X.PropertyChangeMask | X.StructureNotifyMask
    owner.change_attributes(event_mask=mask, onerror=error.CatchError(error.BadWindow))
    atom = display.intern_atom("_XSETTINGS_SETTINGS")
    found = owner.get_full_property(atom, atom)
    return None if found is None else theme_in(bytes(found.value))


def theme_in(settings: bytes) -> str | None:
    """Find the GTK theme's name in an `_XSETTINGS_SETTINGS` property; None if it is not there."""
    order = ">" if settings[:1] == b"\x01" else "<"
    try:
        (count,) = struct.unpack_from(f"{order}I", settings, 8)
        place = 12
        for _ in range(count):
            kind, length = struct.unpack_from(f"{order}BxH", settings, place)
            name = settings[place + 4 : place + 4 + length]
            # Names and texts are filled up to four bytes; a number tells when the value changed.
            place += 4 + _padded(length) + 4
            if kind == _TEXT:
                (size,) = struct.unpack_from(f"{order}I", settings, place)
                text, place = settings[place + 4 : place + 4 + size], place + 4 + _padded(size)
                if name == _THEME:
                    return text.decode("utf-8", "replace")
            else:
                place += 8 if kind else 4  # a colour or a whole number
    except struct.error:
        return None
    return None


def _padded(length: int) -> int:
    return (length + 3) // 4 * 4
