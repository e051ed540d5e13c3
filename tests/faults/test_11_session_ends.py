"""Fault 11: the user logs out, or the machine is shut down. Nobody waits for us."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.chapters import playing, reviving, waiting
from tests.core.world import World
from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot, x_keys
from tests.system.fake_logind import FakeLogind
from tests.system.sleepers import private_bus
from traybot.core import events as e
from traybot.core.phases import Phase

#: From logind's word to the daemon's end, where a bare Python comes and goes in PYTHON_SECONDS.
GONE_SECONDS, PYTHON_SECONDS = 1.0, 0.1
STUBBORN = """
def play(bot):
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with bot.keys.hold("shift", "a"):
        while True:
            try:
                while True:
                    bot.sleep(0.01)
            except BaseException:
                pass
"""


@pytest.fixture
def logind(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLogind]:
    """A logind for the daemon that this test starts."""
    with private_bus() as address, FakeLogind(address) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield fake


@pytest.mark.parametrize("world", [World, playing, reviving, waiting])
def test_everything_is_ended_without_asking(world: type[World]) -> None:
    """From any phase: no grace, no restart, no notice; the daemon leaves when all are gone."""
    story = world()
    told = story.hear(e.SessionEnding(story.now))
    assert not [line for line in told if line.startswith(("AskChild", "StartChild", "Notify"))]
    story.settle()
    assert story.state.gone
    assert story.phase() is Phase.IDLE


def bare_python() -> float:
    """How long this machine takes just now for a process that does nothing."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", ""], check=True)
    return time.monotonic() - began


@pytest.mark.e2e
def test_the_daemon_is_gone_within_a_second(
    desktop: Desktop, home: Path, logind: FakeLogind
) -> None:
    """A routine that refuses everything and holds keys is gone too, and the keys are up."""
    make_bot(home, "stubborn", STUBBORN)
    with x_keys() as keys, Running("stubborn") as running:
        running.heard("running")
        eventually(lambda: len(keys.held()) == 2, 10.0, "two keys held")
        eventually(lambda: "logind" in running.status()["session"], 10.0, "logind heard")
        began = time.monotonic()
        logind.shut_down()
        running.process.wait(10.0)
        took = time.monotonic() - began
        assert not len(keys.held())
    assert took <= GONE_SECONDS * max(1.0, bare_python() / PYTHON_SECONDS)
    summary = running.end()
    assert (summary["held_left"], summary["children_left"]) == (0, 0)
    assert running.process.returncode == 0
