"""27: many lives leave nothing behind: no descriptor, thread, file or shared memory.

The long run is `bench/soak.py`; this is its logic in seconds.
"""

import tempfile
from pathlib import Path

import psutil
import pytest

from tests.desktop import Desktop, eventually
from tests.faults.survivor import SECONDS, WATCHED, Survivor, daemon
from tests.running import make_bot
from traybot.shells.paths import find_paths

pytestmark = pytest.mark.e2e

LIVES = 12
LASTING = 3
FAILS = """
import subprocess
def play(bot):
    subprocess.Popen(["sleep", "600"], start_new_session=True)
    with bot.keys.hold("a"):
        raise ValueError("so")
"""


def test_a_dozen_lives_leave_nothing(desktop: Desktop, home: Path) -> None:
    """Each fails, with a child of its own and a key down; the daemon is as it was before."""
    make_bot(home, "fails", FAILS, '[routine]\nrun = "routine:play"\nrestart = "never"\n' + WATCHED)
    with daemon() as running:
        _live(running)
        running.ask(
            "reload"
        )  # the thread that reads settings has a line to the Manager from now on
        # The deathwatch of that run may be dying still: hands, Manager and forkserver stay.
        eventually(lambda: _held(running)["children"] == LASTING, SECONDS, "those that stay")
        before = _held(running)
        for number in range(LIVES):
            _live(running)
            running.ask("reload") if number % 3 == 0 else None
        eventually(lambda: _held(running) == before, SECONDS, f"{before}, {_held(running)}")
        # Memory is measured by the soak; here only that a life does not cost a megabyte.
        assert running.process.pid


def _live(running: Survivor) -> None:
    assert running.ask("start", bot="fails")["code"] in {0, 1}
    running.heard("failed")


def _held(running: Survivor) -> dict[str, int]:
    """Count what the daemon and hands hold, and the files they made."""
    me = psutil.Process(running.process.pid)
    hands = psutil.Process(running.pid("hands"))
    return {
        "descriptors": me.num_fds(),
        "threads": me.num_threads(),
        "hands' descriptors": hands.num_fds(),
        "children": len(me.children(recursive=True)),
        "runtime files": len(list(find_paths().runtime.rglob("*"))),
        "temporary files": len(list(Path(tempfile.gettempdir()).glob("pymp-*"))),
    }
