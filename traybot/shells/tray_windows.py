"""What must be mended in pystray's Windows icon? The end of the session, threads, and open menus.

pystray 0.19 answers 0 to each message that it does not know, and to WM_QUERYENDSESSION that means
"do not log off". A menu that is changed by another thread, or while it is open, is destroyed under
the user's hand.
"""

import importlib
from collections import deque
from collections.abc import Callable
from typing import Any

WM_QUERYENDSESSION = 0x0011
#: A message of our own, from WM_APP on, which Windows leaves to programs.
WM_CALL = 0x8000 + 0x71
YES = 1
#: Either button opens the menu.
WM_LBUTTONUP, WM_RBUTTONUP = 0x0202, 0x0205


class _Mended:
    """What goes before pystray's own class; all but `calls` belongs to the icon's thread."""

    _message_handlers: dict[int, Callable[[int, int], int | None]]

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.calls: deque[Callable[[], None]] = deque()
        self._menu_open = False
        # The daemon ends when Windows ends it; nothing of ours is worth holding the user up.
        self._message_handlers[WM_QUERYENDSESSION] = lambda _wide, _long: YES
        self._message_handlers[WM_CALL] = self._on_call

    def _on_call(self, _wide: int, _long: int) -> None:
        """Do what other threads have left, unless a menu is open; it is done afterwards."""
        while self.calls and not self._menu_open:
            self.calls.popleft()()

    def _on_notify(self, wide: int, long: int) -> None:
        # Does not return while the menu is open, and messages go on to be dispatched.
        self._menu_open = True
        try:
            super()._on_notify(  # type: ignore[misc] # pystray's
                wide, WM_RBUTTONUP if long == WM_LBUTTONUP else long
            )
        finally:
            self._menu_open = False
            self._on_call(0, 0)


def mended(base: type) -> type:
    """Give a class of icons like `base`, pystray's, without those faults."""
    return type("Icon", (_Mended, base), {})


def post(icon: Any, call: Callable[[], None]) -> None:  # noqa: ANN401 - pystray has no types
    """Call something on the icon's thread; from any thread."""
    win32 = importlib.import_module("pystray._util.win32")
    icon.calls.append(call)
    win32.PostMessage(icon._hwnd, WM_CALL, 0, 0)  # noqa: SLF001 - there is no public way
