"""What does the Linux desktop tell of sleep, lock and the session's end? Signals on D-Bus, read.

logind tells on the system's bus, screen savers on the session's; each is a connection of ours, for
the thread that made it. Anybody may send a signal straight to us, so logind's count only from
whoever owns its name.
"""

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

from jeepney import HeaderFields, MatchRule, Message, MessageType
from jeepney.fds import FileDescriptor

from traybot.errors import BackendUnavailable
from traybot.system.base import SessionChange
from traybot.system.buses import Bus
from traybot.text import _

LOGIND = "org.freedesktop.login1"
_PATH = "/org/freedesktop/login1"
_MANAGER, _SESSION, _USER = (f"{LOGIND}.{name}" for name in ("Manager", "Session", "User"))
_PROPERTIES = "org.freedesktop.DBus.Properties"
_BUS = "org.freedesktop.DBus"
#: Desktops have screen savers of their own names, with one and the same signal.
SAVERS = tuple(
    f"org.{who}.ScreenSaver" for who in ("freedesktop", "gnome", "mate", "cinnamon", "xfce")
)


class Logind:
    """Sleep, shutdown and the lock of our own session; can hold sleep off until we are ready."""

    def __init__(self, address: str) -> None:
        """Connect; `BackendUnavailable` if there is no bus, or nobody to tell us."""
        self.locked = False
        self._address = address
        self._hold: FileDescriptor | None = None
        self._bus = Bus(address)
        try:
            self._owner = _owner_of(self._bus)
            self._session = self._find_session()
            self._listen()
            with suppress(BackendUnavailable):
                # After that we hear of changes; where nobody can tell, it is not locked.
                hint = self._session and self._property(self._session, _SESSION, "LockedHint")
                self.locked = bool(hint)
        except BaseException:
            self._bus.close()
            raise

    def fileno(self) -> int:
        """Readable when something was told."""
        return self._bus.fileno()

    def heard(self) -> list[SessionChange]:
        """Give what was told since the last call; `BackendUnavailable` when the bus is gone."""
        return [change for message in _heard(self._bus) for change in self._read(message)]

    def delay_sleep(self) -> None:
        """Ask to be waited for before the machine sleeps; refused, it sleeps when it likes."""
        self.let_sleep()
        words = ("sleep", "traybot", "lets go of keys first", "delay")
        with suppress(BackendUnavailable), closing(Bus(self._address, files=True)) as bus:
            self._hold = bus.call(LOGIND, _PATH, _MANAGER, "Inhibit", "ssss", words)[0]

    def let_sleep(self) -> None:
        """Have the machine wait for us no longer; may be called twice."""
        hold, self._hold = self._hold, None
        if hold is not None:
            hold.close()

    def close(self) -> None:
        """Leave the bus; may be called twice."""
        self.let_sleep()
        self._bus.close()

    def _find_session(self) -> str:
        """Our session's object; of a service of the user, the session with the display."""
        number = os.environ.get("XDG_SESSION_ID", "")
        asked = [("GetSession", "s", (number,))] if number else []
        for method, signature, body in [*asked, ("GetSessionByPID", "u", (os.getpid(),))]:
            with suppress(BackendUnavailable):
                return str(self._bus.call(LOGIND, _PATH, _MANAGER, method, signature, body)[0])
        with suppress(BackendUnavailable):
            asked_user = (LOGIND, _PATH, _MANAGER, "GetUser", "u", (vars(os)["getuid"](),))
            return str(self._property(str(self._bus.call(*asked_user)[0]), _USER, "Display")[1])
        return ""

    def _listen(self) -> None:
        changed = MatchRule(type="signal", sender=_BUS, member="NameOwnerChanged")
        changed.add_arg_condition(0, LOGIND)
        self._bus.listen(changed)
        places = [(_MANAGER, _PATH)]
        if self._session:
            places += [(_SESSION, self._session), (_PROPERTIES, self._session)]
        for interface, path in places:
            rule = MatchRule(type="signal", sender=LOGIND, interface=interface, path=path)
            self._bus.listen(rule)

    def _property(self, path: str, interface: str, name: str) -> Any:  # noqa: ANN401  each its own
        return self._bus.call(LOGIND, path, _PROPERTIES, "Get", "ss", (interface, name))[0][1]

    def _read(self, message: Message) -> Iterator[SessionChange]:
        fields, body = message.header.fields, tuple(message.body)
        sender, member = fields.get(HeaderFields.sender), fields.get(HeaderFields.member)
        if message.header.message_type is not MessageType.signal:
            return
        if sender == _BUS and member == "NameOwnerChanged" and body[0] == LOGIND:
            self._owner = str(body[2])
        elif sender == self._owner:
            yield from self._understand(str(member), body)

    def _understand(self, member: str, body: tuple[Any, ...]) -> Iterator[SessionChange]:
        match member, body:
            case "PrepareForSleep", (bool(begins),):
                yield SessionChange("suspend", begins)
            case "PrepareForShutdown", (True,):
                yield SessionChange("end", begins=True)
            case (("Lock" | "Unlock"), ()):
                yield from self._lock(member == "Lock")
            case "PropertiesChanged", (str(interface), {"LockedHint": (_, bool(locked))}, _):
                if interface == _SESSION:
                    yield from self._lock(locked)

    def _lock(self, locked: bool) -> Iterator[SessionChange]:  # noqa: FBT001  what was told
        if locked != self.locked:
            self.locked = locked
            yield SessionChange("lock", locked)


class Savers:
    """Screen savers of the session's bus, whichever of them this desktop has."""

    def __init__(self, address: str) -> None:
        """Connect; `BackendUnavailable` if there is no bus."""
        self._active: set[str] = set()
        self._bus = Bus(address)
        for name in SAVERS:
            self._bus.listen(MatchRule(type="signal", interface=name, member="ActiveChanged"))

    def fileno(self) -> int:
        """Readable when something was told."""
        return self._bus.fileno()

    @property
    def locked(self) -> bool:
        """Whether one of them covers the screen."""
        return bool(self._active)

    def heard(self) -> list[SessionChange]:
        """Give what was told since the last call; `BackendUnavailable` when the bus is gone."""
        changes = []
        for message in _heard(self._bus):
            name = str(message.header.fields.get(HeaderFields.interface))
            if name in SAVERS and len(message.body) == 1:
                before = self.locked
                (self._active.add if message.body[0] else self._active.discard)(name)
                if self.locked != before:
                    changes.append(SessionChange("lock", self.locked))
        return changes

    def close(self) -> None:
        """Leave the bus; may be called twice."""
        self._bus.close()


def _owner_of(bus: Bus) -> str:
    owner = bus.owner(LOGIND)
    if not owner:
        raise BackendUnavailable(_("there is no logind"))
    return owner


def _heard(bus: Bus) -> list[Message]:
    try:
        return bus.heard()
    except (OSError, ValueError) as error:
        raise BackendUnavailable(_("the bus is gone: {error}").format(error=error)) from error
