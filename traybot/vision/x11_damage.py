"""What was drawn on an X11 screen, and when? The DAMAGE extension on the root window.

The root's, not the game window's: a dialog that covers the game must be seen too. The server tells
once that something was drawn, then keeps silent and gathers the places until they are asked for, so
a busy screen costs no more than one asks.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager

from traybot.core.geometry import Rect
from traybot.errors import BackendUnavailable
from traybot.system.x11_wire import Extension, Wire, XLost, XRefused, XRemote
from traybot.text import _

#: QueryVersion has the same number and layout in both extensions.
_VERSION, _DAMAGE_CREATE, _DAMAGE_SUBTRACT = 0, 1, 3
_CREATE_REGION, _FETCH_REGION = 5, 19
_WANTED = {"DAMAGE": (1, 1), "XFIXES": (2, 0)}
#: Tell once that anything was drawn, and nothing more before that was asked for.
_NON_EMPTY = 3
_PLACE = struct.Struct("=hhHH")
_ANSWER = 32
#: Of more places than these only the rectangle around all of them counts.
_MANY = 64


class X11Damage:
    """Hears what is drawn; for the thread that made it. `BackendUnavailable` from any call."""

    def __init__(self, display: str | None = None) -> None:
        """Connect to `display`, or to the one that the environment names."""
        with _explained():
            self._x = Wire(display)
        try:
            with _explained():
                self._prepare()
        except BaseException:
            self._x.close()
            raise

    def _prepare(self) -> None:
        damage, fixes = self._extension("DAMAGE"), self._extension("XFIXES")
        number, region = self._x.new_id(), self._x.new_id()
        self._x.tell(struct.pack("=BBHI", fixes.opcode, _CREATE_REGION, 2, region))
        root = (self._x.root, _NON_EMPTY)
        self._x.tell(struct.pack("=BBHIIBxxx", damage.opcode, _DAMAGE_CREATE, 4, number, *root))
        self._event = damage.first_event
        move = struct.pack("=BBHIII", damage.opcode, _DAMAGE_SUBTRACT, 4, number, 0, region)
        self._fetch = move + struct.pack("=BBHI", fixes.opcode, _FETCH_REGION, 2, region)

    def _extension(self, name: str) -> Extension:
        found = self._x.extension(name)
        if found is None:
            raise _unavailable(_("it has no {name}").format(name=name))
        version = struct.pack("=BBHII", found.opcode, _VERSION, 3, *_WANTED[name])
        if struct.unpack_from("=II", self._x.ask(version), 8) < _WANTED[name]:
            raise _unavailable(_("its {name} is too old").format(name=name))
        return found

    def fileno(self) -> int:
        """Something to wait for; call `heard` before each wait."""
        return self._x.fileno()

    def heard(self) -> bool:
        """Whether the server has told of something drawn since the last call."""
        with _explained():
            return any(event[0] & 0x7F == self._event for event in self._x.events())

    def places(self) -> list[Rect]:
        """Give where something was drawn since the last call; what follows is told anew."""
        with _explained():
            answer = self._x.ask(self._fetch, requests=2)
        around, *each = (
            Rect(*_PLACE.unpack_from(answer, at))
            for at in (8, *range(_ANSWER, len(answer), _PLACE.size))
        )
        return each if len(each) <= _MANY else [around]

    def close(self) -> None:
        """Disconnect; may be called twice."""
        self._x.close()


def _unavailable(why: str) -> BackendUnavailable:
    what = _("cannot hear what is drawn on the screen: {why}").format(why=why)
    return BackendUnavailable(what, _("the screen is looked at every now and then instead"))


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (XLost, XRefused, XRemote) as error:
        raise _unavailable(str(error)) from error
