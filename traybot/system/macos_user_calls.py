"""How does macOS tell a thread of keys and mouse? An event tap that only listens; by ctypes.

Numbers are those of Core Graphics' CGEventTypes.h.
"""

import ctypes
import logging
from collections.abc import Callable, Sequence
from typing import Any

from traybot.core.geometry import Rect
from traybot.system.macos_user import BUTTONS, KEY, MOTIONS, Heard

_log = logging.getLogger(__name__)

_FRAMEWORKS = "/System/Library/Frameworks/{0}.framework/{0}"
_SESSION, _AT_THE_END, _LISTEN_ONLY = 1, 1, 1
#: The system has switched a tap off that was slow, or on a user's wish.
_SWITCHED_OFF = frozenset({0xFFFFFFFE, 0xFFFFFFFF})
_SENDER, _KEY_CODE, _WAY_X, _WAY_Y = 41, 9, 4, 5
_MOST_MONITORS = 16
#: At the latest so long after `leave` the loop ends.
_LOOK_SECONDS = 0.5


class _Point(ctypes.Structure):
    """CGPoint."""

    _fields_ = (("x", ctypes.c_double), ("y", ctypes.c_double))


class _Box(ctypes.Structure):
    """CGRect."""

    _fields_ = tuple((name, ctypes.c_double) for name in ("x", "y", "width", "height"))


class MacUserCalls:
    """Satisfies `macos_user.TapCalls`."""

    def __init__(self) -> None:
        """Load the frameworks."""
        self._core: Any = ctypes.CDLL(_FRAMEWORKS.format("CoreFoundation"))
        self._graphics: Any = ctypes.CDLL(_FRAMEWORKS.format("CoreGraphics"))
        pointer, number = ctypes.c_void_p, ctypes.c_uint32
        core, graphics = self._core, self._graphics
        graphics.CGEventTapCreate.argtypes = (
            *(number, number, number),
            *(ctypes.c_uint64, pointer, pointer),
        )
        graphics.CGEventTapCreate.restype = graphics.CGEventCreate.restype = pointer
        graphics.CGEventTapEnable.argtypes = (pointer, ctypes.c_bool)
        graphics.CGEventGetIntegerValueField.argtypes = (pointer, number)
        graphics.CGEventGetIntegerValueField.restype = ctypes.c_int64
        graphics.CGEventCreate.argtypes = graphics.CGEventGetLocation.argtypes = (pointer,)
        graphics.CGEventGetLocation.restype = _Point
        graphics.CGGetActiveDisplayList.argtypes = (number, pointer, pointer)
        graphics.CGDisplayBounds.argtypes, graphics.CGDisplayBounds.restype = (number,), _Box
        core.CFMachPortCreateRunLoopSource.argtypes = (pointer, pointer, ctypes.c_ssize_t)
        core.CFMachPortCreateRunLoopSource.restype = core.CFRunLoopGetCurrent.restype = pointer
        core.CFRunLoopAddSource.argtypes = (pointer,) * 3
        core.CFRunLoopRunInMode.argtypes = (pointer, ctypes.c_double, ctypes.c_ubyte)
        core.CFRunLoopStop.argtypes = core.CFRelease.argtypes = (pointer,)
        core.CFMachPortInvalidate.argtypes = (pointer,)
        self._mode = pointer.in_dll(core, "kCFRunLoopDefaultMode")
        self._tap: int | None = None
        self._loop: int | None = None
        self._wanted = self._leaving = False

    def run(self, heard: Heard, begun: Callable[[], None]) -> None:
        """CGEventTapCreate, then this thread's loop until `leave`."""
        callback = self._callback(heard)
        mask = sum(1 << kind for kind in (*BUTTONS, *MOTIONS, KEY))
        tap = self._graphics.CGEventTapCreate(
            _SESSION, _AT_THE_END, _LISTEN_ONLY, mask, ctypes.cast(callback, ctypes.c_void_p), None
        )
        if not tap:
            why = "CGEventTapCreate: refused; allow input monitoring in the system's settings"
            raise OSError(why)
        self._tap = tap
        source = self._core.CFMachPortCreateRunLoopSource(None, tap, 0)
        try:
            self.listen(wanted=False)
            self._loop = self._core.CFRunLoopGetCurrent()
            self._core.CFRunLoopAddSource(self._loop, source, self._mode)
            begun()
            while not self._leaving:
                self._core.CFRunLoopRunInMode(self._mode, _LOOK_SECONDS, 0)
        finally:
            self._tap = self._loop = None
            self._core.CFMachPortInvalidate(tap)
            self._core.CFRelease(source)
            self._core.CFRelease(tap)

    def _callback(self, heard: Heard) -> Any:  # noqa: ANN401  a function of ctypes
        pointer = ctypes.c_void_p
        kind = ctypes.CFUNCTYPE(pointer, pointer, ctypes.c_uint32, pointer, pointer)
        field = self._graphics.CGEventGetIntegerValueField

        def told(_proxy: object, what: int, event: int, _ours: object) -> int:
            try:
                if what in _SWITCHED_OFF:
                    self.listen(wanted=self._wanted)
                else:
                    ways = float(field(event, _WAY_X)), float(field(event, _WAY_Y))
                    heard(what, int(field(event, _SENDER)), int(field(event, _KEY_CODE)), *ways)
            except Exception:  # noqa: BLE001 -- nothing may be raised into the system
                _log.exception("acting on what the user did failed")
            return event

        return kind(told)

    def leave(self) -> None:
        """CFRunLoopStop; from any thread."""
        self._leaving = True
        loop = self._loop
        if loop is not None:
            self._core.CFRunLoopStop(loop)

    def listen(self, *, wanted: bool) -> None:
        """CGEventTapEnable."""
        self._wanted = wanted
        if self._tap is not None:
            self._graphics.CGEventTapEnable(self._tap, wanted)

    def pointer(self) -> tuple[int, int]:
        """CGEventGetLocation of an event made for that."""
        event = self._graphics.CGEventCreate(None)
        try:
            place = self._graphics.CGEventGetLocation(event)
            return int(place.x), int(place.y)
        finally:
            self._core.CFRelease(event)

    def monitors(self) -> Sequence[Rect]:
        """CGGetActiveDisplayList, CGDisplayBounds."""
        numbers, count = (ctypes.c_uint32 * _MOST_MONITORS)(), ctypes.c_uint32()
        self._graphics.CGGetActiveDisplayList(_MOST_MONITORS, numbers, ctypes.byref(count))
        boxes = [self._graphics.CGDisplayBounds(number) for number in numbers[: count.value]]
        return [Rect(*(round(side) for side in (b.x, b.y, b.width, b.height))) for b in boxes]
