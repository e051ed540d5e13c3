"""How does macOS tell a thread of sleep and lock? IOKit and Core Graphics by ctypes, nothing more.

`IORegisterForSystemPower` works with the loop of whichever thread it is added to.
"""

import ctypes
import logging
from collections.abc import Callable
from typing import Any

_log = logging.getLogger(__name__)

_FRAMEWORKS = "/System/Library/Frameworks/{0}.framework/{0}"
_UTF8 = 0x08000100
#: CFRunLoopRunInMode: nothing is left to wait for.
_FINISHED = 1
#: How often the lock is looked at: one question to the window server.
_LOOK_SECONDS = 0.5


class MacSessionCalls:
    """Satisfies `macos_session.SessionCalls`."""

    def __init__(self) -> None:
        """Load the frameworks."""
        self._kit: Any = ctypes.CDLL(_FRAMEWORKS.format("IOKit"))
        self._core: Any = ctypes.CDLL(_FRAMEWORKS.format("CoreFoundation"))
        self._graphics: Any = ctypes.CDLL(_FRAMEWORKS.format("CoreGraphics"))
        pointer, port = ctypes.c_void_p, ctypes.c_uint32
        kit, core = self._kit, self._core
        kit.IORegisterForSystemPower.argtypes = (pointer,) * 4
        kit.IORegisterForSystemPower.restype = port
        kit.IODeregisterForSystemPower.argtypes = (pointer,)
        kit.IONotificationPortGetRunLoopSource.argtypes = (pointer,)
        kit.IONotificationPortGetRunLoopSource.restype = pointer
        kit.IONotificationPortDestroy.argtypes = (pointer,)
        kit.IOServiceClose.argtypes = (port,)
        kit.IOAllowPowerChange.argtypes = (port, ctypes.c_ssize_t)
        core.CFRunLoopGetCurrent.restype = pointer
        core.CFRunLoopAddSource.argtypes = (pointer,) * 3
        core.CFRunLoopRunInMode.argtypes = (pointer, ctypes.c_double, ctypes.c_ubyte)
        core.CFRunLoopRunInMode.restype = ctypes.c_int32
        core.CFRunLoopStop.argtypes = core.CFRelease.argtypes = (pointer,)
        core.CFStringCreateWithCString.argtypes = (pointer, ctypes.c_char_p, port)
        core.CFStringCreateWithCString.restype = pointer
        core.CFDictionaryGetValue.argtypes = (pointer, pointer)
        core.CFDictionaryGetValue.restype = pointer
        for name in ("CFGetTypeID", "CFBooleanGetTypeID"):
            getattr(core, name).restype = ctypes.c_ulong
        core.CFGetTypeID.argtypes = core.CFBooleanGetValue.argtypes = (pointer,)
        core.CFBooleanGetValue.restype = ctypes.c_ubyte
        core.CFNumberGetValue.argtypes = (pointer, ctypes.c_ssize_t, pointer)
        self._graphics.CGSessionCopyCurrentDictionary.restype = pointer
        self._mode = pointer.in_dll(core, "kCFRunLoopDefaultMode")
        self._is_locked = self._word(b"CGSSessionScreenIsLocked")
        self._has_screen = self._word(b"kCGSSessionOnConsoleKey")
        self._loop: int | None = None
        self._leaving = False

    def run(
        self,
        power: Callable[[int], bool],
        looked: Callable[[bool], None],
        begun: Callable[[], None],
    ) -> None:
        """IORegisterForSystemPower, then this thread's loop until `leave`."""
        port, notifier, root = ctypes.c_void_p(), ctypes.c_uint32(), 0
        kind = ctypes.CFUNCTYPE(
            None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p
        )

        def told(_ours: object, _service: int, message: int, argument: int | None) -> None:
            waits = True
            try:
                waits = power(message)
            except Exception:  # noqa: BLE001 -- nothing may be raised into the system
                _log.exception("acting on what macOS told of sleep failed")
            if waits:
                self._kit.IOAllowPowerChange(root, argument or 0)

        callback = kind(told)
        root = int(
            self._kit.IORegisterForSystemPower(
                None, ctypes.byref(port), callback, ctypes.byref(notifier)
            )
        )
        if not root:
            message = "IORegisterForSystemPower: refused"
            raise OSError(message)
        try:
            self._serve(port, looked, begun)
        finally:
            self._loop = None
            self._kit.IODeregisterForSystemPower(ctypes.byref(notifier))
            self._kit.IOServiceClose(root)
            self._kit.IONotificationPortDestroy(port)

    def _serve(
        self, port: ctypes.c_void_p, looked: Callable[[bool], None], begun: Callable[[], None]
    ) -> None:
        self._loop = self._core.CFRunLoopGetCurrent()
        source = self._kit.IONotificationPortGetRunLoopSource(port)
        self._core.CFRunLoopAddSource(self._loop, source, self._mode)
        begun()
        while not self._leaving:
            if self._core.CFRunLoopRunInMode(self._mode, _LOOK_SECONDS, 0) == _FINISHED:
                message = "CFRunLoopRunInMode: nothing to wait for"
                raise OSError(message)
            looked(self.locked())

    def leave(self) -> None:
        """CFRunLoopStop, which is heard at the latest at the next look; from any thread."""
        self._leaving = True
        loop = self._loop
        if loop is not None:
            self._core.CFRunLoopStop(loop)

    def locked(self) -> bool:
        """CGSessionCopyCurrentDictionary; without a graphical session it is not locked."""
        session = self._graphics.CGSessionCopyCurrentDictionary()
        if not session:
            return False
        try:
            locked = self._value(session, self._is_locked, otherwise=False)
            return locked or not self._value(session, self._has_screen, otherwise=True)
        finally:
            self._core.CFRelease(session)

    def _value(self, session: int, word: int, *, otherwise: bool) -> bool:
        """CFDictionaryGetValue of what is a CFBoolean or a CFNumber."""
        value = self._core.CFDictionaryGetValue(session, word)
        if not value:
            return otherwise
        if self._core.CFGetTypeID(value) == self._core.CFBooleanGetTypeID():
            return bool(self._core.CFBooleanGetValue(value))
        number, as_int = ctypes.c_int(), 9
        self._core.CFNumberGetValue(value, as_int, ctypes.byref(number))
        return bool(number.value)

    def _word(self, text: bytes) -> int:
        return int(self._core.CFStringCreateWithCString(None, text, _UTF8))
