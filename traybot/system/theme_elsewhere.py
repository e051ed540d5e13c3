"""Is this Windows or macOS desktop dark or light? Its own settings say so; read now and then."""

import importlib
import select
import subprocess
from typing import Any

#: Neither tells a program without a window of its own in a way that is worth a second thread.
LOOK_SECONDS = 5.0
_PERSONALIZE = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"


class _Polled:
    """Waits by looking again after a while."""

    def wait(self, ear: int) -> None:
        """Return after `LOOK_SECONDS`, or when the descriptor `ear` is readable."""
        select.select([ear], [], [], LOOK_SECONDS)

    def close(self) -> None:
        """Nothing is held."""


class WindowsTheme(_Polled):
    """The contract `Theme` by the registry."""

    def dark(self) -> bool | None:
        """Read what the taskbar goes by, which is not what windows go by."""
        registry: Any = importlib.import_module("winreg")
        try:
            with registry.OpenKey(registry.HKEY_CURRENT_USER, _PERSONALIZE) as key:
                return not registry.QueryValueEx(key, "SystemUsesLightTheme")[0]
        except OSError:
            return None


class MacTheme(_Polled):
    """The contract `Theme` by the user's defaults."""

    def dark(self) -> bool | None:
        """Ask for the appearance; in the light one the entry is not there at all."""
        command = ["/usr/bin/defaults", "read", "-g", "AppleInterfaceStyle"]
        try:
            said = subprocess.run(command, capture_output=True, text=True, timeout=2, check=False)
        except (OSError, subprocess.SubprocessError):
            return None
        return said.stdout.strip() == "Dark"
