"""The icon on Windows, by the messages that Windows sends; pystray's part of it is faked."""

import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from traybot.shells import tray_windows
from traybot.shells.tray_windows import WM_CALL, WM_QUERYENDSESSION, mended, post

WM_NOTIFY = 0x8000 + 0x0B


class PystrayIcon:
    """The parts of pystray's Windows icon that ours builds on."""

    def __init__(self, name: str) -> None:
        self._hwnd = 7
        self._message_handlers: dict[int, Callable[[int, int], int | None]] = {
            WM_NOTIFY: self._on_notify
        }
        self.notified: list[int] = []
        self.while_open: Callable[[], None] = lambda: None

    def _on_notify(self, wide: int, long: int) -> None:
        self.notified.append(long)
        self.while_open()

    def dispatch(self, message: int, wide: int = 0, long: int = 0) -> int:
        """Do what pystray's window procedure does."""
        return int(self._message_handlers.get(message, lambda _w, _l: 0)(wide, long) or 0)


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """What was posted to windows."""
    posted: list[tuple[int, ...]] = []
    win32 = ModuleType("pystray._util.win32")
    win32.PostMessage = lambda *parts: posted.append(parts)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pystray", ModuleType("pystray"))
    monkeypatch.setitem(sys.modules, "pystray._util", ModuleType("pystray._util"))
    monkeypatch.setitem(sys.modules, "pystray._util.win32", win32)
    return posted


@pytest.fixture
def icon() -> Any:  # noqa: ANN401 - made of two classes at run time
    """Our icon over the pretended one."""
    return mended(PystrayIcon)("traybot")


def test_the_session_may_end(icon: Any) -> None:  # noqa: ANN401
    """Asked whether Windows may log off, the icon says yes and does not veto by silence."""
    assert icon.dispatch(WM_QUERYENDSESSION) == 1


def test_a_call_from_another_thread_is_made_on_the_icons(
    icon: Any,  # noqa: ANN401
    posted: list[tuple[int, ...]],
) -> None:
    """What another thread wants done waits for the icon's own thread."""
    threads: list[int] = []
    other = threading.Thread(
        target=lambda: post(icon, lambda: threads.append(threading.get_ident()))
    )
    other.start()
    other.join()
    assert not threads
    assert posted == [(7, WM_CALL, 0, 0)]
    icon.dispatch(WM_CALL)
    assert threads == [threading.get_ident()]


def test_an_open_menu_is_not_changed_under_the_users_hand(
    icon: Any,  # noqa: ANN401
    posted: list[tuple[int, ...]],
) -> None:
    """A change that comes while the menu is open is made when it has closed."""
    done: list[str] = []

    def change_arrives() -> None:
        post(icon, lambda: done.append("changed"))
        icon.dispatch(WM_CALL)
        assert not done

    icon.while_open = change_arrives
    icon.dispatch(WM_NOTIFY, long=tray_windows.WM_RBUTTONUP)
    assert done == ["changed"]


def test_the_left_button_opens_the_menu_too(icon: Any) -> None:  # noqa: ANN401
    """A person's first click is a left one."""
    icon.dispatch(WM_NOTIFY, long=tray_windows.WM_LBUTTONUP)
    assert icon.notified == [tray_windows.WM_RBUTTONUP]
