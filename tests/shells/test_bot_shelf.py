"""Is a damaged bot only ever one fault in one line, and never the daemon's?"""

from pathlib import Path

import pytest

from tests.running import make_bot
from traybot.errors import BotError
from traybot.shells.bot_shelf import BotShelf

IDLE = "def play(bot):\n    bot.sleep(3600)\n"
ROUTINE = '[routine]\nrun = "routine:play"\n'

#: What is wrong: the bot.toml, the code, and words of the one line that tells.
DAMAGED = {
    "a settings file nested without end": ("x = " + "[" * 100_000, IDLE, "nested too deeply"),
    "code nested without end": (ROUTINE, "x = " + "-" * 200_000 + "1", "nested too deeply"),
    "a chain without end": (ROUTINE, "x = a" + ".b" * 100_000, "nested too deeply"),
    "a zero byte in the code": (ROUTINE, "x = '\0'", "routine.py"),
    "an encoding nobody knows": (ROUTINE, "# -*- coding: nonsense -*-\n", "unknown encoding"),
    "a zero byte in a picture's name": (
        ROUTINE + '[[watch]]\nname = "d"\nsee = "a\\u0000b"\n',
        IDLE,
        "line 5",
    ),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_bot_is_one_fault(tmp_path: Path, what: str) -> None:
    """It is told in one line beside the others' names; the sound bot next to it is not harmed."""
    settings, code, words = DAMAGED[what]
    make_bot(tmp_path, "damaged", code, settings + "\n[routine]\n" * ("[routine]" not in settings))
    make_bot(tmp_path, "sound", IDLE)
    faults = dict(BotShelf(tmp_path / "bots").faults())
    assert faults["sound"] == ""
    assert words in faults["damaged"]
    assert "\n" not in faults["damaged"]


def test_a_file_that_cannot_be_read_is_one_fault(tmp_path: Path) -> None:
    """A folder in a file's place is said like any other mistake."""
    folder = make_bot(tmp_path, "odd", IDLE)
    (folder / "bot.toml").unlink()
    (folder / "bot.toml").mkdir()
    ((_, fault),) = BotShelf(tmp_path / "bots").faults()
    assert "cannot read" in fault


@pytest.mark.parametrize("name", ["", ".", "..", "/", "\0", "/\0", "~nobody-of-this-name/bot"])
def test_a_name_that_no_bot_can_have_is_refused(tmp_path: Path, name: str) -> None:
    """Whatever a caller names: it is a bot with a fault, not an error of ours."""
    shelf = BotShelf(tmp_path / "bots")
    shelf.folder(name)
    with pytest.raises(BotError, match=r"cannot (find|read)"):
        shelf.load(name)


def test_a_bot_may_lie_anywhere(tmp_path: Path) -> None:
    """A name with a slash is a path; the plan remembers the bot as it was asked for."""
    folder = make_bot(tmp_path, "elsewhere", IDLE)
    plan = BotShelf(tmp_path / "empty").load(str(folder))
    assert (plan.name, plan.folder) == (str(folder), str(folder))
    assert BotShelf(tmp_path / "empty").names() == []


def test_a_mark_at_the_beginning_and_windows_ends_of_line_are_fine(tmp_path: Path) -> None:
    """What other systems' editors write is read."""
    folder = make_bot(tmp_path, "foreign", IDLE)
    text = "\ufeff" + ROUTINE.replace("\n", "\r\n")
    (folder / "bot.toml").write_bytes(text.encode())
    assert BotShelf(tmp_path / "bots").load("foreign").run == "routine:play"
