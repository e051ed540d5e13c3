"""Does a stop mean stop, from anywhere, once, and over everything else?"""

from collections.abc import Callable

import pytest

from tests.core import chapters
from tests.core.bots import make_plan
from tests.core.world import PLAYER, WATCHER, World
from traybot.core import events as e
from traybot.core.exits import Ending, Exit
from traybot.core.phases import Phase

pytestmark = pytest.mark.anywhere

STOP = ["CloseGate", "LetGo", "KillChild routine 1"]
each_chapter = pytest.mark.parametrize(
    "chapter", chapters.CHAPTERS, ids=lambda chapter: chapter.__name__.lower()
)


@each_chapter
def test_each_chapter_has_its_phase(chapter: Callable[[], World]) -> None:
    """The stories below begin where they say."""
    assert chapter().phase() is chapters.CHAPTERS[chapter]


def test_a_stop_ends_everything_at_once() -> None:
    """Gate, hands, life, and then who watched it; the answer comes when all is gone."""
    world = chapters.playing()
    assert world.ask(e.StopRequested) == STOP
    assert world.phase() is Phase.STOPPING
    assert world.lets_go() == []
    after = ["CloseGate", "LetGo", "KillChild deathwatch 1", "Report gone"]
    assert sorted(world.exits(ending=Ending.KILLED)) == sorted(after)
    assert world.exits(WATCHER, Ending.KILLED) == []
    assert world.lets_go() == ["Report stopped", "Reply 0"]
    assert (world.phase(), world.state.reason) == (Phase.IDLE, "stopped by test")


def test_a_stop_lets_a_program_be_that_was_to_be_restarted() -> None:
    """No restart outlives a stop, not the program's either."""
    world = chapters.playing(make_plan(program=("game",)))
    assert "LeaveProgram" in world.ask(e.StopRequested)


@each_chapter
def test_a_stop_leads_to_rest_from_anywhere(chapter: Callable[[], World]) -> None:
    """Nothing is left, nothing starts again by itself, and who asked is answered."""
    world = chapter()
    world.ask(e.StopRequested)
    world.settle()
    assert world.phase() is Phase.IDLE
    assert world.answer() == (0, "")
    assert not world.processes
    while world.timers:
        world.fires(next(iter(world.timers)))
    assert world.phase() is Phase.IDLE
    assert not world.processes


@each_chapter
def test_a_stop_closes_the_gate_and_lets_go_from_anywhere(chapter: Callable[[], World]) -> None:
    """Even where nothing plays: it is the answer to a key that hangs."""
    assert chapter().ask(e.StopRequested)[:2] == ["CloseGate", "LetGo"]


@each_chapter
def test_a_panic_lets_go_of_everything(chapter: Callable[[], World]) -> None:
    """Also of what a life pressed past us between the panic and its end."""
    world = chapter()
    assert "LetGo everything" in world.ask(e.PanicRequested)
    if PLAYER in world.processes:
        assert "LetGo everything" in world.exits(ending=Ending.KILLED)
    world.settle()
    assert world.phase() is Phase.IDLE


def test_a_second_stop_repeats_what_may_have_been_lost() -> None:
    """It kills and lets go again; both are answered by the one end."""
    world = chapters.stopping()
    assert world.ask(e.StopRequested) == STOP
    world.settle()
    assert world.answers == [(0, "")] * 3


def test_a_stop_cuts_a_kind_stop_short() -> None:
    """The grace is for those who can wait; nothing starts again."""
    world = chapters.leaving()
    assert world.ask(e.StopRequested) == STOP
    world.settle()
    assert world.phase() is Phase.IDLE
    told = "cannot go on: koules is idle: stopped by test"
    assert world.answers == [(0, ""), (1, told), (0, "")]


def test_a_stop_wins_over_a_queued_start() -> None:
    """The later wish counts."""
    world = chapters.stopping()
    world.ask(e.StartRequested)
    world.ask(e.StopRequested)
    world.settle()
    assert world.phase() is Phase.IDLE
    assert world.answers[-2:] == [(1, "cannot go on: koules is idle: stopped by test"), (0, "")]


def test_a_stop_resets_the_count_of_failures() -> None:
    """Who starts anew has all restarts before them."""
    world = chapters.waiting()
    world.ask(e.StopRequested)
    assert (world.state.failures, world.state.streak) == ((), 0)


def test_the_end_of_a_foreign_program_is_followed_by_a_sweep() -> None:
    """It writes no ledger: what our device holds beyond it goes."""
    world = chapters.playing(make_plan(run="", command=("prog",)))
    assert world.exits(ending=Ending.DONE)[:2] == ["CloseGate", "LetGo"]
    assert (world.beyond, world.everything) == (True, False)


def test_a_restart_is_kind() -> None:
    """The routine is asked, the gate stays open for its leave, and the bot is read anew."""
    world = chapters.playing()
    assert world.ask(e.RestartRequested) == ["AskChild routine 1", "SetTimer phase 2"]
    assert world.exits(ending=Ending.LEFT) == [
        "CloseGate",
        "LetGo",
        "Report gone",
        "KillChild deathwatch 1",
    ]
    world.exits(WATCHER, Ending.KILLED)
    assert world.lets_go() == ["Report stopped", "LoadBot koules", "SetTimer phase 10"]
    world.settle()
    assert (world.phase(), world.state.life, world.answer()) == (Phase.RUNNING, 2, (0, ""))


def test_a_routine_that_does_not_leave_within_its_grace_is_ended() -> None:
    """Kindness has an end."""
    world = chapters.leaving()
    assert world.fires() == ["CloseGate", "LetGo", "KillChild routine 1"]
    world.settle()
    assert (world.phase(), world.state.life) == (Phase.RUNNING, 2)


@pytest.mark.parametrize(
    "chapter", [chapters.frozen, chapters.starting, chapters.dying, chapters.waiting]
)
def test_who_cannot_hear_is_not_asked(chapter: Callable[[], World]) -> None:
    """A frozen, unready, dying or absent routine is ended at once by a restart as well."""
    world = chapter()
    assert world.ask(e.RestartRequested)[:2] == ["CloseGate", "LetGo"]
    world.settle()
    assert world.phase() is Phase.RUNNING


@each_chapter
def test_a_restart_leads_to_playing_from_anywhere(chapter: Callable[[], World]) -> None:
    """Where nothing plays it is a start."""
    world = chapter()
    world.ask(e.RestartRequested)
    world.settle()
    assert (world.phase(), world.answer()) == (Phase.RUNNING, (0, ""))


def test_a_restart_of_a_bot_that_is_no_longer_there_ends_nothing() -> None:
    """What could not be started again is better not stopped."""
    world = chapters.playing()
    world.hear(e.BotsFound(world.now, (("xjump", ""),)))
    told = "cannot find a bot named koules (known: xjump)"
    assert world.ask(e.RestartRequested) == [f"Reply 1 {told}"]
    assert world.phase() is Phase.RUNNING


@each_chapter
def test_a_quit_leads_to_the_end_from_anywhere(chapter: Callable[[], World]) -> None:
    """It is answered at once; the daemon leaves when all is gone, and not a second time."""
    world = chapter()
    assert "Reply 0" in world.ask(e.QuitRequested)
    world.settle()
    assert world.state.gone
    assert world.laws.left == 1
    assert world.ask(e.QuitRequested) == ["Reply 3 cannot: traybot has quit"]
    assert world.hear(e.HandsLetGo(world.now)) == []


def test_a_quit_is_kind_and_a_second_one_is_not() -> None:
    """Who asks twice does not want to wait."""
    world = chapters.playing()
    assert world.ask(e.QuitRequested) == ["Reply 0", "AskChild routine 1", "SetTimer phase 2"]
    assert world.ask(e.QuitRequested) == ["Reply 0", *STOP]
    world.settle()
    assert world.state.gone


def test_a_quit_wins_over_a_queued_start() -> None:
    """No start is accepted after it, and one before it is told so."""
    world = chapters.leaving()
    world.ask(e.QuitRequested)
    told = "cannot start: traybot is quitting"
    assert world.ask(e.StartRequested) == [f"Reply 4 {told}"]
    assert world.ask(e.RestartRequested) == [f"Reply 4 {told}"]
    world.settle()
    assert world.state.gone
    assert (1, "cannot go on: koules is idle: restart") in world.answers


@pytest.mark.parametrize("chapter", [chapters.playing, chapters.paused, chapters.reviving])
def test_a_run_has_its_longest_time(chapter: Callable[[], World]) -> None:
    """It ends kindly, is told of, and does not count as failed; a later run has its own time."""
    world = chapter()
    hours = e.TimerFired(world.now, "hours", world.state.run)
    told = world.hear(hours)
    assert told[0].startswith("AskChild")
    assert told[-1] == 'Notify minor "koules: max_hours is reached"'
    world.settle()
    assert (world.phase(), world.state.reason) == (Phase.IDLE, "max_hours is reached")
    world.ask(e.StartRequested)
    world.settle()
    assert world.hear(hours) == []


def test_a_verdict_during_a_stop_is_only_told_of() -> None:
    """What ends already needs no other end."""
    world = chapters.leaving()
    assert world.sees("recover") == ["Report verdict"]


def test_the_end_of_a_life_that_is_not_ours_changes_nothing() -> None:
    """An echo of a former life is not the end of this one."""
    world = chapters.playing()
    before = world.state
    for child, life in (("routine", 99), ("recovery", 1), ("deathwatch", 99)):
        assert world.hear(e.ChildReady(world.now, child, life)) == []
        assert world.hear(e.ChildExited(world.now, child, life, Exit(Ending.KILLED))) == []
    assert world.state == before


def test_a_timer_that_was_set_for_something_else_changes_nothing() -> None:
    """What it was to remind of is over."""
    world = chapters.starting()
    old = world.timers["phase"]
    world.settle()
    before = world.state
    assert world.hear(old) == []
    assert world.state == before


def test_hands_that_let_go_unasked_open_no_gate() -> None:
    """One that was replaced lets go by itself; who plays goes on."""
    world = chapters.playing()
    assert world.hear(e.HandsLetGo(world.now, 3)) == []


def test_nobody_waits_for_a_screen_that_hangs() -> None:
    """A stop is complete without it, with a notice; what is held goes up when it answers."""
    world = chapters.playing()
    world.ask(e.StopRequested)
    world.exits(PLAYER, Ending.KILLED)
    world.exits(WATCHER, Ending.KILLED)
    assert world.phase() is Phase.STOPPING
    assert any("goes up later" in word for word in world.is_late())
    assert world.phase() is Phase.IDLE
    assert world.answer() == (0, "")
    assert world.is_late() == [], "told once"


def test_after_a_late_stop_no_gate_opens_before_all_is_up() -> None:
    """The next start waits with its gate closed until hands has answered."""
    world = chapters.playing()
    world.ask(e.StopRequested)
    world.exits(PLAYER, Ending.KILLED)
    world.exits(WATCHER, Ending.KILLED)
    world.is_late()
    world.ask(e.StartRequested)
    world.loaded()
    world.ready(PLAYER)
    assert not any("FreeLife" in word for word in world.ready(WATCHER))
    assert world.phase() is Phase.STARTING
    assert any("FreeLife" in word for word in world.lets_go())
    assert world.phase() is Phase.RUNNING
