"""15: a routine that is killed with keys and a button down leaves none of them down."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.desktop import eventually
from tests.faults.survivor import HOLDS_THREE, SECONDS, WATCHED, daemon
from tests.running import alive, make_bot
from traybot.system.x11_input import X11Injector

pytestmark = pytest.mark.e2e

#: From the death to the last key up; the best of some trials, for the machine may be busy.
UP_SECONDS, TRIALS = 0.2, 3


def test_everything_is_up_soon_after_the_death(home: Path, keys: X11Injector) -> None:
    """Shift, a letter and the mouse button, within 0.2 s of the process's end."""
    make_bot(home, "holds", HOLDS_THREE, WATCHED)
    took = []
    with daemon() as running:
        for _ in range(TRIALS):
            assert running.ask("start", bot="holds")["ok"]
            eventually(lambda: len(keys.held()) == 3, SECONDS, "three held")
            pid = running.pid("routine")
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: not alive(pid), SECONDS, "its end")  # noqa: B023
            dead = time.monotonic()
            eventually(lambda: len(keys.held()) == 0, SECONDS, "every key up")
            took.append(time.monotonic() - dead)
            assert running.ask("stop")["ok"]
    assert min(took) < UP_SECONDS
