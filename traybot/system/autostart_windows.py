"""Does Windows start us at login? By a value under the user's Run key.

Task Manager and Settings switch such a value off without touching it: they note it under
StartupApproved, where a first byte that is odd means off (02 on, 03 off; no note, on). The command
is read as CommandLineToArgvW reads it. Registry calls go to `winreg`, or to whatever stands in.
"""

import importlib
import ntpath
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from traybot.errors import BackendUnavailable, TraybotError
from traybot.system import autostart_command
from traybot.system.autostart_command import Programs
from traybot.system.base import AutostartStatus, AutostartWord
from traybot.text import _

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
NAME = "traybot"
#: Windows passes a longer command over, by its own documentation.
LONGEST = 260
_ON = _("switch it on in Task Manager, under Startup apps, or with: traybot autostart on")
_OFF = AutostartStatus(
    AutostartWord.OFF,
    _("nothing is started at login"),
    _("switch it on with: traybot autostart on"),
)


class WindowsAutostart:
    """The contract `Autostart` by the registry."""

    def __init__(self, ours: Sequence[str], registry: Any = None) -> None:  # noqa: ANN401 - a module
        """`ours` is the command of this installation; `registry` answers like `winreg`."""
        self._ours = tuple(ours)
        self._registry = registry or importlib.import_module("winreg")
        self._programs = Programs(there=_there, same=_same)

    def enable(self, command: Sequence[str]) -> None:
        """Write the value, and forget that it was ever switched off."""
        # A program's path is quoted always: with a space in it Windows would try its parts.
        program, rest = command[0].replace('"', ""), subprocess.list2cmdline(command[1:])
        line = f'"{program}" {rest}'.rstrip()
        if len(line) > LONGEST:
            what = _("cannot start at login: the command has more than {count} characters").format(
                count=LONGEST
            )
            raise BackendUnavailable(what, _("install traybot in a folder with a shorter path"))
        self._write(line)
        self._delete(APPROVED)

    def disable(self) -> None:
        """Remove the value and what Windows noted about it."""
        self._delete(RUN)
        self._delete(APPROVED)

    def status(self) -> AutostartStatus:
        """Read both keys as Windows does at login."""
        line = self._read(RUN)
        if line is None:
            return _OFF
        if self._switched_off():
            why = _("Windows' startup settings have switched it off")
            return AutostartStatus(AutostartWord.DISABLED, why, _ON)
        command = split_command(str(line))
        if not command or len(str(line)) > LONGEST:
            why = _("Windows passes its command over: it is empty or too long")
            return AutostartStatus(AutostartWord.DISABLED, why, _ON)
        return autostart_command.judge(command, self._ours, self._programs)

    def repair(self) -> bool:
        """Write the value anew if it is ours, on, and leads nowhere."""
        line = self._read(RUN)
        if line is None or self._switched_off():
            return False
        command = split_command(str(line))
        if not autostart_command.may_repair(command, self._ours, self._programs):
            return False
        self.enable(self._ours)
        return True

    def _switched_off(self) -> bool:
        note = self._read(APPROVED)
        return isinstance(note, bytes) and bool(note) and note[0] % 2 == 1

    def _read(self, key: str) -> object:
        r = self._registry
        try:
            with r.OpenKey(r.HKEY_CURRENT_USER, key, 0, r.KEY_QUERY_VALUE) as opened:
                value, _ = r.QueryValueEx(opened, NAME)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _cannot("read", key, error) from error
        found: object = value
        return found

    def _write(self, line: str) -> None:
        r = self._registry
        try:
            with r.CreateKeyEx(r.HKEY_CURRENT_USER, RUN, 0, r.KEY_SET_VALUE) as opened:
                r.SetValueEx(opened, NAME, 0, r.REG_SZ, line)
        except OSError as error:
            raise _cannot("write", RUN, error) from error

    def _delete(self, key: str) -> None:
        r = self._registry
        try:
            with r.OpenKey(r.HKEY_CURRENT_USER, key, 0, r.KEY_SET_VALUE) as opened:
                r.DeleteValue(opened, NAME)
        except FileNotFoundError:
            return
        except OSError as error:
            raise _cannot("change", key, error) from error


def split_command(line: str) -> list[str]:
    """Split a command line as CommandLineToArgvW does: the program by other rules than the rest."""
    line = line.strip(" \t")
    if line.startswith('"'):
        program, _, rest = line[1:].partition('"')
    else:
        end = next((at for at, sign in enumerate(line) if sign in " \t"), len(line))
        program, rest = line[:end], line[end:]
    return [program, *_arguments(rest)] if line else []


def _arguments(rest: str) -> list[str]:
    """Backslashes count before a quote only: two make one, an odd one makes the quote a sign."""
    found: list[str] = []
    word, begun, quoted, slashes = "", False, False, 0
    for sign in rest:
        if sign == "\\":
            slashes += 1
            begun = True
            continue
        word += "\\" * (slashes // 2 if sign == '"' else slashes)
        odd, slashes = slashes % 2 == 1, 0
        if sign == '"' and not odd:
            quoted, begun = not quoted, True
        elif sign in " \t" and not quoted:
            found += [word] if begun else []
            word, begun = "", False
        else:
            word, begun = word + sign, True
    return [*found, word + "\\" * slashes] if begun else found


def _there(program: str) -> bool:
    # Windows' own look at the PATH adds the usual endings.
    return Path(program).is_file() or shutil.which(program) is not None


def _same(one: str, other: str) -> bool:
    return ntpath.normcase(ntpath.normpath(one)) == ntpath.normcase(ntpath.normpath(other))


def _cannot(do: str, key: str, error: OSError) -> TraybotError:
    return TraybotError(
        _("cannot {do} HKCU\\{key}: {strerror}").format(do=do, key=key, strerror=error.strerror),
        _("check the key's permissions"),
    )
