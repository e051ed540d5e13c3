"""Are the settings read whole or refused, and written whole or not at all?"""

import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from traybot.core.settings import DEFAULTS
from traybot.errors import SettingsError
from traybot.shells.settings_file import load, set_option

OWN = """\
# my settings

[hotkeys]   # the keys I like
stop = "f11" # easier to reach
# toggle = "f7"

[bots]
chosen = "koules"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the settings lie; nothing is there yet."""
    return tmp_path / "settings.toml"


def refusal(path: Path) -> str:
    """Give the one line with which a file is refused, without its path."""
    with pytest.raises(SettingsError) as refused:
        load(path)
    line = str(refused.value)
    assert "\n" not in line
    assert str(path) in line
    assert refused.value.remedy
    return line.replace(str(path), "FILE")


def test_no_file_means_the_defaults(path: Path) -> None:
    """Reading makes none."""
    assert load(path) == DEFAULTS
    assert load(path.parent / "no folder" / "settings.toml") == DEFAULTS
    assert not list(path.parent.iterdir())


def test_an_empty_file_means_the_defaults(path: Path) -> None:
    """So does one with comments alone."""
    path.write_text("# nothing yet\n", encoding="utf-8")
    assert load(path) == DEFAULTS


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_file_by_any_editor_is_read(path: Path, mark: bytes, end: bytes) -> None:
    """Windows' editors write a mark before the text and other ends of lines."""
    path.write_bytes(mark + OWN.encode().replace(b"\n", end))
    settings = load(path)
    assert settings.sections["hotkeys"]["stop"] == "f11"
    assert settings.sections["bots"]["chosen"] == "koules"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[hotkeys\n", "cannot read FILE, line 1: "),
        ("\n\nstop = \n", "cannot read FILE, line 3: "),
        ("a = 1\na = 2\n", "cannot read FILE, line 2: "),
        ("a = 1\0", "cannot read FILE, line 1: "),
        ("a = " + "[" * 5000, "cannot read FILE: "),
        ("a = " + "9" * 5000, "cannot read FILE"),
        ("\n[hotkeys]\nstop = 9\n", "cannot use FILE, line 3: [hotkeys] stop: must be a hotkey"),
        ("[tray]\n\nenable = 1\n", 'cannot use FILE, line 3: [tray] unknown option "enable" (did'),
        (
            "\n[daemn]\n",
            'cannot use FILE, line 2: unknown section "daemn" (did you mean "daemon"?)',
        ),
        ("[tray]\nenabled = 1\n[bots]\nfolder = 2\n", "cannot use FILE, line 2: [tray] enabled:"),
    ],
    ids=range(10),
)
def test_a_damaged_file_is_refused_with_its_place(path: Path, text: str, told: str) -> None:
    """One line: the file, the line, the key, what is wrong, what to do."""
    path.write_text(text, encoding="utf-8")
    assert refusal(path).startswith(told)


def test_more_mistakes_are_counted(path: Path) -> None:
    """The first is told; that there are others too."""
    path.write_text("[tray]\nenabled = 1\n[bots]\nfolder = 2\n", encoding="utf-8")
    assert "not 1; 1 more (" in refusal(path)


def test_a_file_in_another_encoding_is_refused(path: Path) -> None:
    """With the line where that shows."""
    path.write_bytes(b'[bots]\nchosen = "k\xe4se"\n')
    assert refusal(path) == "cannot read FILE, line 2: it is not UTF-8 (save it as UTF-8)"


def test_a_file_that_is_no_page_of_text_is_refused(path: Path) -> None:
    """A film in its place is not read to its end."""
    path.write_bytes(b"#" * 1_000_001)
    assert refusal(path).startswith("cannot read FILE: it is larger than 1000000 bytes (")
    path.write_bytes(b"#" * 1_000_000)
    assert load(path) == DEFAULTS


def test_a_folder_in_its_place_is_refused(path: Path) -> None:
    """Not taken for no file."""
    path.mkdir()
    assert refusal(path).startswith("cannot read FILE: ")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names here")
def test_a_pipe_in_its_place_is_refused(path: Path) -> None:
    """Nobody waits for somebody who writes into it."""
    os.mkfifo(path)
    assert refusal(path).startswith("cannot read FILE: it is not a plain file (")


def test_an_option_is_set_and_nothing_else_is_touched(path: Path) -> None:
    """Comments, order and spaces stay as their owner wrote them."""
    path.write_text(OWN, encoding="utf-8")
    set_option(path, "hotkeys.stop", "ctrl+f11")
    assert path.read_text(encoding="utf-8") == OWN.replace('"f11"', '"ctrl+f11"')
    set_option(path, "tray.enabled", False)  # noqa: FBT003  the value of an option
    assert path.read_text(encoding="utf-8").startswith(OWN.replace('"f11"', '"ctrl+f11"'))
    settings = load(path)
    assert settings.sections["tray"]["enabled"] is False
    assert settings.sections["bots"]["chosen"] == "koules"


def test_the_first_option_makes_the_file(path: Path) -> None:
    """With its folder, for its owner only."""
    path = path.parent / "new" / path.name
    set_option(path, "bots.chosen", "koules")
    assert tomllib.loads(path.read_text(encoding="utf-8")) == {"bots": {"chosen": "koules"}}
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "text",
    ['hotkeys = { stop = "f11" }\n', 'hotkeys.stop = "f11"\n', '[hotkeys]\r\nstop = "f11"\r\n'],
)
def test_an_option_is_set_however_its_table_is_written(path: Path, text: str) -> None:
    """Inline, dotted, or with the line ends of another system, which stay."""
    path.write_bytes(text.encode())
    set_option(path, "hotkeys.stop", "f12")
    assert path.read_bytes() == text.replace("f11", "f12").encode()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("hotkeys.stop", "ctrl+", 'stop: the hotkey "ctrl+" has nothing on one side of a "+"'),
        ("hotkeys.stop", "ctrl+shift+f8", '"ctrl+shift+f8" is the hotkey for toggle already'),
        ("tray.enabled", "yes", 'enabled: must be true or false, not "yes"'),
        (
            "tray.enable",
            True,
            'cannot set tray.enable: there is no such option (did you mean "tray.e',
        ),
        ("tray", True, "cannot set tray: there is no such option ("),
        (
            "zzz.zzz",
            True,
            "cannot set zzz.zzz: there is no such option (known are bots.autostart, ",
        ),
        ("bots.chosen", object(), "cannot set bots.chosen: must be a text"),
        ("bots.chosen", None, "bots.chosen"),
    ],
)
def test_a_wrong_value_is_not_written(path: Path, name: str, value: object, told: str) -> None:
    """The file stays as it was, to the byte."""
    path.write_text(OWN, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        set_option(path, name, value)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert path.read_text(encoding="utf-8") == OWN


def test_a_damaged_file_is_not_written_over(path: Path) -> None:
    """Its owner mends it; what else stands in it is not lost."""
    damaged = OWN + "[hotkeys\n"
    path.write_text(damaged, encoding="utf-8")
    with pytest.raises(SettingsError, match="line 9"):
        set_option(path, "tray.enabled", True)  # noqa: FBT003  the value of an option
    assert path.read_text(encoding="utf-8") == damaged


def test_a_failing_write_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole and alone: a disk that is full costs nothing but the change."""
    path.write_text(OWN, encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match=r"cannot write .*: No space left on device"):
        set_option(path, "hotkeys.stop", "f12")
    assert path.read_text(encoding="utf-8") == OWN
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_stays_a_link(path: Path) -> None:
    """People keep their settings in a folder of their own and link to them."""
    real = path.parent / "dotfiles" / "traybot.toml"
    real.parent.mkdir()
    real.write_text(OWN, encoding="utf-8")
    path.symlink_to(real)
    set_option(path, "hotkeys.stop", "f12")
    assert path.is_symlink()
    assert load(real).sections["hotkeys"]["stop"] == "f12"


def test_reading_does_not_load_the_writer() -> None:
    """The daemon's start does not pay for what only a change of settings needs."""
    code = "import sys, traybot.shells.settings_file; sys.exit('tomlkit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
