"""Fault 12: the machine sleeps for eight hours. No false alarm, no burst, and all works again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.bots import REVIVING, make_plan
from tests.core.chapters import paused, playing, reviving, starting
from tests.core.world import PLAYER, World
from tests.desktop import Desktop, eventually
from tests.e2e.test_faces import press
from tests.running import Running, make_bot, x_keys
from tests.system.fake_logind import FakeLogind
from tests.system.sleepers import private_bus
from traybot.core import events as e
from traybot.core.exits import Ending
from traybot.core.phases import Phase

NIGHT = 8 * 3600.0
HOLDER = """
def play(bot):
    with bot.keys.hold("shift"):
        while True:
            bot.sleep(0.01)
"""


@pytest.fixture
def logind(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLogind]:
    """A logind for the daemon that this test starts."""
    with private_bus() as address, FakeLogind(address) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield fake


def sleeps(world: World) -> None:
    """Sleep for a night on a system whose clock goes on meanwhile, then wake."""
    world.session(e.SessionAway, "suspend")
    world.settle()
    world.later(NIGHT)
    world.session(e.SessionBack, "suspend")


def test_what_plays_pauses_and_plays_on_after_a_look() -> None:
    """The gate closes and keys are let go before the sleep; then everything is judged anew."""
    world = playing()
    told = world.session(e.SessionAway, "suspend")
    assert told[:3] == ["HoldLife 1", "WatchOnly", "LetGo"]
    assert not world.state.may_sleep
    world.settle()
    assert (world.phase(), world.state.may_sleep) == (Phase.PAUSED, True)
    world.later(NIGHT)
    assert "Judge 1" in world.session(e.SessionBack, "suspend")
    world.settle()
    assert world.phase() is Phase.RUNNING


def test_a_run_does_not_age_in_its_sleep() -> None:
    """`max_hours` counts the hours awake: its alarm that came due in the night is no alarm."""
    world = playing(make_plan(max_hours=8.0))
    world.later(3600.0)
    world.session(e.SessionAway, "suspend")
    world.settle()
    world.later(NIGHT)
    assert world.hear(e.TimerFired(world.now, "hours", world.state.run)) == []
    assert f"SetTimer hours {7 * 3600}" in world.session(e.SessionBack, "suspend")
    world.settle()
    assert world.phase() is Phase.RUNNING
    world.fires("hours")
    assert world.phase() is Phase.STOPPING


def test_what_the_user_had_paused_stays_paused() -> None:
    """Only what paused for the sleep plays on after it."""
    world = paused()
    sleeps(world)
    assert (world.phase(), world.state.paused_by) == (Phase.PAUSED, "user")


def test_a_life_that_was_starting_gets_its_time() -> None:
    """Its ten seconds had passed in the sleep: it is not taken for stuck, and plays."""
    world = starting()
    world.session(e.SessionAway, "suspend")
    world.later(NIGHT)
    assert world.session(e.SessionBack, "suspend") == ["Report back", "SetTimer phase 10"]
    world.settle()
    assert world.phase() is Phase.RUNNING


def test_a_recovery_is_ended_and_begins_anew() -> None:
    """It cannot pause; one recovery follows the night, not a burst, and no failure is counted."""
    world = reviving()
    world.session(e.SessionAway, "suspend")
    world.settle()
    assert (world.phase(), world.state.deferred, world.processes.get(PLAYER)) == (
        Phase.BACKOFF,
        True,
        None,
    )
    world.later(NIGHT)
    told = world.session(e.SessionBack, "suspend")
    assert [line for line in told if line.startswith("StartChild")] == ["StartChild recovery 3"]
    assert world.state.failures == ()


def test_a_restart_that_came_due_happens_once() -> None:
    """A crash before the sleep: after it there is one life, and it plays."""
    world = playing(REVIVING)
    world.exits(ending=Ending.CRASHED)
    world.session(e.SessionAway, "suspend")
    world.later(NIGHT)
    world.fires()
    world.settle()
    assert world.phase() is Phase.PAUSED
    world.session(e.SessionBack, "suspend")
    world.settle()
    assert (world.phase(), world.state.life) == (Phase.RUNNING, 2)


@pytest.mark.e2e
def test_a_daemon_sleeps_and_wakes(desktop: Desktop, home: Path, logind: FakeLogind) -> None:
    """The machine waits until Shift is up; awake again the bot plays, and the hotkey stops it."""
    make_bot(home, "holder", HOLDER)
    with x_keys() as keys, Running("holder", faces=True) as running:
        running.heard("running")
        eventually(lambda: len(keys.held()) == 1, 10.0, "the bot's Shift")
        eventually(lambda: logind.waits, 10.0, "the delay of sleep")
        logind.sleep(begins=True)
        running.heard("paused", by="suspend")
        eventually(lambda: not logind.waits, 10.0, "the leave to sleep")
        assert not len(keys.held())
        logind.sleep(begins=False)
        running.heard("resumed")
        eventually(lambda: logind.waits, 10.0, "the next delay")
        eventually(lambda: len(keys.held()) == 1, 10.0, "the bot's Shift again")
        states = {key["state"] for key in running.status()["hotkeys"].values()}
        assert states == {"bound"}
        press(desktop, "Control_L", "F9")
        running.heard("stopped", why="stopped by hotkey")
