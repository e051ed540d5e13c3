"""How does Windows tell a window of sleep, lock and end? By ctypes, and nothing more.

Numbers and layouts are those of winuser.h and wtsapi32.h. The window is never shown, and is no
"message-only" one: those are left out when Windows tells everybody.
"""

import ctypes
import logging
from collections.abc import Callable
from ctypes import wintypes
from typing import Any

from traybot.system.windows_session import Handle

_log = logging.getLogger(__name__)

_CLOSE, _DESTROY, _APP = 0x0010, 0x0002, 0x8000
_THIS_SESSION_ONLY = _TO_A_WINDOW = 0
#: WTSQuerySessionInformation: this server, this session, WTSINFOEX; in it, the lock's state.
_CURRENT_SESSION, _INFO_EX, _LOCKED = -1, 25, 0
_NAME = "traybot session"


class _WindowClass(ctypes.Structure):
    """WNDCLASSW."""

    _fields_ = (
        ("style", wintypes.UINT),
        ("procedure", ctypes.c_void_p),
        ("class_extra", ctypes.c_int),
        ("window_extra", ctypes.c_int),
        ("instance", wintypes.HANDLE),
        ("icon", wintypes.HANDLE),
        ("cursor", wintypes.HANDLE),
        ("background", wintypes.HANDLE),
        ("menu", wintypes.LPCWSTR),
        ("name", wintypes.LPCWSTR),
    )


class _Info(ctypes.Structure):
    """The begin of WTSINFOEXW; its union has numbers of eight bytes, so it lies at the eighth."""

    _fields_ = (
        ("level", wintypes.DWORD),
        ("_unused", wintypes.DWORD),
        ("session", wintypes.ULONG),
        ("state", ctypes.c_int),
        ("flags", wintypes.LONG),
    )


class WindowsSessionCalls:
    """Satisfies `windows_session.SessionCalls` by user32 and wtsapi32."""

    def __init__(self) -> None:
        """Load the libraries."""
        # By its name, since other systems' ctypes lack it and a type checker there would object.
        load: Any = vars(ctypes)["WinDLL"]
        self._user, self._kernel, self._terminal = map(load, ("user32", "kernel32", "wtsapi32"))
        handle, number, word = wintypes.HANDLE, ctypes.c_uint, ctypes.c_ssize_t
        pointer, name = ctypes.c_void_p, wintypes.LPCWSTR
        message = (handle, number, wintypes.WPARAM, wintypes.LPARAM)
        self._user.DefWindowProcW.argtypes, self._user.DefWindowProcW.restype = message, word
        self._user.PostMessageW.argtypes = message
        self._user.RegisterClassW.argtypes = (pointer,)
        self._user.UnregisterClassW.argtypes = (name, handle)
        sides = (ctypes.c_int,) * 4
        self._user.CreateWindowExW.argtypes = (
            *(wintypes.DWORD, name, name, wintypes.DWORD),
            *sides,
            *(handle, handle, handle, pointer),
        )
        self._user.CreateWindowExW.restype = handle
        self._user.DestroyWindow.argtypes = (handle,)
        self._user.GetMessageW.argtypes = (pointer, handle, number, number)
        self._user.DispatchMessageW.argtypes = (pointer,)
        self._user.RegisterSuspendResumeNotification.argtypes = (handle, wintypes.DWORD)
        self._user.RegisterSuspendResumeNotification.restype = handle
        self._user.UnregisterSuspendResumeNotification.argtypes = (handle,)
        self._kernel.GetModuleHandleW.argtypes, self._kernel.GetModuleHandleW.restype = (
            (name,),
            handle,
        )
        self._terminal.WTSRegisterSessionNotification.argtypes = (handle, wintypes.DWORD)
        self._terminal.WTSUnRegisterSessionNotification.argtypes = (handle,)
        self._terminal.WTSQuerySessionInformationW.argtypes = (
            *(handle, wintypes.DWORD, ctypes.c_int),
            *(pointer, pointer),
        )
        self._terminal.WTSFreeMemory.argtypes = (pointer,)
        self._window: int | None = None
        self._leaving = False

    def run(self, handle: Handle, begun: Callable[[], None]) -> None:
        """RegisterClass, CreateWindowEx, then messages until `leave`."""
        instance = self._kernel.GetModuleHandleW(None)
        procedure = self._procedure(handle)
        kind = _WindowClass(instance=instance, name=_NAME)
        kind.procedure = ctypes.cast(procedure, ctypes.c_void_p)
        self._user.RegisterClassW(ctypes.byref(kind))
        nowhere = (0, 0, 0, 0)
        window = self._user.CreateWindowExW(
            0, _NAME, _NAME, 0, *nowhere, None, None, instance, None
        )
        try:
            self._serve(_had(window, "CreateWindowEx"), begun)
        finally:
            self._user.UnregisterClassW(_NAME, instance)

    def _serve(self, window: int, begun: Callable[[], None]) -> None:
        """Ask to be told; a machine that rests without sleeping tells only who asked for it."""
        power = self._user.RegisterSuspendResumeNotification(window, _TO_A_WINDOW)
        try:
            told = self._terminal.WTSRegisterSessionNotification(window, _THIS_SESSION_ONLY)
            _had(told, "WTSRegisterSessionNotification")
            self._window = window
            begun()
            message = wintypes.MSG()
            place = ctypes.byref(message)
            while not self._leaving and self._user.GetMessageW(place, None, 0, 0) > 0:
                self._user.DispatchMessageW(place)
        finally:
            self._window = None
            self._terminal.WTSUnRegisterSessionNotification(window)
            if power:
                self._user.UnregisterSuspendResumeNotification(power)
            self._user.DestroyWindow(window)

    def _procedure(self, handle: Handle) -> Any:  # noqa: ANN401  a function of ctypes
        """WindowProc; a failure in it must not read as "no" to the session's end."""
        kind: Any = vars(ctypes)["WINFUNCTYPE"](
            ctypes.c_ssize_t, wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM
        )

        def serve(window: int, message: int, word: int, long: int) -> int:
            if message in {_APP, _CLOSE, _DESTROY}:
                return 0  # it wakes the loop; nobody but us closes this window
            answer = None
            try:
                answer = handle(message, int(word or 0))
            except Exception:  # noqa: BLE001 -- nothing may be raised into the system
                _log.exception("acting on what Windows told of the session failed")
            if answer is None:
                answer = self._user.DefWindowProcW(window, message, word, long)
            return int(answer)

        return kind(serve)

    def leave(self) -> None:
        """PostMessage; from any thread."""
        self._leaving = True
        if self._window is not None:
            self._user.PostMessageW(self._window, _APP, 0, 0)

    def locked(self) -> bool:
        """WTSQuerySessionInformation; where it cannot be told, it is not locked."""
        place, size = ctypes.c_void_p(), wintypes.DWORD()
        got = self._terminal.WTSQuerySessionInformationW(
            None, _CURRENT_SESSION, _INFO_EX, ctypes.byref(place), ctypes.byref(size)
        )
        if not got or not place.value:
            return False
        try:
            info = ctypes.cast(place, ctypes.POINTER(_Info)).contents
            return size.value >= ctypes.sizeof(_Info) and int(info.flags) == _LOCKED
        finally:
            self._terminal.WTSFreeMemory(place)


def _had(result: int | None, call: str) -> int:
    if not result:
        number = vars(ctypes)["GetLastError"]() if "GetLastError" in vars(ctypes) else 0
        message = f"{call}: error {number}"
        raise OSError(message)
    return int(result)
