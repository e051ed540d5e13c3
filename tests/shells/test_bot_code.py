"""Is a bot refused before its start whose code or programs are not there, and no sound one?"""

from pathlib import Path

import pytest

from tests.running import make_bot
from traybot.errors import BotError
from traybot.shells.bot_shelf import BotShelf

PLAYS = "def play(bot):\n    bot.sleep(1)\n"
RUN = '[routine]\nrun = "routine:{}"\n'

#: The bot.toml, the code, and what the one line says.
REFUSED = {
    "a slip": (RUN.format("plya"), PLAYS, ["function plya", "line 2", 'did you mean "play"?']),
    "nothing like it": (RUN.format("dance"), PLAYS, ["add: def dance(bot)"]),
    "the file's name": ('[routine]\nrun = "routine.py:play"\n', PLAYS, ['out .py: "routine:play"']),
    "no argument": (RUN.format("play"), "\ndef play():\n    pass\n", ["line 2", "def play(bot):"]),
    "two arguments": (RUN.format("play"), "def play(bot, x):\n    pass\n", ["def play(bot):"]),
    "an argument by name": (RUN.format("play"), "def play(bot, *, x): 1\n", ["def play(bot):"]),
    "a recovery": (
        RUN.format("play") + '[recovery]\nrun = "routine:reviev"\n',
        PLAYS + "def revive(bot):\n    pass\n",
        ["function reviev", "line 4", 'did you mean "revive"?'],
    ),
    "a text as a command": (
        '[routine]\ncommand = "sh loop.sh"\n',
        PLAYS,
        ["line 2", 'write it as a list: ["sh", "loop.sh"]'],
    ),
    "no such routine": ('[routine]\ncommand = ["./no.sh"]\n', PLAYS, ["line 2", "no program"]),
    "no such program": (
        '[program]\ncommand = ["no-such-game"]\n' + RUN.format("play"),
        PLAYS,
        ["line 2", "no program no-such-game"],
    ),
    "not executable": ('[routine]\ncommand = ["./routine.py"]\n', PLAYS, ["make it executable"]),
    "no quotes": (
        RUN.format("play") + "restart = always\n",
        PLAYS,
        ["bot.toml, line 3:", 'put quotes around it: restart = "always"'],
    ),
}

SOUND = {
    "a star import": "from os.path import *\n",
    "an assignment": "play = print\n",
    "an import": "from os import getcwd as play\n",
    "a condition": "if 1:\n    def play(): pass\nelse:\n    def play(bot): pass\n",
    "a decorated one": "@staticmethod\ndef play(a, b): pass\n",
    "a default": "def play(bot, speed=2): pass\n",
    "whatever comes": "def play(*all): pass\n",
    "a name made by hand": "globals()['play'] = print\n",
    "a module's own answer": "def __getattr__(name): return print\n",
    "a loop": "for play in [print]: pass\n",
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_there_is_said(tmp_path: Path, what: str) -> None:
    """With its place and a remedy, in one line."""
    settings, code, words = REFUSED[what]
    make_bot(tmp_path, "one", code, settings)
    with pytest.raises(BotError) as refused:
        BotShelf(tmp_path / "bots").load("one")
    line = str(refused.value)
    assert [word for word in words if word not in line] == [], line
    assert "\n" not in line


@pytest.mark.parametrize("what", SOUND)
def test_what_cannot_be_known_is_not_refused(tmp_path: Path, what: str) -> None:
    """Only a run would tell, and nothing is run."""
    make_bot(tmp_path, "one", SOUND[what], RUN.format("play"))
    assert BotShelf(tmp_path / "bots").load("one").run == "routine:play"


def test_a_program_in_the_bots_folder_is_found(tmp_path: Path) -> None:
    """By a name with a slash, from the folder; or by a text alone."""
    folder = make_bot(tmp_path, "one", PLAYS, '[routine]\ncommand = "./loop.sh"\n')
    (folder / "loop.sh").write_text("#!/bin/sh\n", encoding="utf-8")
    (folder / "loop.sh").chmod(0o755)
    assert BotShelf(tmp_path / "bots").load("one").command == ("./loop.sh",)


def test_a_name_that_is_none_gets_the_nearest(tmp_path: Path) -> None:
    """A slip of the name, and a file in the folder's place."""
    folder = make_bot(tmp_path, "first", PLAYS)
    shelf = BotShelf(tmp_path / "bots")
    with pytest.raises(BotError, match=r'named frist \(did you mean "first"\?\)'):
        shelf.load("frist")
    with pytest.raises(BotError, match=f"name the folder: {folder}"):
        shelf.load(str(folder / "bot.toml"))
    with pytest.raises(BotError, match=r"\(name the folder: first\)"):
        shelf.load(str(tmp_path / "somewhere" / "first" / "bot.toml"))
