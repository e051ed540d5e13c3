"""What follows a verdict? A life ends, a recovery helps or does not, another life begins."""

import pytest

from tests.core.bots import REVIVING, make_plan
from tests.core.chapters import paused, playing, reviving
from tests.core.world import PLAYER, World
from traybot.core import commands as c
from traybot.core import events as e
from traybot.core.exits import Ending, Exit
from traybot.core.phases import Phase
from traybot.core.step import step

pytestmark = pytest.mark.anywhere

DYING = ["Report verdict", "CloseGate", "LetGo", "KillChild routine 1"]


def reports(world: World, event: e.Event) -> list[c.Report]:
    """What is reported of an event, with all its fields."""
    return [x for x in step(world.state, event)[1] if isinstance(x, c.Report)]


def test_a_death_is_recovered_and_a_new_life_begins() -> None:
    """Gate, hands, process; recovery; a look; the next life: each waits for the one before."""
    world = playing(REVIVING)
    assert world.sees("recover") == DYING
    assert world.phase() is Phase.DEAD
    assert world.lets_go() == []
    assert world.exits(ending=Ending.KILLED) == ["CloseGate", "LetGo", "Report gone"]
    assert world.lets_go() == [
        "HoldLife 2",
        "StartChild recovery 2",
        "SetTimer phase 60",
        "Report recovering",
    ]
    assert world.ready() == ["FreeLife 2"]
    assert world.exits(ending=Ending.DONE) == [
        "CloseGate",
        "LetGo",
        "Report gone",
        "Judge 0",
        "SetTimer phase 3",
    ]
    assert world.judged() == [
        "Report recovered",
        "HoldLife 3",
        "StartChild routine 3",
        "SetTimer phase 10",
        "Report starting",
    ]
    world.settle()
    assert (world.phase(), world.state.deaths) == (Phase.RUNNING, 1)


def test_another_watch_that_holds_does_not_spoil_a_recovery() -> None:
    """The watch that called for it is asked, no other."""
    world = reviving()
    world.exits(ending=Ending.DONE)
    assert "Report recovered" in world.judged("hunger")


def test_a_recovery_after_which_the_watch_still_holds_has_failed() -> None:
    """It is tried again later, with a reason of its own, and counts as a failure."""
    world = reviving()
    world.exits(ending=Ending.DONE)
    assert world.judged("death") == [
        "Report recovery_failed",
        "WatchNothing",
        "SetTimer phase 0.5",
        "Report backoff",
    ]
    assert world.state.reason == "death still holds after the recovery"
    world.lets_go()
    assert "StartChild recovery 3" in world.fires()


@pytest.mark.parametrize("ending", [Ending.CRASHED, Ending.ENVIRONMENT, Ending.KILLED])
def test_a_recovery_that_crashes_is_tried_again(ending: Ending) -> None:
    """Later, and the deathwatch is not asked: there is nothing to judge."""
    world = reviving()
    assert "Report backoff" in world.exits(ending=ending)
    assert world.state.reason == "the recovery failed: it broke"
    assert world.judging is None


def test_a_recovery_that_cannot_work_fails_the_bot() -> None:
    """What is wrong with the bot itself is not tried again."""
    world = reviving()
    world.exits(ending=Ending.INVALID, why="no function revive")
    world.settle()
    assert world.phase() is Phase.FAILED
    assert world.state.reason == "the recovery failed: no function revive"


def test_a_recovery_that_takes_too_long_is_ended() -> None:
    """It failed, whatever it says at its end."""
    world = reviving()
    assert world.fires() == ["CloseGate", "LetGo", "KillChild recovery 2"]
    assert "Report recovery_failed" in world.exits(ending=Ending.DONE)
    assert world.state.reason == "the recovery took too long"


def test_recoveries_that_keep_failing_fail_the_bot() -> None:
    """Five more are tried, with longer and longer waits; then one notice."""
    world = reviving()
    waits = []
    while PLAYER in world.processes:
        world.exits(ending=Ending.CRASHED)
        if world.phase() is Phase.BACKOFF:
            before = world.now
            world.fires()
            waits.append(world.now - before)
        world.settle()
    assert waits == pytest.approx([0.5, 1.0, 2.0, 4.0, 8.0], abs=0.01)
    assert world.phase() is Phase.FAILED
    assert "5 restarts in 10m did not help" in world.state.reason


def test_without_a_recovery_a_death_restarts_the_routine() -> None:
    """Nothing is judged: there was nothing that could have helped."""
    world = playing(make_plan())
    world.sees("recover")
    world.exits(ending=Ending.KILLED)
    assert "StartChild routine 2" in world.lets_go()


def test_a_restart_by_verdict_skips_the_recovery() -> None:
    """A hang, say, is no death."""
    world = playing(REVIVING)
    world.sees("restart")
    world.exits(ending=Ending.KILLED)
    assert "StartChild routine 2" in world.lets_go()


def test_a_stop_by_verdict_ends_the_run() -> None:
    """The reason is the watch; nothing starts again, not even where the routine always would."""
    world = playing(make_plan(restart="always"))
    assert world.sees("stop") == DYING
    world.settle()
    assert (world.phase(), world.state.reason) == (Phase.IDLE, "death was seen")


def test_a_pause_by_verdict_is_lasting_and_told() -> None:
    """The life stands still until the user resumes."""
    world = playing()
    assert world.sees("pause", watch="dialog") == [
        "Report verdict",
        "HoldLife 1",
        "WatchOnly",
        "LetGo",
        "SetTimer phase 0.3",
        "Report pausing",
        'Notify "Koules: dialog was seen"',
    ]
    world.settle()
    assert (world.phase(), world.state.reason) == (Phase.PAUSED, "dialog was seen")


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ("notify", ["Report verdict", 'Notify "Koules: death was seen"']),
        ("send", ["Report verdict"]),
    ],
)
def test_a_verdict_that_only_tells_changes_nothing(then: str, told: list[str]) -> None:
    """A notice is shown; a message reached the routine without the engine."""
    world = playing()
    before = world.state
    assert world.sees(then) == told
    assert world.state == before


def test_the_first_verdict_latches_until_its_recovery_has_ended() -> None:
    """Others are told of and change nothing: not what follows, not the count of deaths."""
    world = playing(REVIVING)
    world.sees("recover")
    for _ in range(2):
        assert world.sees("stop", watch="hunger") == ["Report verdict"]
        assert world.state.latched is not None
        assert world.state.latched.watch == "death"
        world.settle()
    assert world.phase() is Phase.RECOVERING
    assert world.state.deaths == 1


def test_a_verdict_about_a_former_life_changes_nothing() -> None:
    """The life that plays now is not ended for what another one's watch has seen."""
    world = playing()
    world.concludes("recover")
    late = world.verdicts.pop()
    world.exits()
    world.fires()
    world.settle()
    assert world.hear(e.VerdictReached(world.now, late)) == ["Report verdict"]
    assert world.phase() is Phase.RUNNING


def test_the_last_death_allowed_fails_the_bot() -> None:
    """The limit is the number of deaths at which the bot is given up, without another recovery."""
    world = playing(make_plan(recovery="routine:revive", max_deaths=2))
    world.sees("recover")
    world.settle()
    world.exits(ending=Ending.DONE)
    world.settle()
    assert world.phase() is Phase.RUNNING
    world.sees("recover")
    world.settle()
    assert world.phase() is Phase.FAILED
    assert world.state.reason == "2 deaths, the limit of this bot"


def test_a_stop_at_the_last_death_allowed_is_a_stop() -> None:
    """What the watch asks for comes first."""
    world = playing(make_plan(max_deaths=1))
    world.sees("stop")
    world.settle()
    assert world.phase() is Phase.IDLE


def test_a_verdict_ends_a_frozen_life_too() -> None:
    """A pause by verdict is no shelter from a death."""
    world = playing()
    world.sees("pause")
    world.fires()
    assert world.state.suspended
    assert world.sees("recover")[-1] == "KillChild routine 1"
    world.settle()
    assert (world.phase(), world.state.life) == (Phase.RUNNING, 2)
    assert not world.state.suspended


def test_while_the_user_has_paused_a_verdict_only_notifies() -> None:
    """Whatever the watch wants; the life stays as it is."""
    for then in ("recover", "stop", "restart", "pause"):
        world = paused()
        assert world.sees(then) == ["Report verdict", 'Notify minor "Koules: death was seen"']
        assert (world.phase(), world.state.deaths) == (Phase.PAUSED, 0)


def test_what_a_verdict_was_and_did_is_reported() -> None:
    """Watch, score and times, for the event stream and the log."""
    world = playing()
    world.concludes("recover")
    verdict = e.VerdictReached(world.now, world.verdicts.pop())
    report = reports(world, verdict)[0]
    assert report.fields == {
        "watch": "death",
        "then": "recover",
        "score": 0.97,
        "rect": None,
        "latency_ms": pytest.approx(15.0),
        "gate_ms": pytest.approx(19.0),
        "received_ms": pytest.approx(20.0),
        "why": "",
        "acted": True,
    }


def test_how_fast_a_life_was_ended_is_reported() -> None:
    """From the engine's receipt of the verdict to the process being gone, and from the picture."""
    world = playing()
    world.sees("recover")
    world.later(0.004)
    process = world.processes.pop(PLAYER)
    gone = e.ChildExited(world.now, process.name, process.life, Exit(Ending.KILLED))
    report = reports(world, gone)[0]
    assert report.fields["stop_ms"] == pytest.approx(4.0)
    assert report.fields["seen_to_gone_ms"] == pytest.approx(24.0)
    assert report.fields["watch"] == "death"
