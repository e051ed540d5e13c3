"""Does macOS start us at login? By a LaunchAgent of the user's that runs once at load.

launchd keeps overrides of its own, which `launchctl disable` sets and `launchctl print-disabled`
tells; they win over the file. What the Login Items pane forbids is in a database that an ordinary
program cannot read, so that alone is not seen here.
"""

import os
import plistlib
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from traybot.system import autostart_command, autostart_file
from traybot.system.base import AutostartStatus, AutostartWord
from traybot.text import _

LABEL = "org.traybot.traybot"
_SECONDS = 5.0
_SWITCH_ON = _("switch it on with: traybot autostart on")
_OFF = AutostartStatus(AutostartWord.OFF, _("nothing is started at login"), _SWITCH_ON)

#: Runs launchctl with these words and gives what it says; empty if there is none.
Launchctl = Callable[[Sequence[str]], str]


def run_launchctl(words: Sequence[str]) -> str:
    """Run it; whether that fails makes no difference to what stands in the file."""
    try:
        done = subprocess.run(
            ["/bin/launchctl", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            text=True,
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


class MacAutostart:
    """The contract `Autostart` by a property list."""

    def __init__(self, ours: Sequence[str], launchctl: Launchctl = run_launchctl) -> None:
        """`ours` is the command of this installation."""
        self._ours = tuple(ours)
        self._launchctl = launchctl
        self._programs = autostart_command.posix_programs()
        getuid: Callable[[], int] = vars(os)["getuid"]
        self._domain = f"gui/{getuid()}"

    @property
    def path(self) -> Path:
        """Where the agent is described."""
        return Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"

    def enable(self, command: Sequence[str]) -> None:
        """Write the agent and lift an override; it is not loaded now, for we may be running."""
        agent = {
            "Label": LABEL,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            # It has windows of a desktop to look at, and what it does is not put off.
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
        }
        autostart_file.write(self.path, plistlib.dumps(agent))
        self._launchctl(["enable", f"{self._domain}/{LABEL}"])

    def disable(self) -> None:
        """Remove the agent; one that runs now runs on."""
        autostart_file.remove(self.path)

    def status(self) -> AutostartStatus:
        """Read the agent, and ask launchd whether it would run it."""
        try:
            agent = self._read()
        except (OSError, ValueError) as error:
            return self._passed_over(_("it cannot be read: {error}").format(error=error))
        if agent is None:
            return _OFF
        if agent.get("Disabled") is True or self._overridden():
            return self._passed_over(_("launchd has switched it off"))
        command = _command(agent)
        if not command or agent.get("RunAtLoad") is not True:
            return self._passed_over(_("it runs nothing at login (ProgramArguments, RunAtLoad)"))
        return autostart_command.judge(command, self._ours, self._programs)

    def repair(self) -> bool:
        """Change the program in the agent, and nothing else of it."""
        try:
            agent = self._read()
        except (OSError, ValueError):
            return False
        if agent is None or agent.get("Disabled") is True or agent.get("RunAtLoad") is not True:
            return False
        gone = autostart_command.may_repair(_command(agent), self._ours, self._programs)
        if not gone or self._overridden():
            return False
        agent["ProgramArguments"] = list(self._ours)
        autostart_file.write(self.path, plistlib.dumps(agent))
        return True

    def _read(self) -> dict[str, Any] | None:
        try:
            agent = plistlib.loads(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except Exception as error:  # the parser lets its own parser's errors through
            raise ValueError(str(error)) from error
        if not isinstance(agent, dict):
            raise ValueError(_("it is no dictionary"))  # noqa: TRY004  the file is wrong, not a caller
        return agent

    def _overridden(self) -> bool:
        """Ask launchd; older systems say true and false where newer ones say disabled, enabled."""
        told = self._launchctl(["print-disabled", self._domain])
        return re.search(rf'"{re.escape(LABEL)}" => (disabled|true)\b', told) is not None

    def _passed_over(self, why: str) -> AutostartStatus:
        word = AutostartWord.DISABLED
        return AutostartStatus(
            word, _("{path} is passed over: {why}").format(path=self.path, why=why), _SWITCH_ON
        )


def _command(agent: dict[str, Any]) -> list[str]:
    words = agent.get("ProgramArguments")
    return [str(word) for word in words] if isinstance(words, list) else []
