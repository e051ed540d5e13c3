"""What if the one who watches dies? Nobody plays unwatched, and another one watches."""

from collections.abc import Callable

import pytest

from tests.core import chapters
from tests.core.bots import REVIVING, make_plan
from tests.core.world import WATCHER, World
from traybot.core import events as e
from traybot.core import policy
from traybot.core.exits import Ending
from traybot.core.phases import Phase
from traybot.core.watchfile import WatchSpec

pytestmark = pytest.mark.anywhere


def test_a_life_waits_for_the_next_deathwatch() -> None:
    """Its gate closes and what it holds goes up, until the new one is ready."""
    world = chapters.playing()
    assert world.exits(WATCHER) == [
        "Report deathwatch_lost",
        "HoldLife 1",
        "LetGo",
        "StartChild deathwatch 2",
        "SetTimer phase 10",
    ]
    assert world.beyond, "it may have pressed by another library"
    assert world.phase() is Phase.RUNNING
    assert world.lets_go() == []
    assert world.ready(WATCHER) == ["WatchLife 1", "FreeLife 1"]


def test_the_gate_waits_for_hands_too_after_a_deathwatch_was_lost() -> None:
    """A new one may be ready before everything is up."""
    world = chapters.playing()
    world.exits(WATCHER)
    assert world.ready(WATCHER) == []
    assert world.lets_go() == ["WatchLife 1", "FreeLife 1"]


def test_a_foreign_program_is_frozen_until_the_next_deathwatch() -> None:
    """It knows no gate; it is thawed before the gate opens, and can be stopped meanwhile."""
    world = chapters.playing(make_plan(run="", command=("prog",)))
    heard = world.exits(WATCHER)
    assert heard.index("SuspendChild routine 1") < heard.index("LetGo")
    world.lets_go()
    assert world.ready(WATCHER) == ["WatchLife 1", "ContinueChild routine 1", "FreeLife 1"]
    assert not world.state.suspended
    world.exits(WATCHER)
    assert "KillChild routine 1" in world.ask(e.QuitRequested), "one that is frozen is not asked"


def test_a_deathwatch_that_does_not_get_ready_while_a_life_waits_is_replaced() -> None:
    """Else the life would wait for ever."""
    world = chapters.playing()
    world.exits(WATCHER)
    world.lets_go()
    assert world.fires() == ["KillChild deathwatch 2"]
    assert "StartChild deathwatch 3" in world.exits(WATCHER, Ending.KILLED)
    world.lets_go()
    assert "FreeLife 1" in world.ready(WATCHER)


def test_the_timer_of_a_deathwatch_that_came_in_time_ends_nothing() -> None:
    """It was set in case."""
    world = chapters.playing()
    world.exits(WATCHER)
    world.ready(WATCHER)
    assert world.fires() == []


def test_a_recovery_waits_too() -> None:
    """It presses as well, and a second death may happen."""
    world = chapters.reviving()
    heard = world.exits(WATCHER)
    assert heard.index("HoldLife 2") < heard.index("LetGo")
    world.lets_go()
    assert world.ready(WATCHER) == ["FreeLife 2"]


def test_a_judgement_that_was_lost_counts_against_the_recovery() -> None:
    """Whether it helped is not taken on trust."""
    world = chapters.judging()
    told = world.exits(WATCHER)
    assert "Report recovery_failed" in told
    assert world.state.reason == "the deathwatch ended while it judged"
    world.settle()
    assert "StartChild recovery 3" in world.fires()


def test_a_judgement_that_does_not_come_counts_against_the_recovery() -> None:
    """And the deathwatch that did not answer is replaced."""
    world = chapters.judging()
    assert world.fires()[:2] == ["KillChild deathwatch 1", "Report recovery_failed"]
    world.settle()
    assert (world.phase(), world.processes[WATCHER].life) == (Phase.BACKOFF, 2)


def test_a_look_before_playing_on_that_was_lost_leaves_the_pause() -> None:
    """Who wanted to play on is told, and may ask the new one."""
    world = chapters.looking()
    told = "cannot go on: koules is paused: the deathwatch ended while it judged"
    assert world.exits(WATCHER)[-1] == f"Reply 1 {told}"
    world.settle()
    assert world.phase() is Phase.PAUSED


def test_a_new_deathwatch_has_time_to_start_before_it_judges() -> None:
    """A resume just then waits for both."""
    world = chapters.paused()
    world.exits(WATCHER)
    assert world.ask(e.ResumeRequested) == ["Judge 1", "SetTimer phase 10"]
    assert world.ready(WATCHER) == []
    assert "FreeLife 1" in world.judged()


@pytest.mark.parametrize(
    "chapter",
    [chapters.playing, chapters.paused, chapters.reviving, chapters.waiting, chapters.starting],
)
def test_a_deathwatch_that_keeps_ending_fails_the_bot(chapter: Callable[[], World]) -> None:
    """Five more are tried in ten minutes."""
    world = chapter()
    for _ in range(policy.RESTARTS):
        world.exits(WATCHER)
        world.ready(WATCHER)
    world.exits(WATCHER)
    world.settle()
    assert world.phase() is Phase.FAILED
    assert world.state.reason == "the deathwatch keeps ending: it broke"


def test_a_deathwatch_that_cannot_work_fails_the_bot_at_once() -> None:
    """A template that is flat, say, stays flat."""
    world = World(REVIVING)
    world.ask(e.StartRequested)
    world.loaded()
    world.exits(WATCHER, Ending.INVALID, "templates/a.png is flat")
    world.settle()
    assert world.phase() is Phase.FAILED
    assert world.answers == [(5, "cannot go on: koules is failed: templates/a.png is flat")]


def test_a_dying_deathwatch_opens_no_gate() -> None:
    """It was ended, and its late word of being ready does not count."""
    world = chapters.starting()
    world.ready()
    world.fires()
    assert world.ready(WATCHER) == []
    assert world.phase() is Phase.STARTING


def test_a_deathwatch_that_hangs_is_replaced() -> None:
    """It is ended, nobody plays unwatched meanwhile, and it counts like one that died."""
    world = chapters.playing()
    assert world.hangs() == ["Report hangs", "KillChild deathwatch 1"]
    assert world.hangs() == ["Report hangs"], "it is being ended already"
    heard = world.exits(WATCHER, Ending.KILLED)
    assert "HoldLife 1" in heard
    assert "StartChild deathwatch 2" in heard
    world.lets_go()
    assert "FreeLife 1" in world.ready(WATCHER)


def test_a_deathwatch_of_the_past_does_not_hang() -> None:
    """What was asked of another life changes nothing."""
    world = chapters.playing()
    assert world.hear(e.ChildHangs(world.now, "deathwatch", 7)) == []


def test_a_gate_that_was_shut_without_a_word_is_a_death() -> None:
    """The watch that shut it is known by its place: the life ends, as if it had been told."""
    plan = make_plan(watches=(WatchSpec(name="flag", then="notify"), WatchSpec(name="death")))
    world = chapters.playing(plan)
    heard = world.hear(e.GateFoundShut(world.now, 1, 1, world.now - 0.1))
    assert "KillChild routine 1" in heard
    assert world.state.latched is not None
    assert world.state.latched.watch == "death"
    assert world.hear(e.GateFoundShut(world.now, 1, 1, world.now - 0.1)) == [], "once"


@pytest.mark.parametrize("life", [0, 7])
def test_a_gate_of_another_life_means_nothing(life: int) -> None:
    """The number of a run before, or of nobody."""
    world = chapters.playing(make_plan(watches=(WatchSpec(name="death"),)))
    assert world.hear(e.GateFoundShut(world.now, life, 0, world.now)) == []
    assert world.phase() is Phase.RUNNING


def test_a_gate_that_no_watch_shut_is_shut_all_the_same() -> None:
    """A life that cannot press is of no use: the next one can."""
    world = chapters.playing(make_plan(watches=(WatchSpec(name="death"),)))
    assert "KillChild routine 1" in world.hear(e.GateFoundShut(world.now, 1, 5, world.now))
    assert world.state.latched is not None
    assert world.state.latched.then == "restart"
