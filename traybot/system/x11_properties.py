"""What does a window say about itself? All questions about many windows asked in one go.

python-xlib waits for each answer unless told to defer: deferred, any number of questions costs one
round trip. A window may vanish between question and answer, so each answer may be none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from Xlib import X, error
from Xlib.display import Display
from Xlib.protocol import request
from Xlib.protocol.rq import ReplyRequest

from traybot.core.geometry import Rect

#: The part of a property that is read, in 4-byte units: longer titles are cut.
_LONGEST_PROPERTY = 1024
_BYTES, _LONGS = 8, 32
#: WM_STATE's first value, by ICCCM 4.1.3.1.
_NORMAL, _ICONIC = 1, 3


@dataclass(frozen=True, slots=True)
class Answers:
    """What one window said; a window that was gone says nothing at all."""

    id: int
    title: str
    rect: Rect
    pid: int | None
    #: Whether a window manager treats it as a program's top-level window.
    managed: bool
    minimized: bool
    #: Whether it and all above it are mapped.
    viewable: bool


class Question:
    """Asks everything about a window; `answer` waits for it."""

    def __init__(self, connection: Display, window: int) -> None:
        """Send nothing yet: the first `answer` of all sends every question put before."""
        self._connection, self._window = connection, window
        self._name = ask_property(connection, window, "_NET_WM_NAME")
        self._old_name = ask_property(connection, window, "WM_NAME")
        self._pid = ask_property(connection, window, "_NET_WM_PID")
        self._state = ask_property(connection, window, "WM_STATE")
        self._net_state = ask_property(connection, window, "_NET_WM_STATE")
        target = connection.display
        self._size = request.GetGeometry(target, defer=True, drawable=window)
        self._attributes = request.GetWindowAttributes(target, defer=True, window=window)
        self._place = request.TranslateCoords(
            target,
            defer=True,
            src_wid=window,
            dst_wid=connection.screen().root,
            src_x=0,
            src_y=0,
        )

    def answer(self) -> Answers | None:
        """Wait for the answers; none if the window is gone."""
        size, place, attributes = self._size, self._place, self._attributes
        # Every answer is fetched, also when the window turns out to be gone: none stays pending.
        there = all([arrived(size), arrived(place), arrived(attributes)])
        title = text(self._name) or text(self._old_name)
        state, net_state, pid = map(numbers, (self._state, self._net_state, self._pid))
        if not there:
            return None
        hidden = self._connection.get_atom("_NET_WM_STATE_HIDDEN")
        return Answers(
            id=self._window,
            title=title,
            rect=Rect(place.x, place.y, size.width, size.height),
            pid=pid[0] if pid else None,
            managed=bool(state) and state[0] in {_NORMAL, _ICONIC},
            minimized=hidden in net_state or (bool(state) and state[0] == _ICONIC),
            viewable=attributes.map_state == X.IsViewable,
        )


def ask_property(connection: Display, window: int, name: str) -> request.GetProperty:
    """Put the question for a property of any type; the answer comes later."""
    return request.GetProperty(
        connection.display,
        defer=True,
        delete=0,
        window=window,
        property=connection.get_atom(name),
        type=X.AnyPropertyType,
        long_offset=0,
        long_length=_LONGEST_PROPERTY,
    )


def arrived(question: ReplyRequest) -> bool:
    """Wait for an answer; false if the window was gone (or anything else was wrong with it)."""
    try:
        question.reply()
    except error.XError:
        return False
    return True


def text(question: request.GetProperty) -> str:
    """Wait for a property that is text; empty if there is none."""
    value = _value(question, _BYTES)
    if value is None:
        return ""
    data = bytes(value)
    try:
        return data.decode()
    except UnicodeDecodeError:  # WM_NAME of a program older than Unicode
        return data.decode("latin-1")


def numbers(question: request.GetProperty) -> list[int]:
    """Wait for a property that is a list of numbers, windows or atoms; empty if there is none."""
    value = _value(question, _LONGS)
    return [] if value is None else [int(number) for number in value]


def _value(question: request.GetProperty, size: int) -> Sequence[int] | None:
    """Give what the property holds, if its items have that many bits."""
    if not arrived(question) or question.value is None:
        return None
    bits, value = question.value
    return value if bits == size else None
