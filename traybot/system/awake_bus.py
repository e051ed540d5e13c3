"""Whom on the session's bus must we ask not to put the machine to sleep, and how?

A hold belongs to the connection that asked for it: when we die the bus tells the service, and the
hold is gone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from traybot.errors import BackendUnavailable
from traybot.system.buses import Bus
from traybot.text import _

_WHO = "traybot"


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
        "ss",
        lambda reason: (_WHO, reason),
        "UnInhibit",
    ),
    Service(
        "org.freedesktop.PowerManagement",
        "/org/freedesktop/PowerManagement/Inhibit",
        "org.freedesktop.PowerManagement.Inhibit",
        "ss",
        lambda reason: (_WHO, reason),
        "UnInhibit",
    ),
    Service(
        "org.gnome.SessionManager",
        "/org/gnome/SessionManager",
        "org.gnome.SessionManager",
        "susu",
        lambda reason: (_WHO, 0, reason, _SUSPEND_AND_IDLE),
        "Uninhibit",
    ),
)


class Cookie:
    """A numbered hold; gone when its service is, or starts anew."""

    def __init__(self, bus: Bus, service: Service, reason: str) -> None:
        """Ask for it; `BackendUnavailable` if nobody grants it."""
        self._bus, self._service = bus, service
        self._owner = bus.owner(service.name)
        if not self._owner:
            raise BackendUnavailable(_("there is no {name}").format(name=service.name))
        arguments = service.arguments(reason)
        (self._number,) = self._call("Inhibit", service.signature, arguments)

    def still(self) -> bool:
        """Ask the bus whether the one that granted it is there."""
        return not self._bus.closed and self._bus.owner(self._service.name) == self._owner

    def give_back(self) -> None:
        """Give the number back; if that fails, leaving the bus does it."""
        try:
            self._call(self._service.undo, "u", (self._number,))
        except BackendUnavailable:
            return

    def _call(self, method: str, signature: str, arguments: tuple[object, ...]) -> tuple[Any, ...]:
        s = self._service
        return self._bus.call(s.name, s.path, s.interface, method, signature, arguments)
