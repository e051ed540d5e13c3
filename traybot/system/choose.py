"""Which operating system is this? The only place in the house that asks.

Imports nothing that one answer alone needs: `traybot status` comes through here, and must be quick.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Protocol, cast

from traybot.errors import BackendUnavailable
from traybot.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from traybot.system.base import Autostart, Awake, Injector, Processes, Theme
    from traybot.system.calling import ClientConnection, Listener
    from traybot.system.folder_ear import FolderEar
    from traybot.system.user_hands import UserHands
    from traybot.system.waiters import Waiter
    from traybot.system.windowing import Tracker, Windows


class Pipe(Protocol):
    """An end of a pipe of multiprocessing, as far as it matters here."""

    def fileno(self) -> int:
        """Its descriptor or handle."""
        ...

    def send_bytes(self, buf: bytes, /) -> None:
        """Send a message."""
        ...


# A type checker would call the other systems' code unreachable if it saw the comparison itself.
LINUX: bool = sys.platform.startswith("linux")
MACOS: bool = sys.platform == "darwin"
WINDOWS: bool = sys.platform == "win32"
#: Lives are forked from a prepared server where that is safe, and spawned elsewhere.
FORKS: bool = LINUX or MACOS


def processes() -> Processes:
    """Give what this system offers for owning processes."""
    if LINUX:
        # For a type checker that looks with another system's eyes that file is empty.
        from traybot.system.linux import LinuxProcesses  # type: ignore[attr-defined,unused-ignore]

        ours: Processes = LinuxProcesses()
        return ours
    if WINDOWS:
        from traybot.system.windows_processes import WindowsProcesses

        return WindowsProcesses()
    from traybot.system.macos_processes import MacProcesses

    return MacProcesses()


def listen(path: Path) -> Listener:
    """Listen for other programs of this user; `path` is where they look for us."""
    if WINDOWS:
        from traybot.system.windows_pipe import PipeListener

        return PipeListener(path)
    from traybot.system.unix_socket import UnixListener

    return UnixListener(path)


def connect(path: Path, seconds: float) -> ClientConnection:
    """Call whoever listens at `path`; `OSError` if nobody does."""
    if WINDOWS:
        from traybot.system.windows_pipe_client import PipeClient

        return PipeClient(path, seconds)
    from traybot.system.unix_socket import UnixClient

    return UnixClient(path, seconds)


def waiter() -> Waiter:
    """Give a way to wait for pipes and more."""
    from traybot.system.waiters import HandleWaiter, SelectorWaiter

    return HandleWaiter() if WINDOWS else SelectorWaiter()


def send_now(end: Pipe, message: bytes) -> bool:
    """Send a message down a pipe that keeps it whole, if there is room; whether there was."""
    if WINDOWS:
        from traybot.system.windows_pipe_ends import send_now as send

        return send(end.fileno(), message)
    end.send_bytes(message)
    return True


def give_handle(door: Pipe, end: Pipe, pid: int) -> None:
    """Give the process `pid`, at the other side of a door, the end of another pipe; never waits."""
    if WINDOWS:
        from multiprocessing import reduction

        reduction.send_handle(cast("Any", door), end.fileno(), pid)
        return
    from traybot.system import unix_ends

    unix_ends.give(door.fileno(), end.fileno())


def take_handle(door: Pipe) -> int:
    """Wait for the handle or descriptor that `give_handle` gave."""
    if WINDOWS:
        from multiprocessing import reduction

        return int(reduction.recv_handle(cast("Any", door)))
    from traybot.system import unix_ends

    return unix_ends.take(door.fileno())


def apart(*, console: bool) -> Sequence[Mapping[str, Any]]:
    """Give what starts a program that is to outlive us, for `apart.start_apart`."""
    from traybot.system.apart import OWN_SESSION, windows_ways

    return windows_ways(console=console) if WINDOWS else OWN_SESSION


def manager_address(folder: Path, name: str) -> str:
    """Give where a Manager of multiprocessing may listen: a socket in our folder, or a pipe.

    The library gives its pipes no owner; who connects must know the Manager's key.
    """
    return rf"\\.\pipe\traybot-{os.urandom(8).hex()}-{name}" if WINDOWS else str(folder / name)


def screen_hangs() -> bool:
    """Whether the screen is there and does not answer: whoever asked more of it might wait on."""
    if not LINUX or not os.environ.get("DISPLAY"):
        return False
    from traybot.system.x11_answers import silent

    return silent()


def injector() -> Injector:
    """Give a way to press keys and move the mouse; `BackendUnavailable` says why there is none."""
    if LINUX:
        if not os.environ.get("DISPLAY"):
            why = _("cannot send input: DISPLAY is not set")
            raise BackendUnavailable(why, _("start traybot inside an X session"))
        from traybot.system.x11_input import X11Injector

        return X11Injector()
    from traybot.system.portable_input import PortableInjector

    return PortableInjector()


def windows() -> Windows:
    """Give a way to ask for windows; `BackendUnavailable` says why there is none."""
    if LINUX:
        if not os.environ.get("DISPLAY"):
            why = _("cannot ask for windows: DISPLAY is not set")
            raise BackendUnavailable(why, _("start traybot inside an X session"))
        from traybot.system.x11_windows import X11Windows

        return X11Windows()
    if WINDOWS:
        from traybot.system.windows_desktop import WindowsDesktop

        return WindowsDesktop()
    from traybot.system.macos_windows import MacWindows

    return MacWindows()


def theme() -> Theme:
    """Give a way to ask whether the desktop is dark."""
    if LINUX:
        from traybot.system.theme_linux import LinuxTheme

        return LinuxTheme()
    from traybot.system.theme_elsewhere import MacTheme, WindowsTheme

    return MacTheme() if MACOS else WindowsTheme()


def session_sources() -> dict[str, Callable[[], Any]]:
    """Give by name what tells of sleep, lock and the session's end; each connects when called."""
    if WINDOWS:
        from traybot.system.windows_session import WindowsSession
        from traybot.system.windows_session_calls import WindowsSessionCalls

        return {"Windows": lambda: WindowsSession(WindowsSessionCalls())}
    if MACOS:
        from traybot.system.macos_session import MacSession
        from traybot.system.macos_session_calls import MacSessionCalls

        return {"macOS": lambda: MacSession(MacSessionCalls())}
    from traybot.system.buses import session_address, system_address
    from traybot.system.session_bus import Logind, Savers

    return {
        "logind": lambda: Logind(system_address()),
        "screen saver": lambda: Savers(session_address()),
    }


def user_hands(display: str | None = None) -> UserHands:
    """Listen to the user's own devices; `BackendUnavailable` says why that cannot be had."""
    if WINDOWS:
        from traybot.system.windows_user import WindowsUser
        from traybot.system.windows_user_calls import WindowsUserCalls

        return WindowsUser(WindowsUserCalls())
    if MACOS:
        from traybot.system.macos_user import MacUser
        from traybot.system.macos_user_calls import MacUserCalls

        return MacUser(MacUserCalls())
    if not (display or os.environ.get("DISPLAY")):
        raise BackendUnavailable(_("there is no X display (DISPLAY is not set)"))
    from traybot.system.x11_raw import X11Raw

    return X11Raw(display)


def folder_ear(folder: Path) -> FolderEar | None:
    """Give what hears of changes in a folder; `None` where nothing does."""
    if not LINUX:
        return None
    from traybot.system.folder_linux import LinuxFolderEar  # type: ignore[attr-defined,unused-ignore]

    try:
        ear: FolderEar = LinuxFolderEar(folder)
    except OSError:
        return None
    return ear


def tracker() -> Tracker | None:
    """Give a way to follow a window that was found; None where each look must find it anew."""
    if LINUX:
        from traybot.system.x11_tracker import X11Tracker

        return X11Tracker()
    return None


def opening(path: str) -> list[str]:
    """Give the command that opens a file with the program the user reads such files with."""
    if MACOS:
        return ["open", "-t", path]
    return ["notepad.exe", path] if WINDOWS else ["xdg-open", path]


def autostart() -> Autostart:
    """Give a way to be started at login; `BackendUnavailable` says why there is none."""
    from traybot.system.autostart_command import own_command

    if LINUX:
        from traybot.system.autostart_linux import LinuxAutostart

        return LinuxAutostart(own_command())
    if WINDOWS:
        from traybot.system.autostart_windows import WindowsAutostart

        return WindowsAutostart(own_command())
    if MACOS:
        from traybot.system.autostart_macos import MacAutostart

        return MacAutostart(own_command())
    why = _("cannot start at login on {platform}").format(platform=sys.platform)
    raise BackendUnavailable(why, _("start traybot by hand"))


def awake() -> Awake:
    """Give a way to keep the machine awake; `BackendUnavailable` says why there is none."""
    if LINUX:
        from traybot.system.awake_linux import LinuxAwake

        return LinuxAwake()
    if WINDOWS:
        from traybot.system.awake_windows import WindowsAwake

        return WindowsAwake()
    if MACOS:
        from traybot.system.awake_macos import MacAwake

        return MacAwake()
    why = _("cannot keep the machine awake on {platform}").format(platform=sys.platform)
    raise BackendUnavailable(why, _("switch its sleep off by hand"))
