"""1: the daemon itself is killed. All of ours goes with it, and the next start works."""

import os
import signal
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.faults.survivor import HOLDS_THREE, OURS, SPINS, WATCHED, Survivor, both_held
from tests.running import Running, alive, make_bot, x_keys
from traybot.system.x11_input import X11Injector

pytestmark = pytest.mark.e2e

#: Has started somebody in a session of his own, and holds nothing.
LEAVES_SOMEBODY = """
import pathlib, subprocess
def play(bot):
    left = subprocess.Popen(["sleep", "3600"], start_new_session=True)
    pathlib.Path("left").write_text(str(left.pid))
    bot.count("left")
    bot.sleep(3600)
"""
TRIALS = 3
GONE_SECONDS = 2.0


def test_a_killed_daemon_leaves_no_process_and_no_key(desktop: Desktop, home: Path) -> None:
    """Within 2 s of a SIGKILL no process of ours lives and no key is down; a new start works."""
    make_bot(home, "holding", HOLDS_THREE, WATCHED)
    with x_keys() as keys:
        for _ in range(TRIALS):
            running = Running("holding")
            running.until_up()
            eventually(lambda: len(keys.held()) == 3, 10.0, "two keys and a button held")
            pids = list(running.status()["pids"].values())
            assert len(pids) == 6, "daemon, hands, manager, forkserver, deathwatch, routine"
            os.kill(running.process.pid, signal.SIGKILL)
            eventually(lambda: not any(map(alive, pids)), GONE_SECONDS, "the end of all")  # noqa: B023
            assert len(keys.held()) == 0
            running.end()


@pytest.mark.parametrize("frozen", OURS)
def test_a_killed_daemon_takes_the_frozen_with_it(
    home: Path, keys: X11Injector, frozen: str
) -> None:
    """Whoever stood still when the daemon was killed is gone as well, and no key is down."""
    make_bot(home, "player", SPINS, WATCHED)
    running = Survivor("player")
    running.until_up()
    both_held(keys)
    running.pid("manager")
    pids = list(running.status()["pids"].values())
    running.hit(frozen, signal.SIGSTOP)
    os.kill(running.process.pid, signal.SIGKILL)
    try:
        eventually(lambda: not any(map(alive, pids)), 2.0, "the end of all")
        assert len(keys.held()) == 0
    finally:
        for pid in filter(alive, pids):
            os.kill(pid, signal.SIGKILL)
        running.end()


def test_whom_a_routine_started_goes_though_hands_is_killed_with_the_daemon(
    home: Path, keys: X11Injector
) -> None:
    """Of the two that could sweep neither is left: the deathwatch does."""
    folder = make_bot(home, "leaving", LEAVES_SOMEBODY, WATCHED)
    for _ in range(TRIALS):
        running = Survivor("leaving")
        running.until_up()
        eventually(lambda: running.count("left"), 10.0, "the routine's own child")  # noqa: B023
        left, hands = int((folder / "left").read_text()), running.pid("hands")
        try:
            for pid in (running.process.pid, hands):
                os.kill(pid, signal.SIGKILL)
            eventually(lambda: not alive(left), GONE_SECONDS, "its end")  # noqa: B023
        finally:
            if alive(left):
                os.kill(left, signal.SIGKILL)
            running.end()
