"""What do the XTEST devices hold down? The X server's own answer, apart from the user's keys.

XTest input comes from two devices of its own, and the server keeps the state of each device. Core
X only tells the sum of all devices, and XInput 2 tells no keys; XInput 1 does, by three requests
that python-xlib lacks. They are written here after the protocol's text, XIproto.txt in xorgproto
(https://gitlab.freedesktop.org/xorg/proto/xorgproto): ListInputDevices, GetDeviceKeyMapping,
QueryDeviceState. None of them needs OpenDevice first.
"""

import array
import struct
from collections.abc import Iterator
from typing import Literal

from Xlib import X, error
from Xlib.display import Display
from Xlib.protocol import rq

from traybot.errors import BackendUnavailable
from traybot.system.base import HeldInput
from traybot.text import _

#: Of each kind there is one per master device, named after it.
KEYBOARD, POINTER = "XTEST keyboard", "XTEST pointer"
EXTENSION = "XInputExtension"

# Classes of state in an answer; a third one, of valuators, does not interest here.
_KEYS, _BUTTONS = 0, 1
_STATE_CLASSES: dict[int, Literal["keys", "buttons"]] = {_KEYS: "keys", _BUTTONS: "buttons"}
#: A key's or a button's state: class, length, count and padding, then one bit for each code.
_STATE_HEADER, _STATE_BITS = 4, 32

_ANSWER = (rq.ReplyCode(), rq.Pad(1), rq.Card16("sequence_number"), rq.ReplyLength())


class _ListInputDevices(rq.ReplyRequest):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(2), rq.RequestLength())
    _reply = rq.Struct(*_ANSWER, rq.Card8("count"), rq.Pad(23), rq.Binary("data"))


class _GetDeviceKeyMapping(rq.ReplyRequest):
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(24),
        rq.RequestLength(),
        rq.Card8("device"),
        rq.Card8("first"),
        rq.Card8("count"),
        rq.Pad(1),
    )
    _reply = rq.Struct(*_ANSWER, rq.Card8("width"), rq.Pad(23), rq.Binary("data"))


class _QueryDeviceState(rq.ReplyRequest):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(30), rq.RequestLength(), rq.Card8("device"), rq.Pad(3)
    )
    _reply = rq.Struct(*_ANSWER, rq.Card8("count"), rq.Pad(23), rq.Binary("data"))


class XTestDevices:
    """Asks one server about its XTEST devices; belongs to the thread of the connection."""

    def __init__(self, connection: Display) -> None:
        """`BackendUnavailable` where the server has no XInput or no XTEST devices."""
        self._connection = connection
        extension = connection.query_extension(EXTENSION)
        if extension is None or not extension.present:
            raise BackendUnavailable(_("cannot see what is held down: the X server has no XInput"))
        self._opcode = int(extension.major_opcode)
        self._keyboards: list[int] = []
        self._pointers: list[int] = []
        self._find()

    def held(self) -> HeldInput:
        """Ask what our devices hold down now; two round trips, about 60 µs."""
        try:
            return self._held()
        except error.XError:  # a device went away: masters are made and removed while X runs
            self._find()
            return self._held()

    def holds_key(self, code: int) -> bool:
        """Ask whether one of our keyboards holds this key down."""
        return any(code in self._state(device, "keys") for device in self._keyboards)

    def keymap(self) -> dict[int, tuple[int, ...]]:
        """Give the keysyms on each key by keycode, as our keyboard has them.

        The core request tells those of the device used last instead, which may be the user's.
        """
        info = self._connection.display.info
        first, count = info.min_keycode, info.max_keycode - info.min_keycode + 1
        reply = _GetDeviceKeyMapping(
            self._connection.display,
            opcode=self._opcode,
            device=self._keyboards[0],
            first=first,
            count=count,
        )
        keysyms = array.array("I", bytes(reply.data))
        width = reply.width
        return {
            first + row: tuple(keysyms[row * width : (row + 1) * width]) for row in range(count)
        }

    def _find(self) -> None:
        """Learn the devices' numbers."""
        named = list(self._named_devices())
        self._keyboards = [device for device, name in named if name.endswith(KEYBOARD)]
        self._pointers = [device for device, name in named if name.endswith(POINTER)]
        if not self._keyboards or not self._pointers:
            raise BackendUnavailable(_("cannot send input: the X server has no XTEST devices"))

    def _named_devices(self) -> Iterator[tuple[int, str]]:
        """Take the answer apart: all devices, then all their classes, then all their names."""
        reply = _ListInputDevices(self._connection.display, opcode=self._opcode)
        data = bytes(reply.data)
        devices = [struct.unpack_from("=IBBBB", data, 8 * index) for index in range(reply.count)]
        place = 8 * len(devices)
        for _id, _kind, classes, _events, _pad in devices:
            for _class in range(classes):
                place += data[place + 1]
        for _use, device, _classes, _events, _pad in devices:
            length = data[place]
            yield device, data[place + 1 : place + 1 + length].decode("latin-1")
            place += 1 + length

    def _held(self) -> HeldInput:
        keys = [self._state(device, "keys") for device in self._keyboards]
        buttons = [self._state(device, "buttons") for device in self._pointers]
        return HeldInput(frozenset().union(*keys), frozenset().union(*buttons))

    def _state(self, device: int, what: Literal["keys", "buttons"]) -> frozenset[int]:
        """Give the codes that are down on a device."""
        reply = _QueryDeviceState(self._connection.display, opcode=self._opcode, device=device)
        data, place = bytes(reply.data), 0
        for _number in range(reply.count):
            kind, length = data[place], data[place + 1]
            if _STATE_CLASSES.get(kind) == what:
                start = place + _STATE_HEADER
                return _set_bits(data[start : start + _STATE_BITS])
            place += length
        return frozenset()


def pressed_anywhere(connection: Display) -> HeldInput:
    """Ask what is down on any device, the user's included; of buttons X tells only 1 to 5."""
    mask = connection.screen().root.query_pointer().mask
    buttons = (X.Button1Mask, X.Button2Mask, X.Button3Mask, X.Button4Mask, X.Button5Mask)
    return HeldInput(
        keys_down(connection),
        frozenset(number for number, bit in enumerate(buttons, 1) if mask & bit),
    )


def keys_down(connection: Display) -> frozenset[int]:
    """Ask which keys are down on any device; one round trip."""
    return _set_bits(bytes(connection.query_keymap()))


def _set_bits(bits: bytes) -> frozenset[int]:
    """Give the numbers of the bits that are set, the lowest bit of the first byte being 0."""
    number = int.from_bytes(bits, "little")
    codes = set()
    while number:
        lowest = number & -number
        codes.add(lowest.bit_length() - 1)
        number ^= lowest
    return frozenset(codes)
