"""Where is a window, that was found before, now? One question in 20 µs, for each look at it.

To find a window by its title takes fifty times as long. The server tells when something happens to
the window that could make another one the right answer; then there is no answer, and whoever asks
must search anew.
"""

import struct
import time

from traybot.core.geometry import Rect
from traybot.errors import ScreenSilent
from traybot.system.x11_wire import Wire, XLost, XRefused, XRemote, XSilent
from traybot.text import _

#: The answer of a search is believed no longer, whatever the server tells or not.
BELIEVED_SECONDS = 0.5

_TRANSLATE, _GEOMETRY, _INTERN = 40, 14, 16
_STRUCTURE, _FOCUS, _PROPERTY = 1 << 17, 1 << 21, 1 << 22
_FOCUS_IN, _CONFIGURE, _PROPERTY_NOTIFY = 9, 22, 28
#: Only these properties say which window it is, and whether it can be seen.
_NAMES = ("WM_NAME", "_NET_WM_NAME", "WM_STATE", "_NET_WM_STATE")


class X11Tracker:
    """Satisfies `system.windowing.Tracker`; for the thread that made it."""

    def __init__(self, display: str | None = None) -> None:
        """Connect at the first question."""
        self._display = display
        self._wire: Wire | None = None
        self._telling: set[int] = set()
        self._window = 0
        self._believed_until = 0.0
        self._question = b""

    def follow(self, window: int) -> None:
        """A search has just found this window."""
        if window == self._window:
            # Found again since the server tells what happens to it: nothing is missed any more.
            self._believed_until = time.monotonic() + BELIEVED_SECONDS
            return
        self._believed_until = 0.0
        try:
            self._listen(window)
        except (XLost, XRefused, XRemote):
            self.close()

    def _listen(self, window: int) -> None:
        wire = self._opened()
        wire.listen(window, _STRUCTURE | _FOCUS | _PROPERTY)
        self._window, root = window, wire.root
        self._question = struct.pack("=BxHIIhh", _TRANSLATE, 4, window, root, 0, 0) + struct.pack(
            "=BxHI", _GEOMETRY, 2, window
        )

    def _opened(self) -> Wire:
        if self._wire is None:
            self._wire = Wire(self._display)
            self._telling = {self._atom(self._wire, name) for name in _NAMES}
        return self._wire

    @staticmethod
    def _atom(wire: Wire, name: str) -> int:
        data = name.encode()
        words = 2 + -(-len(data) // 4)
        head = struct.pack("=BxHHxx", _INTERN, words, len(data))
        atom: int = struct.unpack_from("=I", wire.ask(head + data + b"\0" * (-len(data) % 4)), 8)[0]
        return atom

    def rect(self) -> Rect | None:
        """Where the window that was found last is now; None: search for it anew.

        `ScreenSilent` as long as the server does not answer: a search would wait for ever.
        """
        try:
            return self._asked()
        except XRefused:
            self._window, self._believed_until = 0, 0.0
        except XSilent as error:
            self.close()
            what = _("cannot ask where the window is: {why}").format(why=error)
            raise ScreenSilent(what, _("wait, or log in again")) from error
        except (XLost, XRemote):
            self.close()
        return None

    def _asked(self) -> Rect | None:
        wire = self._opened()
        if time.monotonic() > self._believed_until:
            # A search would wait for ever for a server that is frozen: is this one?
            wire.size(wire.root)
            wire.queued()
            return None
        place, size = wire.ask_each(self._question, 2)
        if any(map(self._matters, wire.queued())):
            self._believed_until = 0.0
            return None
        x, y = struct.unpack_from("=hh", place, 12)
        width, height = struct.unpack_from("=HH", size, 16)
        return Rect(x, y, width, height)

    def _matters(self, event: bytes) -> bool:
        """Whether another window could be meant now, or this one cannot be seen."""
        kind = event[0] & 0x7F
        if struct.unpack_from("=I", event, 4)[0] != self._window:
            return False  # one that was followed before
        if kind == _PROPERTY_NOTIFY:
            return struct.unpack_from("=I", event, 8)[0] in self._telling
        return kind not in {_CONFIGURE, _FOCUS_IN}

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        if self._wire is not None:
            self._wire.close()
        self._wire, self._window, self._believed_until = None, 0, 0.0
