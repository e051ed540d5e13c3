"""The user's own keyboard and mouse, as the X server sees them: devices apart from XTest's.

XTest can also speak for another device than its own, as XTestFakeDeviceKeyEvent and its like do
(the request is in xtestproto's text). Xvfb has a keyboard and a mouse of its own, which nothing
else ever moves: what is sent in their name is what real hands do on a real desk.
"""

import struct
from collections.abc import Sequence

from Xlib.display import Display
from Xlib.ext import xinput
from Xlib.protocol import rq

# From the first event number of XInput on; a device's values follow in an event of their own.
_VALUES, _KEY_DOWN, _KEY_UP, _BUTTON_DOWN, _BUTTON_UP, _MOTION = range(6)
_MORE = 0x80
_RELATIVE = 1


class _FakeDeviceInput(rq.Request):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(2), rq.RequestLength(), rq.Binary("events"))


class RealHands:
    """Presses and moves on the server's own devices; each call has arrived when it returns."""

    def __init__(self, display: str) -> None:
        self._connection = Display(display)
        xtest = self._connection.query_extension("XTEST")
        xinput_there = self._connection.query_extension("XInputExtension")
        assert xtest is not None
        assert xinput_there is not None
        self._xtest, self._first = xtest.major_opcode, xinput_there.first_event
        self._connection.xinput_query_version()
        devices = self._connection.xinput_query_device(xinput.AllDevices).devices
        named = {device.name: device.deviceid for device in devices}
        self._keyboard, self._mouse = named["Xvfb keyboard"], named["Xvfb mouse"]

    def press(self, code: int) -> None:
        """Put a key down."""
        self._send(_KEY_DOWN, code, self._keyboard)

    def release(self, code: int) -> None:
        """Let a key go."""
        self._send(_KEY_UP, code, self._keyboard)

    def click(self, button: int) -> None:
        """Press a mouse button and let it go."""
        self._send(_BUTTON_DOWN, button, self._mouse)
        self._send(_BUTTON_UP, button, self._mouse)

    def move(self, dx: int, dy: int) -> None:
        """Move the mouse by so much."""
        self._send(_MOTION, _RELATIVE, self._mouse, (dx, dy))

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()

    def _send(self, kind: int, detail: int, device: int, values: Sequence[int] = ()) -> None:
        number = device | _MORE if values else device
        event = struct.pack("=BB28xxB", self._first + kind, detail, number)
        if values:
            six = [*values, *[0] * (6 - len(values))]
            head = (self._first + _VALUES, device, len(values))
            event += struct.pack("=BB4xBx6i", *head, *six)
        _FakeDeviceInput(display=self._connection.display, opcode=self._xtest, events=event)
        self._connection.sync()
