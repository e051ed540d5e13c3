"""Do changed settings reach who must know them at once?"""

import multiprocessing
from pathlib import Path

import pytest

from traybot.app.live_settings import LiveSettings
from traybot.shells.memory import Memory


@pytest.mark.anywhere
def test_a_deathwatch_learns_whether_pictures_count(tmp_path: Path) -> None:
    """It reads that in the shared block: as it is at the start, and as each reload leaves it."""
    path = tmp_path / "settings.toml"
    memory = Memory(multiprocessing.get_context("spawn"))
    settings = LiveSettings(path, tmp_path / "copy.toml")
    settings.tell_watchers(memory)
    assert memory.pauses_on_picture.value == 1
    path.write_text("[capture]\npause = false\n")
    settings.reload(lambda *_: None, memory)
    assert memory.pauses_on_picture.value == 0
