"""Does a running daemon take the settings that an editor leaves, and only sound ones?"""

from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot

pytestmark = [pytest.mark.e2e, pytest.mark.display]


def save(path: Path, text: str) -> None:
    """Save as editors do: write beside, then put in place."""
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def taken(log: Path) -> bool:
    """Whether the log says that a changed file was read."""
    return "the changed settings were read" in log.read_text(encoding="utf-8")


def test_an_edited_file_is_taken_and_a_damaged_one_is_told(home: Path, desktop: Desktop) -> None:
    """The last good settings stay, the notice has the line, and the mended file is taken."""
    assert desktop.display
    path, log = home / "settings.toml", home / "state" / "traybot.log"
    with Running() as running:
        save(path, '[daemn]\nlog_level = "debug"\n')
        notice = running.heard("notice")["text"]
        assert "the settings stay as they were" in notice
        assert "line 1" in notice
        save(path, '[daemon]\nlog_level = "debug"\n')
        eventually(lambda: taken(log), 20, "the reload")


def test_another_bots_folder_is_found_at_once(home: Path, desktop: Desktop) -> None:
    """The bots in it are there to be started, and those of the old one are gone."""
    assert desktop.display
    code = "def play(bot):\n    bot.sleep(3600)\n"
    make_bot(home, "old", code)
    make_bot(home / "other", "new", code)

    def named(running: Running) -> list[str]:
        return [bot["name"] for bot in running.ask("bots")["bots"]]

    with Running() as running:
        assert named(running) == ["old"]
        save(home / "settings.toml", f'[bots]\nfolder = "{home / "other" / "bots"}"\n')
        eventually(lambda: named(running) == ["new"], 20.0, "the other folder's bots")
        assert running.ask("start", bot="new")["ok"]
        running.heard("running", bot="new")
