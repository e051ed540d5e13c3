"""How are Windows' calls about windows made from Python? By ctypes, and nothing more.

Numbers are those of winuser.h and dwmapi.h. Nothing here decides; `windows_desktop` does, and is
tested against a stand-in for this class.
"""

import ctypes
from typing import Any

from traybot.core.geometry import Rect

_EX_STYLE, _TOOL_WINDOW = -20, 0x0080
_CLOAKED = 14
_LONGEST = 512
#: Pixels as they are on each monitor; without it a scaled desktop tells made-up ones.
_PER_MONITOR_AWARE = -4


class Box(ctypes.Structure):
    """RECT."""

    _fields_ = tuple((name, ctypes.c_int32) for name in ("left", "top", "right", "bottom"))


class Point(ctypes.Structure):
    """POINT."""

    _fields_ = (("x", ctypes.c_int32), ("y", ctypes.c_int32))


class WindowsDesktopCalls:
    """Satisfies `windows_desktop.WindowCalls` by user32 and dwmapi."""

    def __init__(self) -> None:
        """Load the libraries; have this process see real pixels."""
        # By its name, since other systems' ctypes lack it and a type checker there would object.
        load: Any = vars(ctypes)["WinDLL"]
        self._user, self._dwm = load("user32"), load("dwmapi")
        handle, number = ctypes.c_void_p, ctypes.c_uint32
        self._user.GetForegroundWindow.restype = handle
        self._user.SetProcessDpiAwarenessContext.argtypes = (handle,)
        for name in (
            "IsWindowVisible",
            "IsIconic",
            "IsHungAppWindow",
            "GetWindowTextLengthW",
        ):
            getattr(self._user, name).argtypes = (handle,)
        for name in ("GetClientRect", "ClientToScreen", "GetWindowThreadProcessId"):
            getattr(self._user, name).argtypes = (handle, handle)
        for name in ("GetWindowTextW", "GetClassNameW"):
            getattr(self._user, name).argtypes = (handle, ctypes.c_wchar_p, ctypes.c_int)
        self._user.GetWindowLongW.argtypes = (handle, ctypes.c_int)
        self._dwm.DwmGetWindowAttribute.argtypes = (handle, number, handle, number)
        # It fails where that was settled before, which is as well.
        self._user.SetProcessDpiAwarenessContext(_PER_MONITOR_AWARE)

    def tops(self) -> list[int]:
        """EnumWindows."""
        found: list[int] = []

        def note(window: int | None, _: object) -> bool:
            found.append(window or 0)
            return True

        kind: Any = vars(ctypes)["WINFUNCTYPE"]
        self._user.EnumWindows(kind(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(note), None)
        return found

    def front(self) -> int:
        """GetForegroundWindow."""
        return int(self._user.GetForegroundWindow() or 0)

    def title(self, window: int) -> str:
        """GetWindowText: of another process's window it reads what the system has noted."""
        return self._text(self._user.GetWindowTextW, window)

    def kind(self, window: int) -> str:
        """GetClassName."""
        return self._text(self._user.GetClassNameW, window)

    def _text(self, call: Any, window: int) -> str:  # noqa: ANN401  a function of ctypes
        room = ctypes.create_unicode_buffer(_LONGEST)
        call(window, room, _LONGEST)
        return room.value

    def client_area(self, window: int) -> Rect:
        """GetClientRect and ClientToScreen."""
        box, corner = Box(), Point()
        self._user.GetClientRect(window, ctypes.byref(box))
        self._user.ClientToScreen(window, ctypes.byref(corner))
        return Rect(corner.x, corner.y, box.right, box.bottom)

    def pid(self, window: int) -> int:
        """GetWindowThreadProcessId."""
        pid = ctypes.c_uint32()
        self._user.GetWindowThreadProcessId(window, ctypes.byref(pid))
        return int(pid.value)

    def is_window(self, window: int) -> bool:
        """IsWindowVisible, GetWindowLong, DwmGetWindowAttribute."""
        if not self._user.IsWindowVisible(window):
            return False
        if self._user.GetWindowLongW(window, _EX_STYLE) & _TOOL_WINDOW:
            return False
        cloaked = ctypes.c_uint32()
        size = ctypes.sizeof(cloaked)
        self._dwm.DwmGetWindowAttribute(window, _CLOAKED, ctypes.byref(cloaked), size)
        return not cloaked.value

    def is_minimized(self, window: int) -> bool:
        """IsIconic."""
        return bool(self._user.IsIconic(window))

    def is_hung(self, window: int) -> bool:
        """IsHungAppWindow."""
        return bool(self._user.IsHungAppWindow(window))
