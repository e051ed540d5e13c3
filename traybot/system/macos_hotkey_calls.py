"""How are macOS's calls about hotkeys made from Python? Carbon by ctypes, and nothing more.

Numbers and layouts are those of Carbon's CarbonEvents.h and HIToolbox/Events.h. Carbon's hotkeys
need no permission, and no other program sees the chord. They are told in the main thread's loop of
events, which the tray runs.
"""

import ctypes
from collections.abc import Callable
from typing import Any

_CARBON = "/System/Library/Frameworks/Carbon.framework/Carbon"
_KEYBOARD, _HOTKEY_PRESSED = int.from_bytes(b"keyb", "big"), 5
_DIRECT_OBJECT, _HOTKEY_ID = int.from_bytes(b"----", "big"), int.from_bytes(b"hkid", "big")
_OURS = int.from_bytes(b"tray", "big")


class _Kind(ctypes.Structure):
    """EventTypeSpec."""

    _fields_ = (("of", ctypes.c_uint32), ("kind", ctypes.c_uint32))


class _Id(ctypes.Structure):
    """EventHotKeyID."""

    _fields_ = (("signature", ctypes.c_uint32), ("number", ctypes.c_uint32))


class MacHotkeyCalls:
    """Satisfies `shells.macos_hotkeys.HotkeyCalls` by Carbon."""

    def __init__(self) -> None:
        """Load it."""
        carbon: Any = ctypes.CDLL(_CARBON)
        self._carbon = carbon
        carbon.GetEventDispatcherTarget.restype = ctypes.c_void_p
        carbon.RegisterEventHotKey.argtypes = (
            ctypes.c_uint32,
            ctypes.c_uint32,
            _Id,
            ctypes.c_void_p,
            ctypes.c_uint32,
            ctypes.POINTER(ctypes.c_void_p),
        )
        carbon.UnregisterEventHotKey.argtypes = (ctypes.c_void_p,)
        self._target = ctypes.c_void_p(carbon.GetEventDispatcherTarget())
        self._references: dict[int, ctypes.c_void_p] = {}
        self._handler: Any = None

    def listen(self, pressed: Callable[[int], None]) -> None:
        """InstallEventHandler: have each press told by its number."""
        kind = ctypes.CFUNCTYPE(ctypes.c_int32, *[ctypes.c_void_p] * 3)

        def handle(_next: object, event: object, _data: object) -> int:
            found = _Id()
            self._carbon.GetEventParameter(
                ctypes.c_void_p(event),  # type: ignore[arg-type]  # an address, as it came
                _DIRECT_OBJECT,
                _HOTKEY_ID,
                None,
                ctypes.c_ulong(ctypes.sizeof(found)),
                None,
                ctypes.byref(found),
            )
            if found.signature == _OURS:
                pressed(found.number)
            return 0

        self._handler = kind(handle)  # kept: Carbon holds no reference of Python's
        wanted = _Kind(_KEYBOARD, _HOTKEY_PRESSED)
        self._carbon.InstallEventHandler(
            self._target, self._handler, ctypes.c_ulong(1), ctypes.byref(wanted), None, None
        )

    def register(self, number: int, modifiers: int, key: int) -> int:
        """RegisterEventHotKey; 0, or the system's number for what is wrong."""
        reference = ctypes.c_void_p()
        fault = int(
            self._carbon.RegisterEventHotKey(
                key, modifiers, _Id(_OURS, number), self._target, 0, ctypes.byref(reference)
            )
        )
        if not fault:
            self._references[number] = reference
        return fault

    def unregister(self, number: int) -> None:
        """UnregisterEventHotKey."""
        reference = self._references.pop(number, None)
        if reference is not None:
            self._carbon.UnregisterEventHotKey(reference)
