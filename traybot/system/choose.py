"""Which operating system is this? The only place in the house that asks."""

import os
import sys

from traybot.errors import BackendUnavailable
from traybot.system.base import Injector, Processes, Windows

# A type checker would call the other systems' code unreachable if it saw the comparison itself.
LINUX: bool = sys.platform.startswith("linux")
#: Lives are forked from a prepared server where that is safe, and spawned elsewhere.
FORKS: bool = LINUX or sys.platform == "darwin"


def processes() -> Processes:
    """Give what this system offers for owning processes."""
    if LINUX:
        from traybot.system.linux import LinuxProcesses

        return LinuxProcesses()
    from traybot.system.portable_processes import PortableProcesses

    return PortableProcesses()


def injector() -> Injector:
    """Give a way to press keys and move the mouse; `BackendUnavailable` says why there is none."""
    if LINUX:
        if not os.environ.get("DISPLAY"):
            why = "cannot send input: DISPLAY is not set"
            raise BackendUnavailable(why, "start traybot inside an X session")
        from traybot.system.x11_input import X11Injector

        return X11Injector()
    from traybot.system.portable_input import PortableInjector

    return PortableInjector()


def windows() -> Windows:
    """Give a way to ask for windows; `BackendUnavailable` says why there is none."""
    if LINUX:
        if not os.environ.get("DISPLAY"):
            why = "cannot ask for windows: DISPLAY is not set"
            raise BackendUnavailable(why, "start traybot inside an X session")
        from traybot.system.x11_windows import X11Windows

        return X11Windows()
    why = f"cannot ask for windows on {sys.platform} yet"
    raise BackendUnavailable(why, "leave out [bot] window and use regions of the screen")
