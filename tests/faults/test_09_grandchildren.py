"""9: what a routine started ends with it, wherever it hid, whoever ends the routine."""

from pathlib import Path

import psutil
import pytest

from tests.desktop import Desktop, eventually
from tests.faults.survivor import daemon
from tests.running import Running, alive, make_bot
from traybot.system.x11_input import X11Injector

pytestmark = pytest.mark.e2e

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


def test_no_zombie_is_left_by_many_ends(home: Path, keys: X11Injector) -> None:
    """Whatever a routine starts, after its stop the daemon has collected it."""
    code = """
    import subprocess
    def play(bot):
        for own in (False, True):
            subprocess.Popen(["sh", "-c", "sleep 3600 & sleep 3600"], start_new_session=own)
        bot.sleep(3600)
    """
    make_bot(home, "player", code)
    with daemon() as running:
        me = psutil.Process(running.process.pid)
        usual = sorted(one.pid for one in me.children())
        for _ in range(3):
            assert running.ask("start", bot="player")["ok"]
            eventually(lambda: len(me.children(recursive=True)) >= len(usual) + 5)
            assert running.ask("stop")["ok"]
            eventually(lambda: _children(me) == usual, what="the usual children")


def _children(process: psutil.Process) -> list[int]:
    return sorted(one.pid for one in process.children())
