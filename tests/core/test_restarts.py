"""What follows the end of a routine that nobody asked to leave?"""

import pytest

from tests.core import chapters
from tests.core.bots import make_plan
from tests.core.world import PLAYER, World
from traybot.core import events as e
from traybot.core import policy
from traybot.core.exits import Ending
from traybot.core.phases import Phase

pytestmark = pytest.mark.anywhere


def crash(world: World) -> float:
    """Let the routine crash and, if it is to start again, wait for that; give the wait's length."""
    world.exits()
    world.settle()
    before = world.now
    if world.phase() is Phase.BACKOFF:
        world.fires()
    waited = world.now - before
    world.settle()
    return waited


def test_a_crash_is_followed_by_a_wait_and_a_new_life() -> None:
    """The deathwatch rests meanwhile; whatever the routine held is let go."""
    world = chapters.playing()
    assert world.exits() == [
        "CloseGate",
        "LetGo",
        "Report gone",
        "WatchNothing",
        "SetTimer phase 0.5",
        "Report backoff",
    ]
    assert (world.phase(), world.state.reason) == (Phase.BACKOFF, "the routine ended: it broke")
    world.lets_go()
    assert world.fires()[:2] == ["HoldLife 2", "StartChild routine 2"]


def test_waits_double_and_the_sixth_crash_fails_the_bot() -> None:
    """Five restarts in ten minutes are tried; then one notice, and nothing more."""
    world = chapters.playing()
    waits = [crash(world) for _ in range(policy.RESTARTS)]
    assert waits == pytest.approx([0.5, 1.0, 2.0, 4.0, 8.0], abs=0.01)
    assert world.phase() is Phase.RUNNING
    crash(world)
    assert world.phase() is Phase.FAILED
    assert world.state.reason == ("the routine ended: it broke; 5 restarts in 10m did not help")
    assert world.laws.notices == [f"Koules has failed: {world.state.reason}"]
    assert PLAYER not in world.processes


def test_who_played_a_minute_was_healthy() -> None:
    """The next wait is as short as the first; the ten minutes still count."""
    world = chapters.playing()
    crash(world)
    crash(world)
    world.later(policy.HEALTHY_SECONDS)
    assert crash(world) == pytest.approx(0.5, abs=0.01)
    assert len(world.state.failures) == 3


def test_who_crashed_before_playing_was_not_healthy() -> None:
    """A long wait between two crashes is no health."""
    world = chapters.playing()
    crash(world)
    world.exits()
    world.later(policy.HEALTHY_SECONDS)
    world.fires()
    world.exits()
    assert world.state.streak == 3


def test_crashes_long_ago_are_forgiven() -> None:
    """One crash each few minutes goes on for ever."""
    world = chapters.playing()
    for _ in range(20):
        world.later(policy.WINDOW_SECONDS / policy.RESTARTS)
        assert crash(world) == pytest.approx(0.5, abs=0.01)
    assert world.phase() is Phase.RUNNING


@pytest.mark.parametrize("ending", [Ending.CRASHED, Ending.ENVIRONMENT, Ending.KILLED])
def test_a_bot_that_never_restarts_fails_at_its_first_crash(ending: Ending) -> None:
    """With the reason, and without a wait."""
    world = chapters.playing(make_plan(restart="never"))
    world.exits(ending=ending)
    world.settle()
    assert (world.phase(), world.state.reason) == (Phase.FAILED, "the routine ended: it broke")


@pytest.mark.parametrize("restart", ["never", "on-crash", "always"])
def test_a_bot_that_is_wrong_fails_at_once(restart: str) -> None:
    """To start it again would not help; who waits for it gets exit code 5."""
    world = World(make_plan(restart=restart))
    world.ask(e.StartRequested)
    world.loaded()
    world.exits(ending=Ending.INVALID, why="cannot import routine: no module named nump")
    world.settle()
    assert world.phase() is Phase.FAILED
    told = "cannot go on: koules is failed: cannot import routine: no module named nump"
    assert world.answers == [(5, told)]


def test_a_bot_that_crashes_before_it_plays_gets_another_exit_code() -> None:
    """It may yet come up: 1 says that the command failed, not that the bot is wrong."""
    world = World(make_plan(restart="never"))
    world.ask(e.StartRequested)
    world.loaded()
    world.exits()
    world.settle()
    told = "cannot go on: koules is failed: the routine ended: it broke"
    assert world.answers == [(1, told)]


@pytest.mark.parametrize("restart", ["never", "on-crash"])
@pytest.mark.parametrize("ending", [Ending.DONE, Ending.LEFT])
def test_a_routine_that_is_done_is_done(restart: str, ending: Ending) -> None:
    """The run is over, and that is no failure."""
    world = chapters.playing(make_plan(restart=restart))
    world.exits(ending=ending)
    world.settle()
    assert (world.phase(), world.state.reason) == (Phase.IDLE, "finished")


def test_a_routine_that_always_starts_again_does_so_without_end() -> None:
    """A lap that ends well is no failure, however many there are; a breath lies between them."""
    world = chapters.playing(make_plan(restart="always"))
    for _ in range(50):
        assert "SetTimer phase 0.5" in world.exits(ending=Ending.DONE)
        assert (world.phase(), world.state.failures) == (Phase.BACKOFF, ())
        world.fires()
        world.settle()
    assert world.phase() is Phase.RUNNING


def test_failed_stays_failed_until_somebody_wants_it_otherwise() -> None:
    """No timer starts it; a stop clears it."""
    world = chapters.failed()
    for timer in list(world.timers):
        assert world.fires(timer) == []
    assert world.phase() is Phase.FAILED


@pytest.mark.parametrize(
    ("streak", "seconds"), [(1, 0.5), (2, 1.0), (5, 8.0), (6, 16.0), (7, 30.0), (10_000, 30.0)]
)
def test_a_wait_grows_to_half_a_minute(streak: int, seconds: float) -> None:
    """It doubles with each failure in a row, up to the longest."""
    assert policy.backoff(streak) == seconds
