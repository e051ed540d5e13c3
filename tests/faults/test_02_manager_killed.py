"""2: the Manager is killed. The routine does not notice, and has settings again in a moment."""

from pathlib import Path

import pytest

from tests.faults.survivor import PLAYS, WATCHED, daemon
from tests.running import make_bot
from traybot.shells.paths import find_paths
from traybot.system.x11_input import X11Injector

pytestmark = pytest.mark.e2e

#: What one loss may add to the log.
LINES = 3


def test_a_killed_manager_goes_unnoticed(home: Path, keys: X11Injector) -> None:
    """The routine plays on, in the same life, and can read the settings again a moment later."""
    make_bot(home, "player", PLAYS, WATCHED)
    with daemon("player") as running:
        running.goes_round("read")
        routine = running.pid("routine")
        before = len(_log())
        manager = running.hit("manager")
        running.goes_round()
        running.replaced("manager", manager)
        running.goes_round("read")
        status = running.status()
        assert (status["phase"], status["life"], status["deaths"]) == ("running", 1, 0)
        assert running.pid("routine") == routine
        assert len(_log()) - before <= LINES, "no flood of errors"


def _log() -> list[str]:
    return find_paths().log.read_text(encoding="utf-8").splitlines()
