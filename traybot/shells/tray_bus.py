"""How is the icon shown on a desktop of the new kind? As a StatusNotifierItem on the session bus.

Spoken over a connection of our own, without GTK: it works in every virtual environment, survives
the end of the bus, and needs no file for a picture. Everything here belongs to one thread.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageType
from jeepney import bus_messages as bus
from jeepney import wrappers as wrap

from traybot.core.status import Status
from traybot.shells.dbus_menu import INTERFACE as MENU_INTERFACE
from traybot.shells.dbus_menu import PROPERTIES as MENU_PROPERTIES
from traybot.shells.dbus_menu import DBusMenu, Properties, Reply
from traybot.shells.tray_pictures import Pictures
from traybot.system.buses import connect, session_address
from traybot.text import _

_log = logging.getLogger(__name__)

ITEM_INTERFACE = "org.kde.StatusNotifierItem"
ITEM_PATH, MENU_PATH = "/traybot", "/traybot/Menu"
WATCHER = "org.kde.StatusNotifierWatcher"
_WATCHER_AT = DBusAddress("/StatusNotifierWatcher", WATCHER, WATCHER)
_PROPERTIES = "org.freedesktop.DBus.Properties"
#: A panel scales the nearest of these, in pixels.
SIZES = (22, 32, 48, 64)
#: A watcher that refuses us is asked again after so long, doubling up to the second.
RETRY_SECONDS, LONGEST_RETRY_SECONDS = 1.0, 30.0
#: A menu of which no end was told counts as closed after this: its panel has forgotten to.
FORGOTTEN_SECONDS = 60.0


class BusIcon:
    """Our item on the bus, for whoever shows items; `shows` says whether anybody does."""

    name = "StatusNotifierItem"

    def __init__(
        self,
        pictures: Pictures,
        clicked: Callable[[str], None],
        opening: Callable[[], Status | None],
    ) -> None:
        """Connect; `BackendUnavailable` if there is no bus."""
        self._pictures, self._opening = pictures, opening
        self._menu = DBusMenu(clicked, self._about_to_show)
        self._status: Status | None = None
        self._opened_at = 0.0
        #: Other lines are wanted than the open menu has.
        self._behind = False
        #: Whether a host for items is there, and whether its watcher has taken ours.
        self.shows = self.registered = False
        self.trouble = ""
        self._waiting: dict[int, Callable[[Message], None]] = {}
        self._retry_at, self._pause = 0.0, RETRY_SECONDS
        self._connection = connect(session_address())
        for rule in (
            MatchRule(type="signal", interface=WATCHER),
            MatchRule(type="signal", sender="org.freedesktop.DBus", member="NameOwnerChanged"),
        ):
            if rule.header_fields.get("member"):
                rule.add_arg_condition(0, WATCHER)
            self._connection.send(bus.message_bus.AddMatch(rule))
        self._look_for_host()

    def fileno(self) -> int:
        """Readable when the bus has something for us."""
        return int(self._connection.sock.fileno())

    def seconds_left(self) -> float | None:
        """When to call `tend` even if nothing is heard."""
        return max(0.0, self._retry_at - time.monotonic()) if self._retry_at else None

    @property
    def menu_open(self) -> bool:
        """Whether somebody reads the menu."""
        return self._menu.open and time.monotonic() < self._opened_at + FORGOTTEN_SECONDS

    def tend(self) -> None:
        """Hear and answer what has come; `OSError` when the bus is gone."""
        while True:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                break
            self._hear(message)
        if self._behind and not self.menu_open and self._status is not None:
            self._behind = False
            self._change_menu(self._status)
        if self._retry_at and time.monotonic() >= self._retry_at:
            self._retry_at = 0.0
            self._look_for_host()

    def show(self, status: Status) -> None:
        """Show a status; an open menu keeps its lines, and only their words change."""
        before, self._status = self._status, status
        if before is None or before.icon != status.icon:
            self._signal("NewIcon")
        if before is None or before.tooltip != status.tooltip:
            self._signal("NewTitle")
            self._signal("NewToolTip")
        self._behind = self.menu_open and not self._menu.fits(status.menu)
        if not self._behind:
            self._change_menu(status)

    def repaint(self) -> None:
        """Have the picture read again: it has another look now."""
        self._signal("NewIcon")

    def hide(self) -> None:
        """Do nothing: a host that is gone shows nothing."""

    def close(self) -> None:
        """Leave the bus; the icon goes with the connection."""
        self._connection.close()

    def _change_menu(self, status: Status) -> bool:
        """Tell what is new of the menu, if anything is."""
        signals = self._menu.change(status.menu)
        for name, signature, values in signals:
            self._send_signal(MENU_PATH, MENU_INTERFACE, name, signature, values)
        return bool(signals)

    def _about_to_show(self) -> bool:
        """Bring the menu up to date before it opens."""
        self._opened_at = time.monotonic()
        status = self._opening()
        if status is None or self._status is None:
            return False
        self._status = status
        # What was wanted while it was open the last time may not have been told yet.
        return self._change_menu(status)

    # --- finding somebody who shows us -----------------------------------------------------------

    def _look_for_host(self) -> None:
        question = DBusAddress("/StatusNotifierWatcher", WATCHER, _PROPERTIES)
        body = (WATCHER, "IsStatusNotifierHostRegistered")
        self._ask(wrap.new_method_call(question, "Get", "ss", body), self._host_known)

    def _host_known(self, reply: Message) -> None:
        there = reply.header.message_type is MessageType.method_return
        self.shows = there and bool(reply.body[0][1])
        if self.shows and not self.registered:
            request = wrap.new_method_call(
                _WATCHER_AT, "RegisterStatusNotifierItem", "s", (ITEM_PATH,)
            )
            self._ask(request, self._taken)

    def _taken(self, reply: Message) -> None:
        self.registered = reply.header.message_type is MessageType.method_return
        if self.registered:
            self.trouble, self._pause = "", RETRY_SECONDS
            return
        why = str(reply.body[0]) if reply.body else _("no reason given")
        if why != self.trouble:
            _log.warning("the desktop's tray refuses the icon: %s", why)
        self.trouble = why
        self._retry_at = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, LONGEST_RETRY_SECONDS)

    def _ask(self, message: Message, answered: Callable[[Message], None]) -> None:
        serial = next(self._connection.outgoing_serial)
        message.header.flags = 2  # start nobody for it
        self._waiting[serial] = answered
        self._connection.send(message, serial)

    # --- being asked -----------------------------------------------------------------------------

    def _hear(self, message: Message) -> None:
        fields = message.header.fields
        match message.header.message_type:
            case MessageType.method_call:
                self._answer(message)
            case MessageType.signal if fields[HeaderFields.interface] == WATCHER:
                self._look_for_host()
            case MessageType.signal if fields[HeaderFields.member] == "NameOwnerChanged":
                # Another watcher, or none: whoever comes does not know us yet.
                self.shows = self.registered = self._menu.open = False
                if message.body[2]:
                    self._look_for_host()
            case MessageType.method_return | MessageType.error:
                waiting = self._waiting.pop(fields[HeaderFields.reply_serial], None)
                if waiting:
                    waiting(message)

    def _answer(self, message: Message) -> None:
        fields = message.header.fields
        path, interface = fields[HeaderFields.path], fields.get(HeaderFields.interface, "")
        member = fields[HeaderFields.member]
        try:
            reply = self._reply(str(path), str(interface), str(member), message.body)
        except (LookupError, ValueError, TypeError) as error:
            _log.debug("asked for %s.%s: %r", interface, member, error)
            reply = None
        if reply is None:
            name = "org.freedesktop.DBus.Error.UnknownMethod"
            answer = wrap.new_error(message, name, "s", (f"there is no {member} here",))
        else:
            answer = wrap.new_method_return(message, reply[0] or None, reply[1])
        if not message.header.flags & 1:  # it waits for an answer
            self._connection.send(answer)

    def _reply(self, path: str, interface: str, member: str, body: Any) -> Reply | None:  # noqa: ANN401 - of any types
        if interface == _PROPERTIES and member in {"Get", "GetAll"}:
            known = self._properties() if path == ITEM_PATH else MENU_PROPERTIES
            return ("a{sv}", (known,)) if member == "GetAll" else ("v", (known[body[1]],))
        if interface == "org.freedesktop.DBus.Introspectable":
            return "s", (DESCRIPTIONS.get(path, "<node/>"),)
        if path == MENU_PATH and interface == MENU_INTERFACE:
            return self._menu.answer(member, body)
        # What else a click may be called: every host opens the menu by itself.
        known_here = {"Activate", "SecondaryActivate", "ContextMenu", "Scroll"}
        return ("", ()) if path == ITEM_PATH and member in known_here else None

    def _properties(self) -> Properties:
        status = self._status or Status("idle", "traybot")
        pixels = [(size, size, self._pictures.argb(status.icon, size)) for size in SIZES]
        return self._fixed | {
            "Title": ("s", status.tooltip),
            "ToolTip": ("(sa(iiay)ss)", ("", [], status.tooltip, "")),
            "IconPixmap": ("a(iiay)", pixels),
        }

    _fixed: ClassVar[Properties] = {
        "Category": ("s", "ApplicationStatus"),
        "Id": ("s", "traybot"),
        "Status": ("s", "Active"),
        "WindowId": ("i", 0),
        "IconName": ("s", ""),
        "IconThemePath": ("s", ""),
        "OverlayIconName": ("s", ""),
        "OverlayIconPixmap": ("a(iiay)", []),
        "AttentionIconName": ("s", ""),
        "AttentionIconPixmap": ("a(iiay)", []),
        "AttentionMovieName": ("s", ""),
        "ItemIsMenu": ("b", True),
        "Menu": ("o", MENU_PATH),
    }

    # --- telling ---------------------------------------------------------------------------------

    def _signal(self, name: str) -> None:
        self._send_signal(ITEM_PATH, ITEM_INTERFACE, name, None, ())

    def _send_signal(
        self, path: str, interface: str, name: str, signature: str | None, values: tuple[Any, ...]
    ) -> None:
        emitter = DBusAddress(path, interface=interface)
        self._connection.send(wrap.new_signal(emitter, name, signature, values))


#: What a curious desktop is told that it may ask.
DESCRIPTIONS = {
    path: f'<node><interface name="{name}"/><interface name="{_PROPERTIES}"/></node>'
    for path, name in ((ITEM_PATH, ITEM_INTERFACE), (MENU_PATH, MENU_INTERFACE))
}
