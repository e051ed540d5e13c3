"""Which command starts this installation at login, and what is one that a system has kept?

Compared are the program, the way it runs us, and the folder of our files: two installations, or two
folders, are two traybots, and neither takes the other's place unasked.
"""

import os
import shutil
import sys
import sysconfig
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from traybot.system.base import AutostartStatus, AutostartWord
from traybot.text import _

#: As a session wants it: in its own process, silent, content if one runs already.
_AT_LOGIN = ("run", "--autostart")
_MODULE = ("-m", "traybot")
_HOME = "--home"
_POINT_HERE = _("point it here with: traybot autostart on")


@dataclass(frozen=True, slots=True)
class Programs:
    """How a system tells programs apart."""

    there: Callable[[str], bool]
    same: Callable[[str, str], bool]


def own_command() -> tuple[str, ...]:
    """Give the words that start this installation with its tray, wherever they are said."""
    home = os.environ.get("TRAYBOT_HOME")
    kept = (_HOME, str(Path(home).expanduser().absolute())) if home else ()
    return (*_own_program(), *_AT_LOGIN, *kept)


def _own_program() -> tuple[str, ...]:
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    # Where there are two Pythons, this one opens no console window.
    windowless = Path(sys.executable).with_name("pythonw.exe")
    if windowless.is_file():
        return (str(windowless), *_MODULE)
    schemes = (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user"))
    for scheme in schemes:
        script = Path(sysconfig.get_path("scripts", scheme), "traybot")
        if os.access(script, os.X_OK) and script.is_file():
            return (str(script),)
    return (sys.executable, *_MODULE)


def posix_programs() -> Programs:
    """A name is looked for on the PATH; a link and what it leads to are the same."""
    return Programs(there=lambda program: shutil.which(program) is not None, same=_same_file)


def _same_file(one: str, other: str) -> bool:
    found = (os.path.realpath(shutil.which(program) or program) for program in (one, other))
    return len(set(found)) == 1


def judge(found: Sequence[str], ours: Sequence[str], programs: Programs) -> AutostartStatus:
    """Say of a command that the system is going to run whether it is this traybot."""
    program = found[0]
    if not programs.there(program):
        why = _("it starts {program}, which is not there").format(program=program)
        return AutostartStatus(AutostartWord.ELSEWHERE, why, _POINT_HERE)
    # Environments share what their Pythons are links to: such a program counts by its own name.
    by_module = _by_module(ours)
    same = program == ours[0] if by_module else programs.same(program, ours[0])
    if not same or _by_module(found) != by_module:
        why = _("it starts {program}, which is not this traybot").format(program=program)
        return AutostartStatus(AutostartWord.ELSEWHERE, why, _POINT_HERE)
    if _home(found) != _home(ours):
        why = _("it starts this program with its files in {folder}").format(
            folder=_home(found) or _("the usual folders")
        )
        return AutostartStatus(AutostartWord.ELSEWHERE, why, _POINT_HERE)
    return AutostartStatus(AutostartWord.ON, _("this traybot starts at login"))


def may_repair(found: Sequence[str], ours: Sequence[str], programs: Programs) -> bool:
    """Whether a command was written by us, for our folder, and leads nowhere since."""
    gone = bool(found) and not programs.there(found[0])
    return gone and _AT_LOGIN[-1] in found and _home(found) == _home(ours)


def _by_module(command: Sequence[str]) -> bool:
    return tuple(command[1:3]) == _MODULE


def _home(command: Sequence[str]) -> str:
    after = list(command)[list(command).index(_HOME) + 1 :] if _HOME in command else []
    return after[0] if after else ""
