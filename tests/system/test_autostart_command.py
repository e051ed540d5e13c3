"""Is the command that starts at login this installation's, and are two of them told apart?"""

import os
import sys
import sysconfig
from pathlib import Path

import pytest

from traybot.system.autostart_command import judge, may_repair, own_command, posix_programs
from traybot.system.base import AutostartWord

LOGIN = ("run", "--autostart")
ON, ELSEWHERE = AutostartWord.ON, AutostartWord.ELSEWHERE


def python_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an environment's Python ours, without the environment's scripts."""
    folder.mkdir()
    python = folder / "python3"
    python.symlink_to(os.path.realpath(sys.executable))
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(sysconfig, "get_path", lambda *_: str(folder))
    return python


def test_the_script_of_this_environment_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its whole path: a session has another PATH than a terminal."""
    monkeypatch.delenv("TRAYBOT_HOME", raising=False)
    python_in(tmp_path / "bin", monkeypatch)
    script = tmp_path / "bin" / "traybot"
    script.touch(0o755)
    assert own_command() == (str(script), *LOGIN)


def test_without_a_script_the_module_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the Python of this environment, not by what its link leads to."""
    monkeypatch.delenv("TRAYBOT_HOME", raising=False)
    python = python_in(tmp_path / "bin", monkeypatch)
    assert own_command() == (str(python), "-m", "traybot", *LOGIN)


def test_no_console_window_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is a Python without one, as on Windows, that is taken; a bundle starts itself."""
    monkeypatch.delenv("TRAYBOT_HOME", raising=False)
    python = python_in(tmp_path / "bin", monkeypatch)
    (tmp_path / "bin" / "pythonw.exe").touch()
    windowless = str(tmp_path / "bin" / "pythonw.exe")
    assert own_command() == (windowless, "-m", "traybot", *LOGIN)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_command() == (str(python), *LOGIN)


def test_a_folder_of_ones_own_is_taken_along(home: Path) -> None:
    """A session knows nothing of the variable that was set when it was switched on."""
    assert own_command()[-4:] == (*LOGIN, "--home", str(home))


def test_two_environments_are_two_traybots(tmp_path: Path) -> None:
    """Their Pythons are links to the same file; one does not count as the other."""
    one, other = tmp_path / "one", tmp_path / "other"
    for link in (one, other):
        link.symlink_to(sys.executable)
    command = [str(one), "-m", "traybot", *LOGIN]
    programs = posix_programs()
    assert judge(command, command, programs).word is ON
    assert judge([str(other), *command[1:]], command, programs).word is ELSEWHERE
    assert judge([str(one), "-m", "other", *LOGIN], command, programs).word is ELSEWHERE
    assert judge([str(one), *LOGIN], command, programs).word is ELSEWHERE


def test_two_folders_are_two_traybots() -> None:
    """The same program with other files is another daemon, and its place is not taken."""
    ours = ["/opt/none/traybot", *LOGIN, "--home", "/opt/bots"]
    plain = ["/opt/none/traybot", *LOGIN]
    shell = ["sh", *LOGIN]
    programs = posix_programs()
    status = judge([*shell, "--home", "/opt/bots"], shell, programs)
    assert (status.word, status.why) == (
        ELSEWHERE,
        "it starts this program with its files in /opt/bots",
    )
    assert "the usual folders" in judge(shell, [*shell, "--home", "/x"], programs).why
    assert may_repair(ours, ours, programs)
    assert may_repair(plain, plain, programs)
    assert not may_repair(plain, ours, programs)
    assert not may_repair(ours, plain, programs)
    assert not may_repair([*plain, "--home"], ours, programs)
    assert not may_repair([], ours, programs)
