"""Is each of a person's odd wishes carried out, or refused in one line?"""

import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.running import make_bot, traybot
from traybot.cli import log, main, parser
from traybot.errors import BotError
from traybot.shells.bot_shelf import BotShelf

IDLE = "def play(bot):\n    bot.sleep(3600)\n"


@pytest.mark.parametrize("words", [["new", "first"], ["config", "edit"]], ids=" ".join)
def test_a_folder_that_cannot_be_made_is_said(
    home: Path,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A file lies in its place."""
    (home / "file").write_text("x", encoding="utf-8")
    monkeypatch.setenv("TRAYBOT_HOME", str(home / "file" / "in"))
    monkeypatch.setenv("VISUAL", sys.executable)
    assert main(words) != 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("traybot: cannot ")


def test_more_lines_than_there_can_be_are_all(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A number of any length is a number."""
    (home / "state").mkdir()
    (home / "state" / "traybot.log").write_text("one\ntwo\n", encoding="utf-8")
    assert main(["log", "-n", "9" * 30]) == 0
    assert capsys.readouterr().out == "one\ntwo\n"


@pytest.mark.skipif(sys.platform == "win32", reason="an open file keeps its name there")
def test_a_log_that_was_moved_while_it_was_opened_is_followed(tmp_path: Path) -> None:
    """It counts which file is read, not which one has the name by then."""
    path = tmp_path / "traybot.log"
    path.write_text("old\n", encoding="utf-8")
    with path.open(encoding="utf-8") as file:
        path.rename(tmp_path / "traybot.log.1")
        path.write_text("new\n", encoding="utf-8")
        log._until_replaced(path, file)  # noqa: SLF001  returns: another file has the name


def test_a_value_is_refused_for_what_it_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No line of a file is named that is not there."""
    assert main(["config", "set", "bots.autostart", "maybe"]) == 5
    told = capsys.readouterr().err
    assert told.startswith("traybot: cannot set bots.autostart: ")
    assert "must be true or false" in told
    assert not (home / "settings.toml").exists()


@pytest.mark.parametrize("words", [["--region", "-5,0,10,10"], ["--region=-5,0,10,10"]])
def test_a_region_may_begin_left_of_the_first_monitor(words: list[str]) -> None:
    """Where there is a screen, its places have numbers below zero."""
    command = parser.parse(["find", "x.png", *words])
    assert command.keywords["region"].as_list() == [-5, 0, 10, 10]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["--kind", "feature", "--all"], "--all"),
        (["--kind", "feature", "--threshold", "0.5"], "--threshold"),
        (["--kind", "text", "--scale", "0.5"], "--scale"),
    ],
)
def test_an_option_without_use_is_refused(
    words: list[str], option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rather than ignored without a word."""
    with pytest.raises(SystemExit) as end:
        main(["find", "x.png", *words])
    assert end.value.code == 2
    told = capsys.readouterr().err
    assert f"{option} has no use with --kind" in told
    assert "traybot find --help" in told


def test_no_bots_are_no_lines(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A shell's completion would offer an empty word."""
    assert home.exists()
    assert main(["bots", "--names"]) == 0
    assert capsys.readouterr().out == ""


def test_a_name_means_the_bots_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where a folder of this name lies here; a slash or a dot says that one is meant."""
    make_bot(home, "twin", IDLE)
    here = make_bot(home / "elsewhere", "twin", "this is no Python\n")
    monkeypatch.chdir(here.parent)
    assert main(["check", "twin"]) == 0
    assert main(["check", "./twin"]) == 5
    monkeypatch.chdir(here)
    assert main(["check", "."]) == 5
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_template_too_small_at_a_scale_is_no_surprise_at_the_start(home: Path) -> None:
    """The check says so, with the line."""
    picture = home / "bots" / "tiny" / "small.png"
    make_bot(home, "tiny", IDLE, '[[watch]]\nname = "d"\nsee = "small.png"\nscales = [0.2, 1.0]\n')
    Image.radial_gradient("L").resize((16, 16)).save(picture)
    with pytest.raises(BotError, match=r"at the scale 0\.2 it is 3 x 3 pixels.*line"):
        BotShelf(home / "bots").load("tiny")


@pytest.mark.e2e
def test_without_a_daemon_panic_says_so(home: Path) -> None:
    """It is a command like stop."""
    assert home.exists()
    assert traybot("panic").returncode == 3
