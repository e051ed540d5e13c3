"""Does a running daemon take the settings that an editor leaves, and only sound ones?"""

from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running

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
