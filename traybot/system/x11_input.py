"""How does input reach an X display? Through XTest, and seen to have arrived before a call returns.

Every request is followed by a `sync`: a `flush` was measured to leave requests of python-xlib
unsent. A key is released only while our own device holds it, because the server lets an XTest
release end the press of the user's keyboard (measured; of mouse buttons it does not).
"""

import contextlib
from contextlib import AbstractContextManager

from Xlib import X, error
from Xlib.ext import xtest
from Xlib.protocol.rq import Request

from traybot.core import keys
from traybot.errors import BackendUnavailable, BotError
from traybot.system.base import KEY_CODES, HeldInput
from traybot.system.x11_connection import connect, disconnect, drain, losing_is
from traybot.system.x11_keymap import Keymap
from traybot.system.x11_spares import SpareCodes
from traybot.system.x11_state import XTestDevices, pressed_anywhere
from traybot.text import _, later

#: A wheel is four buttons: up, down, left, right.
_WHEEL_UP, _WHEEL_DOWN, _WHEEL_LEFT, _WHEEL_RIGHT = 4, 5, 6, 7
#: Where the layout that is switched to stands in the state of the modifiers, counted from 0.
_LAYOUT_SHIFT, _LAYOUT_MASK = 13, 3
#: XTest's coordinates are signed 16-bit numbers; the server keeps the pointer on the screen.
_FARTHEST = 0x7FFF


class X11Injector:
    """Satisfies `system.base.Injector` on an X server; for the thread that made it.

    `BackendUnavailable` from any call once the server is gone. A press takes about 40 µs, a
    release 70.
    """

    def __init__(self, display: str | None = None) -> None:
        """Connect to `display`, or to the one that the environment names."""
        self._connection = connect(display)
        self._refusals: list[error.XError] = []
        self._keymap: Keymap | None = None
        self._closed = False
        try:
            with _reaching():
                self._prepare()
        except BaseException:
            disconnect(self._connection)
            raise

    def code_of(self, key: str) -> int:
        """Give the code of a key name; `BotError` where this keyboard has no such key."""
        try:
            name = keys.canonical(key)
        except ValueError as wrong:
            raise BotError(_("cannot press a key: {wrong}").format(wrong=wrong)) from None
        with _reaching():
            codes = self._current_keymap().codes_of(name)
        if not codes:
            remedy = _("type it as text") if keys.is_character(name) else _("choose another key")
            raise BotError(
                _('cannot press "{name}": this keyboard has no key of its own for it').format(
                    name=name
                ),
                remedy,
            )
        return codes[0]

    def strokes(self, text: str) -> list[tuple[int, ...]]:
        """Give for each character the codes to hold together; lends codes to what is on no key.

        `BotError` for a control character, or for more foreign characters than fit at once.
        """
        with _reaching():
            found = self._strokes(text)
            missing = [character for character, codes in found.items() if codes is None]
            if missing:
                used = {code for codes in found.values() for code in codes or ()}
                self._spares.lend(missing, self._current_keymap(), keep=used)
                self._settle()
                found = self._strokes(text)
        return [found[character] or () for character in text]

    def press(self, code: int) -> None:
        """Put a key down; `BotError` if the server knows no such code."""
        self._press(X.KeyPress, code, "key")

    def release(self, code: int) -> None:
        """Let a key go that our device holds; a key that only the user holds stays down."""
        with _reaching():
            if self._devices.holds_key(code):
                self._send(X.KeyRelease, code)

    def press_button(self, button: int) -> None:
        """Put a mouse button down; `BotError` if the server knows none of that number."""
        self._press(X.ButtonPress, button, "mouse button")

    def release_button(self, button: int) -> None:
        """Let a mouse button go; the server itself keeps it down for whoever else holds it."""
        with _reaching():
            self._send(X.ButtonRelease, button)

    def move(self, x: int, y: int) -> None:
        """Put the pointer at a screen pixel; beyond the edge, at the edge."""
        x, y = (max(-_FARTHEST, min(_FARTHEST, place)) for place in (x, y))
        with _reaching():
            xtest.fake_input(self._connection, X.MotionNotify, x=x, y=y)
            self._settle()

    def scroll(self, dx: int, dy: int) -> None:
        """Turn the wheel by notches: right and up are positive."""
        turns = [_WHEEL_RIGHT if dx > 0 else _WHEEL_LEFT] * abs(dx)
        turns += [_WHEEL_UP if dy > 0 else _WHEEL_DOWN] * abs(dy)
        with _reaching():
            for button in turns:
                xtest.fake_input(self._connection, X.ButtonPress, button)
                xtest.fake_input(self._connection, X.ButtonRelease, button)
            self._settle()

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is now, in screen pixels."""
        with _reaching():
            answer = self._connection.screen().root.query_pointer()
        return answer.root_x, answer.root_y

    def held(self) -> HeldInput:
        """What the XTEST devices hold down, in the server's own words; about 60 µs."""
        with _reaching():
            return self._devices.held()

    def pressed_anywhere(self) -> HeldInput:
        """What is down on any device, the user's included; of buttons only 1 to 5."""
        with _reaching():
            return pressed_anywhere(self._connection)

    def close(self) -> None:
        """Take lent codes back and disconnect; what is held stays held. May be called twice."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(BackendUnavailable), _reaching():
            self._spares.restore(self._current_keymap())
            self._settle()
        disconnect(self._connection)

    def _prepare(self) -> None:
        if not self._connection.has_extension(xtest.extname):
            raise BackendUnavailable(_("cannot send input: the X server has no XTEST"))
        self._connection.set_error_handler(self._note_refusal)
        # A program that grabbed the server, and hangs, must not keep us from letting go.
        xtest.grab_control(self._connection, impervious=True)
        self._devices = XTestDevices(self._connection)
        self._spares = SpareCodes(self._connection)
        self._settle()

    def _press(self, kind: int, detail: int, what: str) -> None:
        with _reaching():
            refused = self._send(kind, detail)
        if refused:
            raise BotError(
                _("cannot press {what} {detail}: this X server has none of that number").format(
                    what=what, detail=detail
                )
            )

    def _send(self, kind: int, detail: int) -> bool:
        """Send one press or release; say whether the server refused it."""
        if not 0 < detail < KEY_CODES:
            return True
        xtest.fake_input(self._connection, kind, detail)
        return self._settle()

    def _settle(self) -> bool:
        """Wait until the server has done all that was asked; say whether it refused some of it."""
        self._connection.sync()
        self._notice_changes()
        refused = bool(self._refusals)
        self._refusals.clear()
        return refused

    def _current_keymap(self) -> Keymap:
        self._notice_changes()
        if self._keymap is None:
            self._keymap = Keymap(self._devices.keymap())
        return self._keymap

    def _notice_changes(self) -> None:
        if drain(self._connection):
            self._keymap = None

    def _strokes(self, text: str) -> dict[str, tuple[int, ...] | None]:
        state = self._connection.screen().root.query_pointer().mask
        layout, caps = state >> _LAYOUT_SHIFT & _LAYOUT_MASK, bool(state & X.LockMask)
        keymap = self._current_keymap()
        return {
            character: keymap.stroke(character, layout=layout, caps=caps)
            for character in dict.fromkeys(text)
        }

    def _note_refusal(self, refusal: error.XError, _: Request | None) -> None:
        self._refusals.append(refusal)


def _reaching() -> AbstractContextManager[None]:
    return losing_is(BackendUnavailable, later("send input"))
