"""6: a routine that hangs, in a loop or frozen, is ended in time and begins anew."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.desktop import Desktop
from tests.e2e.shared import PLAY, SharedDaemon, shared_daemon

pytestmark = pytest.mark.e2e

STUCK = f'{PLAY}[stuck]\nsilent = "700ms"\nthen = "restart"\n'
SLEEPS_LITTLE = "def play(bot):\n    while True: bot.sleep(0.02)\n"
SPINS = "def play(bot):\n    while True: pass\n"
#: The limit, a look each 350 ms, and time for a busy machine.
SECONDS = 0.7 + 0.35 + 2.0


@pytest.fixture(scope="module")
def daemon(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedDaemon]:
    """A daemon for this file."""
    with shared_daemon(tmp_path_factory.mktemp("home")) as daemon:
        yield daemon


def test_a_frozen_routine_is_replaced(daemon: SharedDaemon) -> None:
    """Stopped by a signal it says nothing; that it cannot write its stack holds nobody up."""
    with daemon.playing(STUCK, SLEEPS_LITTLE):
        daemon.heard("running")
        os.kill(daemon.status()["pids"]["routine"], signal.SIGSTOP)
        began = time.monotonic()
        assert daemon.heard("verdict", watch="stuck.silent")["acted"]
        daemon.heard("gone", child="routine", ending="killed")
        assert time.monotonic() - began < SECONDS
        daemon.heard("running")


def test_a_routine_that_holds_the_interpreter_is_replaced(daemon: SharedDaemon) -> None:
    """Where it stood is told before its end."""
    with daemon.playing(STUCK, SPINS):
        daemon.heard("running")
        assert "routine.py" in daemon.heard("stack", child="routine")["stack"]
        daemon.heard("running")
