"""What if the daemon itself is killed? All of ours is gone with it, and the next start works."""

import os
import signal
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running, alive, make_bot, x_keys

TRIALS = 50
GONE_SECONDS = 1.0

HOLDING = """
def play(bot):
    with bot.keys.hold("a", "ctrl"), bot.mouse.hold("left"):
        while True:
            pass
"""
WATCH = """
[[watch]]
name = "never"
kind = "timer"
after = "1h"
every = "20ms"
"""


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_killed_daemon_leaves_no_process_and_no_key(desktop: Desktop, home: Path) -> None:
    """Within 1 s of a SIGKILL no process of ours lives and no key is down; a new start works."""
    make_bot(home, "holding", HOLDING, WATCH)
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


@pytest.mark.e2e
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_in_order(desktop: Desktop, home: Path, number: int) -> None:
    """One orderly end: exit code 0, "all gone" said last, no traceback from any child."""
    make_bot(home, "holding", HOLDING, WATCH)
    with x_keys() as keys, Running("holding") as running:
        eventually(lambda: len(keys.held()) == 3, 10.0, "two keys and a button held")
        os.killpg(running.process.pid, number)
        summary = running.end()
        assert running.process.returncode == 0
        assert len(keys.held()) == 0
    assert running.errors.strip().splitlines()[-1] == "traybot: all gone"
    assert "Traceback" not in running.errors
    assert (summary["held_left"], summary["children_left"]) == (0, 0)


HELPERS = """
import os, signal, subprocess, sys, time
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
def play(bot):
    plain = subprocess.Popen(SLEEP).pid
    apart = subprocess.Popen(SLEEP, start_new_session=True).pid
    if (forked := os.fork()) == 0:
        os.setsid()
        time.sleep(600)
    mine, theirs = os.pipe()
    if (between := os.fork()) == 0:
        os.setsid()
        if (grandchild := os.fork()) == 0:
            time.sleep(600)
        os.write(theirs, str(grandchild).encode())
        os._exit(0)
    os.waitpid(between, 0)
    twice = int(os.read(mine, 20))
    for name, pid in (("plain", plain), ("apart", apart), ("forked", forked), ("twice", twice)):
        bot.count(name, pid)
    while True:
        pass
"""


def helpers_of(running: Running) -> list[int]:
    """Wait for the routine's helpers; give their process ids."""
    eventually(lambda: "twice" in running.status()["counters"], 10.0, "the helpers")
    return [int(pid) for pid in running.status()["counters"].values()]


@pytest.mark.e2e
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_what_a_routine_started_ends_with_it(desktop: Desktop, home: Path, end: str) -> None:
    """Helpers in the group, in a session of their own, forked, or forked twice: none is left."""
    make_bot(home, "helped", HELPERS)
    with Running("helped") as running:
        helpers = helpers_of(running)
        assert len(helpers) == 4
        if end == "stop":
            assert running.ask("stop")["ok"]
        else:
            running.process.kill()
        eventually(lambda: not any(map(alive, helpers)), 2.0, "the end of the helpers")
