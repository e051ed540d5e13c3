"""Is the file for a stack there for its life, and gone with it?"""

import stat
from pathlib import Path

import pytest

from traybot.shells.stacks import SIGNAL, Stacks
from traybot.workers import life

pytestmark = pytest.mark.skipif(
    SIGNAL is None, reason="a life cannot be asked where it stands there"
)


def test_the_file_is_there_before_its_life_and_goes_with_it(tmp_path: Path) -> None:
    """Its owner alone may read it, and what stands in it is given once."""
    stacks = Stacks(tmp_path / "run")
    file = Path(stacks.file("routine", 3))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("in play\n", encoding="utf-8")
    assert stacks.take("routine", 3) == "in play"
    assert not file.exists()
    assert stacks.take("routine", 3) == ""


def test_a_life_born_after_its_end_was_told_leaves_no_file(tmp_path: Path) -> None:
    """As when the forkserver is killed while it gives birth: the start fails, the life comes."""
    stacks = Stacks(tmp_path)
    file = stacks.file("routine", 4)
    assert stacks.take("routine", 4) == ""
    life.be_ready_to_tell_where(file)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_daemon_left_is_removed_by_the_next(tmp_path: Path) -> None:
    """However often a daemon is killed, the files of its lives do not pile up."""
    Stacks(tmp_path).file("routine", 5)
    Stacks(tmp_path)
    assert list(tmp_path.iterdir()) == []
