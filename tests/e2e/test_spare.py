"""Does a whole daemon work where nothing can be forked? Lives come from spares, as on Windows."""

from functools import partial
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running, alive, make_bot, x_keys

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

#: The program, made to believe in its own process that it cannot fork.
NO_FORK = """
import sys
if __name__ == "__main__":
    from traybot.system import choose
    choose.FORKS = False
    from traybot.cli import main
    sys.exit(main())
"""
PRESSES = """
def play(bot):
    with bot.keys.hold("a"):
        bot.count("held")
        while True:
            pass
"""


def gone(pid: int) -> bool:
    """Whether a process is."""
    return not alive(pid)


def test_a_bot_presses_is_stopped_and_leaves_nothing(
    desktop: Desktop, home: Path, tmp_path: Path
) -> None:
    """Start, press through hands, stop within an endless loop, start again, quit."""
    program = tmp_path / "no_fork.py"
    program.write_text(NO_FORK, encoding="utf-8")
    make_bot(home, "presses", PRESSES)
    with Running(program=[str(program)]) as daemon, x_keys() as keys:
        for life in (1, 2):
            assert daemon.ask("start", bot="presses")["ok"]
            eventually(lambda: daemon.status()["counters"].get("held"), 20.0, "the press")
            status = daemon.status()
            assert keys.held().keys, "it is held down"
            assert status["life"] >= life
            assert daemon.ask("stop")["ok"]
            assert not keys.held().keys
            eventually(partial(gone, status["pids"]["routine"]), what="its end")
        summary = daemon.end()
    assert summary["held_left"] == 0
    assert summary["children_left"] == 0
