"""10: Ctrl+C, SIGTERM, SIGHUP: one orderly end."""

import os
import signal
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.faults.survivor import HOLDS_THREE, WATCHED
from tests.running import Running, make_bot, x_keys

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_in_order(desktop: Desktop, home: Path, number: int) -> None:
    """One orderly end: exit code 0, "all gone" said last, no traceback from any child."""
    make_bot(home, "holding", HOLDS_THREE, WATCHED)
    with x_keys() as keys, Running("holding") as running:
        eventually(lambda: len(keys.held()) == 3, 10.0, "two keys and a button held")
        os.killpg(running.process.pid, number)
        summary = running.end()
        assert running.process.returncode == 0
        assert len(keys.held()) == 0
    assert running.errors.strip().splitlines()[-1] == "traybot: all gone"
    assert "Traceback" not in running.errors
    assert (summary["held_left"], summary["children_left"]) == (0, 0)
