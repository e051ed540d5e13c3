"""Does the status tell what Windows will really do at login? Its registry is replaced."""

import subprocess
from pathlib import Path
from typing import Any, Self

import hypothesis
import pytest
from hypothesis import strategies as st

from traybot.errors import BackendUnavailable, TraybotError
from traybot.system.autostart_windows import APPROVED, NAME, RUN, WindowsAutostart, split_command
from traybot.system.base import AutostartWord

pytestmark = pytest.mark.anywhere

ON, OFF = AutostartWord.ON, AutostartWord.OFF
DISABLED, ELSEWHERE = AutostartWord.DISABLED, AutostartWord.ELSEWHERE
LOGIN = ("-m", "traybot", "run", "--autostart")


class Key:
    """An opened key, in a `with` block."""

    def __init__(self, values: dict[str, Any], rights: int) -> None:
        self.values, self.rights = values, rights

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class FakeRegistry:
    """The calls of `winreg` that we make, on a dictionary; rights are kept to."""

    HKEY_CURRENT_USER = 0x80000001
    KEY_QUERY_VALUE, KEY_SET_VALUE = 1, 2
    REG_SZ, REG_BINARY = 1, 3

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, Any]] = {}
        self.locked = False

    def OpenKey(self, root: int, path: str, reserved: int, rights: int) -> Key:  # noqa: N802  its name
        """Open a key that is there."""
        assert (root, reserved) == (self.HKEY_CURRENT_USER, 0)
        if path not in self.keys:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        if self.locked and rights & self.KEY_SET_VALUE:
            raise PermissionError(5, "Access is denied")
        return Key(self.keys[path], rights)

    def CreateKeyEx(self, root: int, path: str, reserved: int, rights: int) -> Key:  # noqa: N802
        """Open a key, made if it is not there."""
        self.keys.setdefault(path, {})
        return self.OpenKey(root, path, reserved, rights)

    def QueryValueEx(self, key: Key, name: str) -> tuple[object, int]:  # noqa: N802  its name
        """Give a value and its kind."""
        assert key.rights & self.KEY_QUERY_VALUE
        if name not in key.values:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        value = key.values[name]
        return value, self.REG_BINARY if isinstance(value, bytes) else self.REG_SZ

    def SetValueEx(self, key: Key, name: str, _: int, kind: int, value: str) -> None:  # noqa: N802
        """Write a text."""
        assert key.rights & self.KEY_SET_VALUE
        assert kind == self.REG_SZ
        key.values[name] = value

    def DeleteValue(self, key: Key, name: str) -> None:  # noqa: N802  its name
        """Remove a value."""
        assert key.rights & self.KEY_SET_VALUE
        if name not in key.values:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        del key.values[name]


class Login:
    """A registry, and an installation that is really there."""

    def __init__(self, root: Path) -> None:
        self.registry = FakeRegistry()
        self.program = root / "my bots" / "pythonw.exe"
        self.program.parent.mkdir()
        self.program.touch(0o755)
        self.settle()

    def settle(self) -> None:
        """Be the installation at this place."""
        self.command = (str(self.program), *LOGIN)
        self.autostart = WindowsAutostart(self.command, self.registry)

    def run(self, line: str) -> None:
        """Put a command line there."""
        self.registry.keys.setdefault(RUN, {})[NAME] = line

    def note(self, first: int) -> None:
        """Note in Windows' settings what the first byte says."""
        self.registry.keys.setdefault(APPROVED, {})[NAME] = bytes([first, *bytes(11)])

    @property
    def word(self) -> AutostartWord:
        """Give the status's word."""
        return self.autostart.status().word


@pytest.fixture
def login(tmp_path: Path) -> Login:
    """A login of this test's own."""
    return Login(tmp_path)


def test_on_and_off(login: Login) -> None:
    """The value has the program in quotes; off removes it and Windows' note."""
    assert login.word is OFF
    login.autostart.disable()
    login.autostart.enable(login.command)
    assert login.registry.keys[RUN] == {NAME: f'"{login.program}" -m traybot run --autostart'}
    assert login.word is ON
    login.note(2)
    login.autostart.disable()
    assert login.registry.keys == {RUN: {}, APPROVED: {}}
    assert login.word is OFF


@pytest.mark.parametrize(("first", "word"), [(2, ON), (6, ON), (3, DISABLED), (1, DISABLED)])
def test_windows_own_switch_wins(login: Login, first: int, word: AutostartWord) -> None:
    """An odd first byte means that Task Manager has switched it off; on again undoes that."""
    login.autostart.enable(login.command)
    login.note(first)
    assert login.word is word
    login.autostart.enable(login.command)
    assert login.word is ON
    assert login.registry.keys[APPROVED] == {}


def test_a_note_about_nothing_is_off(login: Login) -> None:
    """Windows keeps notes about values that are gone."""
    login.note(3)
    assert login.word is OFF


@pytest.mark.parametrize(
    ("line", "word", "why"),
    [
        ("", DISABLED, "empty or too long"),
        (f'"C:\\{"x" * 260}.exe"', DISABLED, "empty or too long"),
        ('"C:\\gone\\pythonw.exe" -m traybot run --autostart', ELSEWHERE, "not there"),
        ("sh -m traybot run --autostart", ELSEWHERE, "not this traybot"),
    ],
)
def test_what_windows_will_not_do_is_said(
    login: Login, line: str, word: AutostartWord, why: str
) -> None:
    """A command that it passes over, one that leads nowhere, one that is another's."""
    login.run(line)
    status = login.autostart.status()
    assert (status.word, why in status.why, bool(status.remedy)) == (word, True, True)


def test_a_bundle_is_the_same_in_other_letters(tmp_path: Path) -> None:
    """Windows' paths know neither small nor large letters, nor a difference of slashes."""
    registry = FakeRegistry()
    program = tmp_path / "Traybot.exe"
    program.touch(0o755)
    autostart = WindowsAutostart((str(program).upper(), "run", "--autostart"), registry)
    registry.keys[RUN] = {NAME: f'"{program}" run --autostart'}
    assert autostart.status().word is ON


def test_a_moved_installation_is_mended(login: Login) -> None:
    """Ours, on, and leading nowhere: it leads here again."""
    login.autostart.enable(login.command)
    assert not login.autostart.repair()
    login.program = login.program.parent.rename(login.program.parents[1] / "moved") / "pythonw.exe"
    login.settle()
    assert login.word is ELSEWHERE
    login.note(3)
    assert not login.autostart.repair()
    login.note(2)
    assert login.autostart.repair()
    assert login.word is ON


def test_anothers_value_is_left_alone(login: Login) -> None:
    """No value, or one that we have not written, is not touched."""
    assert not login.autostart.repair()
    login.run("C:\\gone\\script.cmd")
    assert not login.autostart.repair()
    assert login.registry.keys[RUN] == {NAME: "C:\\gone\\script.cmd"}


def test_a_long_command_is_refused(login: Login) -> None:
    """Windows would pass it over in silence."""
    with pytest.raises(BackendUnavailable, match="more than 260 characters"):
        login.autostart.enable([f"C:\\{'x' * 260}\\traybot.exe", "run"])
    assert login.word is OFF


def test_a_locked_registry_is_said(login: Login) -> None:
    """One line names the key and the reason."""
    login.autostart.enable(login.command)
    login.registry.locked = True
    for act in (lambda: login.autostart.enable(login.command), login.autostart.disable):
        with pytest.raises(TraybotError, match=r"HKCU\\Software.*Access is denied"):
            act()
    assert login.word is ON


@hypothesis.given(
    st.text(st.sampled_from("ab C:\\.é"), min_size=1).filter(lambda text: text.strip() == text),
    st.lists(st.text(st.sampled_from('ab "\\é\t'), max_size=8), max_size=4),
)
def test_a_command_line_comes_back_as_it_was(program: str, rest: list[str]) -> None:
    """What Python joins by Windows' rules is split by them."""
    line = f'"{program}" {subprocess.list2cmdline(rest)}'
    assert split_command(line) == [program, *rest]


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("C:\\a\\b.exe run", ["C:\\a\\b.exe", "run"]),
        ('"C:\\a b\\c.exe"', ["C:\\a b\\c.exe"]),
        (r'x a\\\"b "c d"\\ e\f', ["x", 'a\\"b', "c d\\\\", "e\\f"]),
        ('x "" "a', ["x", "", "a"]),
        ("  ", []),
    ],
)
def test_a_command_line_is_split_as_windows_does(line: str, command: list[str]) -> None:
    """Backslashes count before quotes only; a quote without end goes to the end."""
    assert split_command(line) == command
