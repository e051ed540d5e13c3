"""How does Windows tell of raw input? By ctypes, and nothing more.

Numbers and layouts are those of winuser.h.
"""

import ctypes
from collections.abc import Callable, Sequence
from ctypes import wintypes
from typing import Any

from traybot.core.geometry import Rect
from traybot.system.windows_user import Key, Mouse

_INPUT, _APP = 0x00FF, 0x8000
_MESSAGE_ONLY = -3
_GIVE_INPUT, _FAILED = 0x10000003, 0xFFFFFFFF
#: Of the generic desktop's page: mouse, keyboard. Heard wherever the keys go; heard no more.
_PAGE, _MOUSE, _KEYBOARD = 1, 2, 6
_SINK, _REMOVE = 0x0100, 0x0001
_IS_MOUSE, _IS_KEYBOARD = 0, 1
_PLACES, _BREAK = 0x0001, 0x0001


class _Device(ctypes.Structure):
    """RAWINPUTDEVICE."""

    _fields_ = (
        ("page", wintypes.USHORT),
        ("usage", wintypes.USHORT),
        ("flags", wintypes.DWORD),
        ("window", wintypes.HWND),
    )


class _Header(ctypes.Structure):
    """RAWINPUTHEADER."""

    _fields_ = (
        ("kind", wintypes.DWORD),
        ("size", wintypes.DWORD),
        ("device", ctypes.c_void_p),
        ("word", wintypes.WPARAM),
    )


class _Mouse(ctypes.Structure):
    """RAWMOUSE; its buttons lie in a union of four bytes, aligned so."""

    _fields_ = (
        ("flags", wintypes.USHORT),
        ("_aligned", wintypes.USHORT),
        ("buttons", wintypes.USHORT),
        ("wheel", wintypes.USHORT),
        ("_raw", wintypes.ULONG),
        ("x", wintypes.LONG),
        ("y", wintypes.LONG),
        ("extra", wintypes.ULONG),
    )


class _Keyboard(ctypes.Structure):
    """RAWKEYBOARD."""

    _fields_ = (
        ("scan", wintypes.USHORT),
        ("flags", wintypes.USHORT),
        ("_reserved", wintypes.USHORT),
        ("code", wintypes.USHORT),
        ("message", wintypes.UINT),
        ("extra", wintypes.ULONG),
    )


class _Body(ctypes.Union):
    _fields_ = (("mouse", _Mouse), ("keyboard", _Keyboard))


class _Raw(ctypes.Structure):
    """RAWINPUT."""

    _fields_ = (("header", _Header), ("body", _Body))


class WindowsUserCalls:
    """Satisfies `windows_user.RawCalls` by user32."""

    def __init__(self) -> None:
        """Load the library."""
        # By its name, since other systems' ctypes lack it and a type checker there would object.
        load: Any = vars(ctypes)["WinDLL"]
        self._user = user = load("user32")
        handle, number, pointer = wintypes.HANDLE, wintypes.UINT, ctypes.c_void_p
        message = (handle, number, wintypes.WPARAM, wintypes.LPARAM)
        user.DefWindowProcW.argtypes = user.PostMessageW.argtypes = message
        user.DefWindowProcW.restype = ctypes.c_ssize_t
        user.CreateWindowExW.argtypes = (
            *(wintypes.DWORD, wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.DWORD),
            *(ctypes.c_int,) * 4,
            *(handle, handle, handle, pointer),
        )
        user.CreateWindowExW.restype = handle
        user.DestroyWindow.argtypes = (handle,)
        user.GetMessageW.argtypes = (pointer, handle, number, number)
        user.DispatchMessageW.argtypes = user.GetCursorPos.argtypes = (pointer,)
        user.RegisterRawInputDevices.argtypes = (pointer, number, number)
        user.GetRawInputData.argtypes = (pointer, number, pointer, pointer, number)
        user.GetRawInputData.restype = number
        user.EnumDisplayMonitors.argtypes = (handle, pointer, pointer, wintypes.LPARAM)
        self._window: int | None = None
        self._leaving = False

    def run(self, heard: Callable[[Mouse | Key], None], begun: Callable[[], None]) -> None:
        """A window for messages alone, and its loop, which needs no procedure of ours."""
        window = self._user.CreateWindowExW(
            0, "STATIC", None, 0, 0, 0, 0, 0, _MESSAGE_ONLY, None, None, None
        )
        if not window:
            why = "CreateWindowEx: refused"
            raise OSError(why)
        self._window = window
        try:
            begun()
            message = wintypes.MSG()
            place = ctypes.byref(message)
            while not self._leaving and self._user.GetMessageW(place, None, 0, 0) > 0:
                if message.message == _INPUT:
                    event = self._read(message.lParam)
                    if event is not None:
                        heard(event)
                self._user.DispatchMessageW(place)
        finally:
            self.listen(keyboard=False, mouse=False)
            self._window = None
            self._user.DestroyWindow(window)

    def _read(self, which: int) -> Mouse | Key | None:
        """GetRawInputData."""
        raw, size = _Raw(), wintypes.UINT(ctypes.sizeof(_Raw))
        got = self._user.GetRawInputData(
            which, _GIVE_INPUT, ctypes.byref(raw), ctypes.byref(size), ctypes.sizeof(_Header)
        )
        if got == _FAILED:
            return None
        device = int(raw.header.device or 0)
        if raw.header.kind == _IS_MOUSE:
            mouse = raw.body.mouse
            return Mouse(device, mouse.buttons, mouse.x, mouse.y, bool(mouse.flags & _PLACES))
        if raw.header.kind == _IS_KEYBOARD:
            key = raw.body.keyboard
            return Key(device, key.code, not key.flags & _BREAK)
        return None

    def leave(self) -> None:
        """PostMessage; from any thread."""
        self._leaving = True
        if self._window is not None:
            self._user.PostMessageW(self._window, _APP, 0, 0)

    def listen(self, *, keyboard: bool, mouse: bool) -> None:
        """RegisterRawInputDevices: the whole process has each device once."""
        for usage, wanted in ((_KEYBOARD, keyboard), (_MOUSE, mouse)):
            flags, window = (_SINK, self._window) if wanted else (_REMOVE, None)
            device = _Device(_PAGE, usage, flags, window)
            self._user.RegisterRawInputDevices(ctypes.byref(device), 1, ctypes.sizeof(device))

    def pointer(self) -> tuple[int, int]:
        """GetCursorPos."""
        place = wintypes.POINT()
        self._user.GetCursorPos(ctypes.byref(place))
        return int(place.x), int(place.y)

    def monitors(self) -> Sequence[Rect]:
        """EnumDisplayMonitors."""
        found: list[Rect] = []
        kind: Any = vars(ctypes)["WINFUNCTYPE"](
            wintypes.BOOL, *(ctypes.c_void_p,) * 2, ctypes.POINTER(wintypes.RECT), wintypes.LPARAM
        )

        def note(_monitor: object, _context: object, box: Any, _data: int) -> int:  # noqa: ANN401  a pointer
            rect = box.contents
            size = rect.right - rect.left, rect.bottom - rect.top
            found.append(Rect(int(rect.left), int(rect.top), int(size[0]), int(size[1])))
            return 1

        callback = kind(note)
        self._user.EnumDisplayMonitors(None, None, ctypes.cast(callback, ctypes.c_void_p), 0)
        return found
