"""Can the settings be shown, changed and edited from the command line?"""

import json
import sys
from pathlib import Path

import pytest

from traybot.cli import main
from traybot.shells.settings_file import load

OWN = '# mine\n[hotkeys]\nstop = "f11" # easy\n'


@pytest.fixture
def path(home: Path) -> Path:
    """Where the settings lie; a person has written some."""
    path = home / "settings.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_path_get_and_show_tell_what_counts(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file's place, its own values, and the defaults of the rest."""
    assert main(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{path}\n"
    assert main(["config", "get", "hotkeys.stop"]) == 0
    assert capsys.readouterr().out == "f11\n"
    assert main(["config", "show", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == load(path).sections
    assert main(["config", "show"]) == 0
    shown = capsys.readouterr().out
    assert 'stop = "f11"\n' in shown
    assert "awake = true  # default\n" in shown


def test_set_changes_one_option_and_keeps_the_rest(path: Path) -> None:
    """Comments stay; a flag is written as a flag, a text needs no quotes."""
    assert main(["config", "set", "hotkeys.stop", "f12"]) == 0
    assert path.read_text(encoding="utf-8") == OWN.replace("f11", "f12")
    assert main(["config", "set", "tray.enabled", "false"]) == 0
    assert load(path).sections["tray"]["enabled"] is False


def test_an_option_without_effect_says_so(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where it is shown and where it is set; and no other one does."""
    assert main(["config", "set", "recorder.seconds", "20"]) == 0
    assert "recorder.seconds" in (told := capsys.readouterr().out)
    assert "no effect yet" in told
    assert load(path).sections["recorder"]["seconds"] == 20
    assert main(["config", "set", "notify.level", "all"]) == 0
    assert not capsys.readouterr().out
    assert main(["config", "show"]) == 0
    shown = capsys.readouterr().out
    assert "seconds = 20.0  # no effect yet\n" in shown
    assert "incidents = 50  # default, no effect yet\n" in shown
    assert 'level = "all"\n' in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["set", "tray.enabled", "perhaps"], "must be true or false"),
        (["set", "hotkeys.stop", "ctrl+"], "has nothing on one side"),
        (["get", "hotkeys.stopp"], 'did you mean "hotkeys.stop"?'),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(
    path: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    """Exit code 5, one line, and the file as it was."""
    assert main(["config", *words]) == 5
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert path.read_text(encoding="utf-8") == OWN


def test_what_an_editor_leaves_is_checked(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sound file is taken; a damaged one is told with its line."""
    script = path.parent / "editor.py"
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    script.write_text("import sys; open(sys.argv[1], 'a').write('[tray]\\nenabled = false\\n')\n")
    assert main(["config", "edit"]) == 0
    assert load(path).sections["tray"]["enabled"] is False
    script.write_text("import sys; open(sys.argv[1], 'a').write('[daemn]\\n')\n")
    assert main(["config", "edit"]) == 5
    assert 'line 6: unknown section "daemn"' in capsys.readouterr().err


def test_without_an_editor_there_is_a_remedy(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody's favourite editor is guessed."""
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    assert main(["config", "edit"]) == 1
    assert "(set VISUAL or EDITOR)" in capsys.readouterr().err
    assert not (home / "settings.toml").exists()
