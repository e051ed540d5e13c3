"""What did the user's own keyboard and mouse do on X? Raw events of XInput 2, without XTest's.

XTest presses by devices of its own, and each raw event names the device that it came from. Raw
events come whatever is grabbed, and whichever window is in front. The requests and the event are
laid out as in the protocol's text, XI2proto.txt in xorgproto
(https://gitlab.freedesktop.org/xorg/proto/xorgproto).
"""

import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from Xlib import X, error
from Xlib.ext import ge, randr, xinput
from Xlib.protocol import rq

from traybot.core.geometry import Rect
from traybot.core.user import Touch
from traybot.errors import BackendUnavailable
from traybot.system.x11_chords import plan
from traybot.system.x11_connection import connect, disconnect, losing_is
from traybot.system.x11_keymap import Keymap
from traybot.system.x11_state import EXTENSION, KEYBOARD, POINTER
from traybot.text import _, later

#: From 2.1 on raw events come while somebody has grabbed the device, too.
_VERSION = (2, 1)
_PRESSES = xinput.RawKeyPressMask | xinput.RawButtonPressMask
_KINDS = frozenset({xinput.RawKeyPress, xinput.RawButtonPress, xinput.RawMotion})
#: After the ten bytes that python-xlib has read, and device and time: detail, source, words of the
#: mask.
_RAW = struct.Struct("=6xIHH8x")
#: A fixed point number: whole part, then a part of 2 to the power of 32.
_NUMBER = struct.Struct("=iI")
_WORD = 4


@dataclass(slots=True)
class _Axis:
    """One of a device's first two axes."""

    #: For a device that tells places, not ways, such as a touch screen: from where to where.
    low: float = 0.0
    high: float = 0.0
    last: float | None = None

    def way(self, value: float, pixels: int) -> float:
        """How far the device went, in pixels."""
        if self.high <= self.low:
            return value
        place = (value - self.low) / (self.high - self.low) * pixels
        before, self.last = self.last, place
        return 0.0 if before is None else place - before


@dataclass(slots=True)
class _Device:
    axes: tuple[_Axis, _Axis] = field(default_factory=lambda: (_Axis(), _Axis()))


class X11Raw:
    """Listens on one connection; for the thread that made it.

    `BackendUnavailable` from any call once the server is gone, and at first if it has no XInput 2.
    """

    def __init__(self, display: str | None = None) -> None:
        """Connect to `display`, or to the one that the environment names; hear nothing yet."""
        self._connection = connect(display)
        self._root = self._connection.screen().root
        self._chords: Sequence[tuple[str, str]] = ()
        self._ignored: frozenset[int] = frozenset()
        self._users: dict[int, _Device] = {}
        #: The screen, with all monitors in it.
        self.screen = Rect(0, 0, 0, 0)
        self.monitors: tuple[Rect, ...] = ()
        try:
            with _listening():
                self._prepare()
        except BaseException:
            disconnect(self._connection)
            raise

    def fileno(self) -> int:
        """The descriptor to wait on; events may also have come already, during another call."""
        with _listening():
            return self._connection.fileno()

    def listen(self, *, presses: bool, motion: bool) -> None:
        """Hear these from now on, and nothing else."""
        mask = _PRESSES * presses | xinput.RawMotionMask * motion
        with _listening():
            self._root.xinput_select_events([(xinput.AllMasterDevices, mask)])
            self._connection.sync()

    def ignore(self, chords: Sequence[tuple[str, str]]) -> None:
        """Take no press of these `(action, chord)` pairs' keys for more than a hotkey."""
        with _listening():
            self._chords = chords
            self._learn_keys()

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is now, in screen pixels."""
        with _listening():
            answer = self._root.query_pointer()
        return int(answer.root_x), int(answer.root_y)

    def heard(self) -> list[Touch]:
        """Give what the user's devices did since the last call, oldest first."""
        touches: list[Touch] = []
        now = time.monotonic()  # the server's own clock wraps after 49 days
        changed = remapped = False
        with _listening():
            while self._connection.pending_events():
                event = self._connection.next_event()
                raw = event.type == ge.GenericEventCode and event.evtype in _KINDS
                if raw and (touch := self._touch(event, now)):
                    touches.append(touch)
                remapped |= event.type == X.MappingNotify
                changed |= not raw and event.type != X.MappingNotify
            if changed:
                self._learn()
            if remapped:
                self._learn_keys()
        return touches

    @property
    def waiting(self) -> bool:
        """Whether something was read already, so that the descriptor does not tell of it."""
        with _listening():
            return bool(self._connection.pending_events())

    def close(self) -> None:
        """Disconnect; may be called twice."""
        disconnect(self._connection)

    def _prepare(self) -> None:
        extension = self._connection.query_extension(EXTENSION)
        if extension is None or not extension.present:
            raise BackendUnavailable(_("the X server has no XInput"))
        answer = xinput.XIQueryVersion(
            display=self._connection.display,
            opcode=extension.major_opcode,
            major_version=_VERSION[0],
            minor_version=_VERSION[1],
        )
        if (answer.major_version, answer.minor_version) < _VERSION:
            raise BackendUnavailable(_("the X server's XInput is older than 2.1"))
        # Devices come and go, and so do monitors.
        self._root.xinput_select_events([(xinput.AllDevices, xinput.HierarchyChangedMask)])
        self._root.change_attributes(event_mask=X.StructureNotifyMask)
        self._learn()
        self._learn_keys()

    def _learn(self) -> None:
        """Learn which devices are the user's, and how large the screen is."""
        known = self._users
        self._users = {
            device.deviceid: known.get(device.deviceid) or _Device(_axes_of(device.classes))
            for device in self._connection.xinput_query_device(xinput.AllDevices).devices
            if device.use in {xinput.SlavePointer, xinput.SlaveKeyboard}
            and not device.name.endswith((KEYBOARD, POINTER))
        }
        size = self._root.get_geometry()
        self.screen = Rect(0, 0, int(size.width), int(size.height))
        self.monitors = tuple(self._monitors())

    def _monitors(self) -> Iterator[Rect]:
        try:
            found = randr.get_monitors(self._root).monitors
        except (AttributeError, error.XError):  # a server without it
            found = []
        rects = [
            Rect(int(m.x), int(m.y), int(m.width_in_pixels), int(m.height_in_pixels)) for m in found
        ]
        yield from [rect for rect in rects if not rect.empty] or [self.screen]

    def _learn_keys(self) -> None:
        """Learn which keys say nothing by themselves: modifiers, and those of our hotkeys."""
        info = self._connection.display.info
        first, last = info.min_keycode, info.max_keycode
        rows = self._connection.get_keyboard_mapping(first, last - first + 1)
        keymap = Keymap({code: tuple(row) for code, row in enumerate(rows, first)})
        modifiers = [list(codes) for codes in self._connection.get_modifier_mapping()]
        hotkeys = {code for code, _ in plan(self._chords, keymap, modifiers).claims}
        self._ignored = frozenset(hotkeys.union(*modifiers))

    def _touch(self, event: rq.Event, at: float) -> Touch | None:
        """Read a raw event; None if it is not the user's, or of no interest."""
        data = bytes(event.data)
        code, source, words = _RAW.unpack_from(data)
        device = self._users.get(source)
        if device is None:
            return None
        if event.evtype == xinput.RawMotion:
            dx, dy = self._ways(device, data[_RAW.size :], words)
            return Touch(at, dx=dx, dy=dy) if dx or dy else None
        is_key = event.evtype == xinput.RawKeyPress
        return None if is_key and code in self._ignored else Touch(at, pressed=True)

    def _ways(self, device: _Device, data: bytes, words: int) -> tuple[float, float]:
        """Read how far the first two axes went: a mask of axes, then a number for each of them."""
        mask = int.from_bytes(data[: _WORD * words], "little")
        ways, place = [0.0, 0.0], _WORD * words
        for number, pixels in enumerate((self.screen.width, self.screen.height)):
            if mask >> number & 1:
                whole, part = _NUMBER.unpack_from(data, place)
                ways[number] = device.axes[number].way(whole + part / 2**32, pixels)
                place += _NUMBER.size
        return ways[0], ways[1]


def _axes_of(classes: Sequence[rq.DictWrapper]) -> tuple[_Axis, _Axis]:
    axes = (_Axis(), _Axis())
    for one in classes:
        if one.type == xinput.ValuatorClass and one.number < len(axes):
            absolute = one.mode == xinput.ModeAbsolute
            axes[one.number].low = one.min if absolute else 0.0
            axes[one.number].high = one.max if absolute else 0.0
    return axes


def _listening() -> AbstractContextManager[None]:
    return losing_is(BackendUnavailable, later("see what the user does"))
