"""Does a desktop of Linux start us at login? By the XDG autostart entry of our name.

The user's own entry comes before those of the system (`$XDG_CONFIG_DIRS`), so to switch one of the
system off the user's says `Hidden=true`. That, and `X-GNOME-Autostart-enabled=false`, is also what
the desktops' own settings write; a line of ours tells the two apart.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from traybot.errors import BackendUnavailable
from traybot.system import autostart_command, autostart_file
from traybot.system.autostart_desktop import (
    Entry,
    exec_value,
    flag_of,
    list_of,
    parse_entry,
    parse_exec,
    replace_exec,
    text_of,
)
from traybot.system.base import AutostartStatus, AutostartWord
from traybot.text import _

_NAME = "traybot.desktop"
_SWITCHED_OFF = "X-traybot-SwitchedOff"
#: The panel first: an icon that comes before its tray has nowhere to go.
_ENTRY = """[Desktop Entry]
Type=Application
Name=traybot
Comment=Runs a bot that plays by sight, and watches over it
Exec={command}
Terminal=false
StartupNotify=false
X-GNOME-Autostart-enabled=true
X-KDE-autostart-after=panel
X-LXQt-Need-Tray=true
"""
_HIDING = f"""[Desktop Entry]
Type=Application
Name=traybot
Hidden=true
{_SWITCHED_OFF}=true
"""
_ON = _("switch it on with: traybot autostart on")
_OFF = AutostartStatus(AutostartWord.OFF, _("nothing is started at login"), _ON)


@dataclass(frozen=True, slots=True)
class _Found:
    """The entry that counts: where it is, and what it says unless no desktop can read it."""

    path: Path
    text: str
    entry: Entry | None
    fault: str = ""


class LinuxAutostart:
    """The contract `Autostart` by a file."""

    def __init__(self, ours: Sequence[str]) -> None:
        """`ours` is the command of this installation."""
        self._ours = tuple(ours)
        self._programs = autostart_command.posix_programs()

    def enable(self, command: Sequence[str]) -> None:
        """Write the user's entry anew; what a desktop had written into it goes."""
        try:
            text = _ENTRY.format(command=exec_value(command))
        except ValueError as error:
            what = _("cannot start at login: {error}").format(error=error)
            raise BackendUnavailable(what, _("install traybot in another folder")) from error
        autostart_file.write(_folders()[0] / _NAME, text.encode())

    def disable(self) -> None:
        """Remove the user's entry; where the system has one as well, hide that."""
        mine, *theirs = (folder / _NAME for folder in _folders())
        if any(path.exists() for path in theirs):
            autostart_file.write(mine, _HIDING.encode())
        else:
            autostart_file.remove(mine)

    def status(self) -> AutostartStatus:
        """Read the entry as a desktop does."""
        found = _find()
        if found is None or _switched_off(found):
            return _OFF
        why = _passed_over(found)
        if why:
            return AutostartStatus(
                AutostartWord.DISABLED,
                _("{path} is passed over: {why}").format(path=found.path, why=why),
                _ON,
            )
        return autostart_command.judge(_command(found), self._ours, self._programs)

    def repair(self) -> bool:
        """Change the command in the user's own entry, and nothing else of it."""
        found = _find()
        if found is None or found.path.parent != _folders()[0] or _passed_over(found):
            return False
        if not autostart_command.may_repair(_command(found), self._ours, self._programs):
            return False
        try:
            text = replace_exec(found.text, self._ours)
        except ValueError:
            return False
        autostart_file.write(found.path, text.encode())
        return True


def _folders() -> list[Path]:
    """Where entries may be, the user's folder first."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    mine = Path(home) if home.startswith("/") else Path.home() / ".config"
    listed = os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    theirs = [Path(folder) for folder in listed.split(":") if folder.startswith("/")]
    return [folder / "autostart" for folder in (mine, *theirs)]


def _find() -> _Found | None:
    for path in (folder / _NAME for folder in _folders()):
        try:
            text = path.read_bytes().decode()
            return _Found(path, text, parse_entry(text))
        except FileNotFoundError:
            continue
        except UnicodeDecodeError:
            return _Found(path, "", None, _("it is not UTF-8"))
        except ValueError as error:
            return _Found(path, "", None, str(error))
        except OSError as error:
            return _Found(path, "", None, str(error.strerror))
    return None


def _switched_off(found: _Found) -> bool:
    entry = found.entry
    return entry is not None and _hidden(entry) and flag_of(entry, _SWITCHED_OFF) is True


def _command(found: _Found) -> list[str]:
    assert found.entry is not None
    return parse_exec(found.entry["Exec"])


def _passed_over(found: _Found) -> str:
    """Why a desktop starts nothing by this entry; empty if it will try."""
    if found.entry is None:
        return found.fault
    try:
        return next((why for holds, why in _REASONS if holds(found.entry)), "")
    except ValueError as error:
        return str(error)


def _hidden(entry: Entry) -> bool:
    return flag_of(entry, "Hidden") is True


def _disabled(entry: Entry) -> bool:
    return flag_of(entry, "X-GNOME-Autostart-enabled") is False


def _elsewhere_only(entry: Entry) -> bool:
    """Whether the entry is for other desktops than this one."""
    only, never = list_of(entry, "OnlyShowIn"), list_of(entry, "NotShowIn")
    for name in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":"):
        if name in only:
            return False
        if name in never:
            return True
    return bool(only)


def _tried_in_vain(entry: Entry) -> bool:
    wanted = text_of(entry, "TryExec")
    return bool(wanted) and shutil.which(wanted) is None


def _no_program(entry: Entry) -> bool:
    return text_of(entry, "Type") != "Application" or not parse_exec(entry.get("Exec", ""))


_REASONS: tuple[tuple[Callable[[Entry], bool], str], ...] = (
    (_hidden, _("the desktop's settings have switched it off (Hidden=true)")),
    (_disabled, _("the desktop's settings have switched it off (X-GNOME-Autostart-enabled=false)")),
    (_elsewhere_only, _("it is not for this desktop (OnlyShowIn, NotShowIn)")),
    (_tried_in_vain, _("the program that must be there is not (TryExec)")),
    (_no_program, _("it is no entry for a program")),
)
