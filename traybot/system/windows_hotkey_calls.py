"""How are Windows' calls about hotkeys made from Python? By ctypes, and nothing more.

Numbers are those of winuser.h. A hotkey belongs to the thread that registered it, and is told in
that thread's queue of messages; only `wake` may be called from another one.
"""

import ctypes
from ctypes import wintypes
from typing import Any, Literal

_HOTKEY, _TIMER, _APP = 0x0312, 0x0113, 0x8000
_NO_REMOVE = 0
#: A held key is told once.
NO_REPEAT = 0x4000
#: GetAsyncKeyState: it is down, or was since the last call.
_DOWN, _WAS_DOWN = 0x8000, 0x0001
_FIRST_KEY, _LAST_KEY = 0x08, 0xFE

Told = tuple[Literal["hotkey", "timer", "woken", "ended"], int]


class WindowsHotkeyCalls:
    """Satisfies `shells.windows_hotkeys.HotkeyCalls` by user32."""

    def __init__(self) -> None:
        """Load the libraries."""
        # By its name, since other systems' ctypes lack it and a type checker there would object.
        load: Any = vars(ctypes)["WinDLL"]
        self._user, self._kernel = load("user32"), load("kernel32")
        self._message = wintypes.MSG()
        place = ctypes.POINTER(wintypes.MSG)
        number, handle = ctypes.c_uint, wintypes.HWND
        self._user.GetMessageW.argtypes = (place, handle, number, number)
        self._user.PeekMessageW.argtypes = (place, handle, number, number, number)
        self._user.RegisterHotKey.argtypes = (handle, ctypes.c_int, number, number)
        self._user.UnregisterHotKey.argtypes = (handle, ctypes.c_int)
        self._user.SetTimer.argtypes = (handle, ctypes.c_size_t, number, ctypes.c_void_p)
        self._user.SetTimer.restype = ctypes.c_size_t
        self._user.KillTimer.argtypes = (handle, ctypes.c_size_t)
        self._user.PostThreadMessageW.argtypes = (
            wintypes.DWORD,
            number,
            wintypes.WPARAM,
            wintypes.LPARAM,
        )
        self._user.GetAsyncKeyState.restype = ctypes.c_short
        self._timer = 0

    def begin(self) -> int:
        """Make this thread's queue, which is there once it was looked into; give its number."""
        self._user.PeekMessageW(ctypes.byref(self._message), None, 0, 0, _NO_REMOVE)
        return int(self._kernel.GetCurrentThreadId())

    def register(self, number: int, modifiers: int, key: int) -> bool:
        """RegisterHotKey; False where somebody else has it."""
        return bool(self._user.RegisterHotKey(None, number, modifiers | NO_REPEAT, key))

    def unregister(self, number: int) -> None:
        """UnregisterHotKey."""
        self._user.UnregisterHotKey(None, number)

    def tick(self, milliseconds: int) -> None:
        """SetTimer: be told so often that time has passed; 0: no more."""
        if self._timer:
            self._user.KillTimer(None, self._timer)
            self._timer = 0
        if milliseconds:
            self._timer = int(self._user.SetTimer(None, 0, milliseconds, None))

    def wait(self) -> Told:
        """GetMessageW; messages of other kinds are nobody's here."""
        while self._user.GetMessageW(ctypes.byref(self._message), None, 0, 0) > 0:
            match self._message.message:
                case value if value == _HOTKEY:
                    return "hotkey", int(self._message.wParam)
                case value if value == _TIMER:
                    return "timer", 0
                case value if value == _APP:
                    return "woken", 0
        return "ended", 0

    def wake(self, thread: int) -> None:
        """PostThreadMessageW; from any thread."""
        self._user.PostThreadMessageW(thread, _APP, 0, 0)

    def any_pressed(self) -> bool:
        """GetAsyncKeyState: whether any key is down, or was since the last call."""
        states = [self._user.GetAsyncKeyState(key) for key in range(_FIRST_KEY, _LAST_KEY + 1)]
        return any(state & (_DOWN | _WAS_DOWN) for state in states)
