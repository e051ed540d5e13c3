"""Does a pause hold still, and does a resume look before it plays on?"""

import pytest

from tests.core.bots import make_plan
from tests.core.chapters import looking, paused, pausing, playing
from tests.core.world import PLAYER, WATCHER, World
from traybot.core import events as e
from traybot.core.exits import Ending
from traybot.core.phases import Phase

pytestmark = pytest.mark.anywhere

PAUSE = ["HoldLife 1", "WatchOnly", "LetGo", "SetTimer phase 0.3", "Report pausing"]


def test_a_routine_that_makes_a_call_parks() -> None:
    """The gate closes first; who asked is answered once nothing moves."""
    world = playing()
    assert world.ask(e.PauseRequested) == PAUSE
    assert world.phase() is Phase.PAUSING
    assert world.lets_go() == []
    assert world.parks() == ["Report paused", "Reply 0"]
    assert (world.phase(), world.state.suspended) == (Phase.PAUSED, False)


def test_a_routine_that_makes_no_call_is_frozen() -> None:
    """The operating system holds it where it is."""
    world = pausing()
    assert world.fires() == ["SuspendChild routine 1", "LetGo", "Report paused", "Reply 0"]
    assert (world.phase(), world.state.suspended) == (Phase.PAUSED, True)


def test_a_parked_routine_plays_on_after_a_look() -> None:
    """Everything is judged anew, then the gate opens for the same life."""
    world = looking()
    assert world.judged() == ["WatchLife 1", "FreeLife 1", "Report resumed", "Reply 0"]
    assert world.phase() is Phase.RUNNING


def test_the_user_takes_over_what_plays() -> None:
    """It pauses as if the user had asked, with a notice; what does not play is left alone."""
    world = playing()
    told = world.hear(e.UserTookOver(world.now))
    assert told == [*PAUSE, 'Notify minor "koules is paused: you took over"']
    assert (world.state.paused_by, world.state.reason) == ("user", "you took over")
    assert world.hear(e.UserTookOver(world.now)) == []
    assert World().hear(e.UserTookOver(1000.0)) == []


def test_a_frozen_routine_is_thawed_before_the_gate_opens() -> None:
    """In this order, so that nothing is asked of who cannot answer."""
    world = pausing()
    world.fires()
    world.settle()
    world.ask(e.ResumeRequested)
    assert world.judged() == [
        "WatchLife 1",
        "ContinueChild routine 1",
        "FreeLife 1",
        "Report resumed",
        "Reply 0",
    ]
    assert not world.state.suspended


def test_the_gate_waits_for_hands_after_a_quick_resume() -> None:
    """What was held before the pause is let go before anything is pressed after it."""
    world = pausing()
    world.ask(e.ResumeRequested)
    assert world.judged() == ["WatchLife 1", "Report resumed", "Reply 0"]
    assert world.lets_go() == ["WatchLife 1", "FreeLife 1"]


def test_a_resume_during_the_pausing_undoes_it() -> None:
    """Both are answered: it stood behind a closed gate, and it plays."""
    world = pausing()
    assert world.ask(e.ResumeRequested) == ["Judge 1", "SetTimer phase 3", "Reply 0"]
    world.settle()
    assert (world.phase(), world.answers) == (Phase.RUNNING, [(0, "")] * 3)


def test_a_death_that_is_seen_before_playing_on_ends_the_life() -> None:
    """The look counts as any other: the resume leads to a new life."""
    world = looking()
    assert world.sees("recover")[-2:] == ["KillChild routine 1", "Reply 0"]
    world.settle()
    assert (world.phase(), world.state.life, world.state.deaths) == (Phase.RUNNING, 2, 1)


def test_a_pause_watch_that_still_holds_keeps_the_pause() -> None:
    """Who wanted to play on is told what stands against it."""
    world = playing()
    world.sees("pause", watch="dialog")
    world.settle()
    world.ask(e.ResumeRequested)
    assert world.sees("pause", watch="dialog") == [
        "Report verdict",
        "WatchOnly",
        'Notify "Koules: dialog was seen"',
        "Reply 1 cannot go on: koules is paused: dialog was seen",
    ]
    assert world.judged() == []
    assert world.phase() is Phase.PAUSED


def test_a_gate_that_a_verdict_closed_opens_for_a_new_life_only() -> None:
    """Pause and verdict crossed: it only notified, but the condemned life cannot press again."""
    world = playing()
    world.concludes("recover")
    world.ask(e.PauseRequested)
    assert world.speaks_out() == ["Report verdict", 'Notify minor "Koules: death was seen"']
    world.settle()
    world.ask(e.ResumeRequested)
    assert world.judged() == ["CloseGate", "LetGo", "KillChild routine 1", "Reply 0"]
    world.settle()
    assert (world.phase(), world.state.life, world.state.deaths) == (Phase.RUNNING, 2, 0)


def test_a_pause_while_looking_is_a_pause() -> None:
    """The last wish counts, and the one before it is told so."""
    world = looking()
    assert world.ask(e.PauseRequested) == [
        "WatchOnly",
        "Reply 0",
        "Reply 1 cannot go on: koules is paused: by the user",
    ]
    assert world.judged() == []
    assert world.phase() is Phase.PAUSED


def test_a_second_pause_and_a_second_resume_change_nothing() -> None:
    """What is so already is no mistake."""
    world = paused()
    assert world.ask(e.PauseRequested) == ["Reply 0", "WatchOnly"]
    world.ask(e.ResumeRequested)
    assert world.ask(e.ResumeRequested) == []
    assert world.judged()[-2:] == ["Reply 0", "Reply 0"]
    assert world.ask(e.ResumeRequested) == ["Reply 0"]


def test_the_users_pause_takes_over_a_pause_by_verdict() -> None:
    """From then on verdicts only notify, also while it is only just pausing."""
    for settled in (False, True):
        world = playing()
        world.sees("pause", watch="dialog")
        if settled:
            world.settle()
        assert "WatchOnly" in world.ask(e.PauseRequested)
        assert world.sees("recover") == ["Report verdict", 'Notify minor "Koules: death was seen"']


@pytest.mark.parametrize("restart", ["on-crash", "always", "never"])
def test_a_routine_that_crashes_while_paused_stays_paused(restart: str) -> None:
    """The user is told; nothing starts until they resume, and then a new life does."""
    world = paused(make_plan(restart=restart))
    assert world.exits() == [
        "CloseGate",
        "LetGo",
        "Report gone",
        "Report paused",
        'Notify "koules: the routine ended while paused: it broke"',
    ]
    world.settle()
    assert world.phase() is Phase.PAUSED
    assert "StartChild routine 2" in world.ask(e.ResumeRequested)
    world.settle()
    assert (world.phase(), world.answer()) == (Phase.RUNNING, (0, ""))


def test_a_routine_that_crashes_while_pausing_is_paused() -> None:
    """The pause is complete, for nothing moves any more."""
    world = pausing()
    assert world.exits()[-1] == "Reply 0"
    assert world.phase() is Phase.PAUSED


def test_a_pause_by_verdict_outlives_a_crash_too() -> None:
    """What the watch wanted was no playing, whoever lives."""
    world = playing()
    world.sees("pause", watch="dialog")
    world.exits()
    world.settle()
    assert (world.phase(), PLAYER in world.processes) == (Phase.PAUSED, False)


def test_a_lap_that_ends_while_pausing_is_not_followed_by_another() -> None:
    """A routine that always starts again waits for the resume."""
    world = playing(make_plan(restart="always"))
    world.ask(e.PauseRequested)
    world.exits(ending=Ending.DONE)
    world.settle()
    assert (world.phase(), world.state.reason) == (Phase.PAUSED, "finished while paused")


def test_a_routine_that_finishes_while_pausing_is_finished() -> None:
    """Its run is over; who asked for the pause is told why there is nothing to pause."""
    world = pausing()
    world.exits(ending=Ending.DONE)
    world.settle()
    assert world.phase() is Phase.IDLE
    assert world.answer() == (1, "cannot go on: koules is stopping: finished")


def test_a_crash_while_looking_follows_the_restart_policy() -> None:
    """The user wanted to play on: the pause is over."""
    world = looking()
    world.exits()
    assert world.phase() is Phase.BACKOFF
    told = "cannot go on: koules is backoff: the routine ended: it broke"
    assert world.answer() == (1, told)


def test_a_deathwatch_that_does_not_answer_is_replaced_and_the_pause_stays() -> None:
    """Nobody plays on by trust; who asked is told, and may ask again."""
    world = looking()
    assert world.fires() == [
        "KillChild deathwatch 1",
        'Notify "koules stays paused: the deathwatch did not answer"',
        "Reply 1 cannot go on: koules is paused: the deathwatch did not answer",
    ]
    world.settle()
    assert world.phase() is Phase.PAUSED
    world.ask(e.ResumeRequested)
    world.settle()
    assert world.phase() is Phase.RUNNING


def test_the_late_answer_of_a_deathwatch_that_was_given_up_is_not_heard() -> None:
    """It may have looked long ago."""
    world = looking()
    world.fires()
    world.ask(e.ResumeRequested)
    assert world.judged() == []
    assert world.phase() is Phase.PAUSED


def test_a_new_deathwatch_learns_of_the_pause() -> None:
    """It must not close the gate of who stands still."""
    world = paused()
    world.exits(WATCHER)
    assert world.ready(WATCHER) == ["WatchOnly"]


@pytest.mark.parametrize("request_", [e.PauseRequested, e.ResumeRequested])
def test_where_nothing_plays_there_is_nothing_to_pause_or_resume(request_: type[e.Request]) -> None:
    """Refused with exit code 4, naming the phase."""
    world = World()
    word, done = ("pause", "running") if request_ is e.PauseRequested else ("resume", "paused")
    told = f"cannot {word}: nothing is {done}, the phase is"
    assert world.ask(request_) == [f"Reply 4 {told} idle"]
    world.ask(e.StartRequested)
    assert world.ask(request_) == [f"Reply 4 {told} starting"]


def test_what_the_input_waits_for_is_told_once() -> None:
    """When it begins, when it ends, and not for a life that is gone."""
    world = playing()
    waits = e.ChildBlocked(world.now, "routine", 1, "its window is not in front")
    assert world.hear(waits) == ["Report blocked"]
    assert world.state.blocked == "its window is not in front"
    assert world.hear(waits) == []
    assert world.hear(e.ChildBlocked(world.now, "routine", 1)) == ["Report unblocked"]
    assert world.hear(e.ChildBlocked(world.now, "routine", 9, "whatever")) == []


def test_a_late_word_of_parking_changes_nothing() -> None:
    """Neither from another life, nor when nothing is pausing."""
    world = playing()
    assert world.parks() == []
    world.ask(e.PauseRequested)
    assert world.hear(e.ChildParked(world.now, "routine", 9)) == []
    assert world.phase() is Phase.PAUSING


def test_the_users_pause_is_the_reason_once_the_user_has_paused() -> None:
    """Not the lock that paused before: that may be over long since."""
    world = playing()
    world.session(e.SessionAway, "lock")
    world.settle()
    assert world.state.reason == "the screen is locked"
    world.ask(e.PauseRequested)
    assert world.state.reason == "by the user"
    world.session(e.SessionBack, "lock")
    assert (world.phase(), world.state.reason) == (Phase.PAUSED, "by the user")


def test_a_foreign_program_is_frozen_at_once() -> None:
    """It never parks; and only then what it pressed is let go, so that nothing follows."""
    world = playing(make_plan(run="", command=("prog",)))
    heard = world.ask(e.PauseRequested)
    assert heard[:2] == ["HoldLife 1", "WatchOnly"]
    assert heard.index("SuspendChild routine 1") < heard.index("LetGo")
    assert world.beyond
    assert world.phase() is Phase.PAUSED
