"""Does a start lead to a watched, open gate, once and only once?"""

import pytest

from tests.core.bots import REVIVING, make_plan
from tests.core.chapters import paused, playing
from tests.core.world import WATCHER, World
from traybot.core import events as e
from traybot.core import policy
from traybot.core.exits import Ending
from traybot.core.phases import Phase

pytestmark = pytest.mark.anywhere


def test_a_start_reads_the_bot_then_starts_all_it_needs() -> None:
    """The routine is started before its deathwatch, behind a closed gate, with a time limit."""
    world = World(make_plan(program=("game",), max_hours=2.0))
    assert world.ask(e.StartRequested) == ["LoadBot koules", "SetTimer phase 10"]
    assert world.phase() is Phase.STARTING
    assert world.loaded() == [
        "StartProgram",
        "HoldLife 1",
        "StartChild routine 1",
        "SetTimer phase 10",
        "Report starting",
        "StartChild deathwatch 1",
        "SetTimer hours 7200",
    ]


@pytest.mark.parametrize("first", ["player", WATCHER])
def test_the_gate_opens_when_both_are_ready(first: str) -> None:
    """Nobody plays unwatched, whoever is ready first; the watch begins before the playing."""
    world = World()
    world.ask(e.StartRequested)
    world.loaded()
    assert world.ready(first) == []
    second = WATCHER if first == "player" else "player"
    assert world.ready(second) == ["WatchLife 1", "FreeLife 1", "Report running", "Reply 0"]
    assert world.phase() is Phase.RUNNING


def test_the_gate_stays_closed_until_hands_has_let_go_of_the_former_life() -> None:
    """A key of one life is never down while the next one plays."""
    world = playing()
    world.exits()
    world.fires()
    world.ready()
    assert world.phase() is Phase.STARTING
    assert world.lets_go() == ["WatchLife 2", "FreeLife 2", "Report running"]


def test_a_bot_with_a_mistake_starts_nothing() -> None:
    """Who started it gets exit code 5 and the mistake; the user gets one notice."""
    world = World()
    world.ask(e.StartRequested)
    assert world.refused("koules/bot.toml:3: it is wrong") == [
        "Reply 5 koules/bot.toml:3: it is wrong",
        "Report refused",
        'Notify "koules/bot.toml:3: it is wrong"',
    ]
    assert world.phase() is Phase.IDLE
    assert world.state.reason == "koules/bot.toml:3: it is wrong"


def test_a_second_start_changes_nothing() -> None:
    """A bot that starts or plays is not started again, and that is no mistake."""
    world = World()
    world.ask(e.StartRequested)
    assert world.ask(e.StartRequested) == []
    world.loaded()
    world.ready()
    assert world.ready(WATCHER)[-2:] == ["Reply 0", "Reply 0"]
    assert world.ask(e.StartRequested) == ["Reply 0"]


def test_another_bot_waits_for_a_stop() -> None:
    """One bot plays at a time; the refusal says what to do."""
    world = World(make_plan(), make_plan("xjump"))
    world.ask(e.StartRequested, bot="koules")
    world.settle()
    told = "cannot start xjump: koules is running (stop it first)"
    assert world.ask(e.StartRequested, bot="xjump") == [f"Reply 4 {told}"]
    told = "cannot choose xjump: koules is running (stop it first)"
    assert world.ask(e.BotChosen, bot="xjump") == [f"Reply 4 {told}"]


def test_a_start_during_a_stop_is_not_lost() -> None:
    """It begins once the stop is complete; both are answered."""
    world = playing()
    world.ask(e.StopRequested)
    assert world.ask(e.StartRequested) == []
    world.exits(ending=Ending.KILLED)
    world.exits(WATCHER, Ending.KILLED)
    assert world.lets_go() == ["Report stopped", "LoadBot koules", "SetTimer phase 10", "Reply 0"]
    world.settle()
    assert world.phase() is Phase.RUNNING


def test_a_start_during_a_failing_stop_is_not_lost() -> None:
    """The failure is told, then the new run begins."""
    world = playing(make_plan(restart="never"))
    world.exits()
    assert world.phase() is Phase.STOPPING
    world.ask(e.StartRequested)
    world.exits(WATCHER, Ending.KILLED)
    told = world.lets_go()
    assert told == [
        "Report failed",
        'Notify "Koules has failed: the routine ended: it broke"',
        "LoadBot koules",
        "SetTimer phase 10",
    ]
    world.settle()
    assert world.phase() is Phase.RUNNING


def test_of_two_starts_during_a_stop_the_last_wins() -> None:
    """Who asked for the other bot is told so."""
    world = World(make_plan(), make_plan("xjump"))
    world.ask(e.StartRequested, bot="koules")
    world.settle()
    world.ask(e.StopRequested)
    world.ask(e.StartRequested, bot="koules")
    world.ask(e.StartRequested, bot="xjump")
    world.settle()
    assert world.state.bot == "xjump"
    assert world.answers[-2:] == [
        (4, "cannot start koules: xjump was started instead"),
        (0, ""),
    ]


def test_an_answer_for_a_start_that_was_stopped_is_not_heard() -> None:
    """A bot that was read too late does not take another one's place."""
    world = World(make_plan(), make_plan("xjump"))
    world.ask(e.StartRequested, bot="koules")
    world.ask(e.StopRequested)
    world.lets_go()
    world.ask(e.StartRequested, bot="xjump")
    assert world.loaded() == []
    assert world.hear(e.BotRefused(world.now, 1, "koules", "it is wrong")) == []
    world.settle()
    assert world.state.plan == world.plans["xjump"]


def test_a_bot_is_read_anew_for_each_start() -> None:
    """What was read for a start that was stopped is not played by the next one: it may be older."""
    world = World()
    world.ask(e.StartRequested)
    world.ask(e.StopRequested)
    world.lets_go()
    world.ask(e.StartRequested)
    assert world.loaded() == []
    assert world.loaded()[1:2] == ["StartChild routine 1"]


def test_a_folder_that_does_not_answer_is_not_waited_for_for_ever() -> None:
    """The start is refused with the reason, and what the folder says later is not heard."""
    world = World()
    world.ask(e.StartRequested)
    told = "cannot read koules: its folder does not answer (is it on a drive that is gone?)"
    assert world.fires() == [f"Reply 5 {told}", "Report refused", f'Notify "{told}"']
    assert (world.phase(), world.state.reason) == (Phase.IDLE, told)
    assert world.loaded() == []
    world.ask(e.StartRequested)
    world.settle()
    assert world.phase() is Phase.RUNNING


def test_a_stop_does_not_wait_for_the_bot_to_be_read() -> None:
    """Nothing plays yet: it is at rest as soon as hands has answered."""
    world = World()
    world.ask(e.StartRequested)
    world.ask(e.StopRequested)
    world.lets_go()
    assert (world.phase(), world.answer()) == (Phase.IDLE, (0, ""))


@pytest.mark.parametrize(
    ("bots", "wish", "told"),
    [
        ([], "", "cannot start: there is no bot (make one with: traybot new NAME)"),
        (["a", "b"], "", "cannot start: no bot is chosen (name one of a, b)"),
        (["a", "b"], "c", "cannot find a bot named c (known: a, b)"),
        ([], "c", "cannot find a bot named c (known: none)"),
    ],
)
def test_a_start_without_a_bot_says_what_to_do(bots: list[str], wish: str, told: str) -> None:
    """What is meant must be known; nothing starts by guess."""
    world = World()
    world.hear(e.BotsFound(world.now, tuple((name, "") for name in bots)))
    assert world.ask(e.StartRequested, bot=wish) == [f"Reply 1 {told}"]
    assert world.ask(e.BotChosen, bot=wish) == [f"Reply 1 {told}"]
    assert world.phase() is Phase.IDLE


def test_the_only_bot_needs_no_name() -> None:
    """With one bot there is nothing to choose."""
    assert World(make_plan("only")).ask(e.StartRequested) == ["LoadBot only", "SetTimer phase 10"]


def test_the_chosen_bot_is_the_one_that_start_means() -> None:
    """Choosing lasts until another choice."""
    world = World(make_plan(), make_plan("xjump"))
    assert world.ask(e.BotChosen, bot="xjump") == ["Reply 0"]
    assert world.ask(e.StartRequested) == ["LoadBot xjump", "SetTimer phase 10"]


def test_another_choice_clears_what_was_told_of_the_former_bot() -> None:
    """Its title, its deaths and its failure are not the new one's."""
    world = World(make_plan(restart="never"), make_plan("xjump"))
    world.ask(e.StartRequested, bot="koules")
    world.settle()
    world.sees("restart")
    world.settle()
    world.exits()
    world.settle()
    assert (world.phase(), world.state.deaths) == (Phase.FAILED, 1)
    world.ask(e.BotChosen, bot="koules")
    assert world.phase() is Phase.FAILED
    world.ask(e.BotChosen, bot="xjump")
    assert (world.phase(), world.state.deaths, world.state.plan) == (Phase.IDLE, 0, None)


def test_a_routine_that_does_not_get_ready_is_ended() -> None:
    """Its late word opens no gate; it counts as a crash with a reason of its own."""
    world = World()
    world.ask(e.StartRequested)
    world.loaded()
    world.ready(WATCHER)
    assert world.fires() == ["CloseGate", "LetGo", "KillChild routine 1"]
    assert world.ready() == []
    world.exits(ending=Ending.KILLED)
    assert world.phase() is Phase.BACKOFF
    assert world.state.reason == "the routine ended: not ready within 10s"
    told = "cannot go on: koules is backoff: the routine ended: not ready within 10s"
    assert world.answers == [(1, told)]


def test_a_deathwatch_that_does_not_get_ready_is_replaced() -> None:
    """Each one has the same time; the routine waits meanwhile."""
    world = World()
    world.ask(e.StartRequested)
    world.loaded()
    world.ready()
    for life in (1, 2):
        assert world.fires() == [f"KillChild deathwatch {life}"]
        assert world.exits(WATCHER, Ending.KILLED) == [
            "Report deathwatch_lost",
            "HoldLife 1",
            f"StartChild deathwatch {life + 1}",
            "SetTimer phase 10",
        ]
    assert "FreeLife 1" in world.ready(WATCHER)


def test_a_routine_that_is_done_at_once_was_started() -> None:
    """Who waits for its start is not told of a failure, though the gate never opened."""
    world = World()
    world.ask(e.StartRequested)
    world.loaded()
    world.ready()
    world.exits(ending=Ending.DONE)
    world.settle()
    assert world.answers == [(0, "")]
    assert (world.state.phase, world.state.reason) == (Phase.IDLE, "finished")


def test_a_start_of_a_paused_bot_says_what_is_meant() -> None:
    """A paused bot is resumed; start does not do that by guess."""
    told = "cannot start koules: it is paused (resume or stop it)"
    assert paused().ask(e.StartRequested) == [f"Reply 4 {told}"]


def test_a_start_of_a_waiting_bot_says_what_is_meant() -> None:
    """A bot that waits for its restart is restarted at once by a restart alone."""
    world = playing()
    world.exits()
    told = "cannot start koules: it is backoff (restart or stop it)"
    assert world.ask(e.StartRequested) == [f"Reply 4 {told}"]


def test_a_program_that_ends_is_started_again_if_the_bot_wants_it() -> None:
    """A little later, and only while its run lasts."""
    world = playing(make_plan(program=("game",), program_restart=True))
    ended = e.ProgramExited(world.now, 1)
    assert world.hear(ended) == ["Report program_exited", "SetTimer program 1"]
    assert world.fires("program") == ["StartProgram"]
    world.hear(ended)
    world.ask(e.StopRequested)
    assert world.fires("program") == []


def test_a_program_that_nobody_wants_again_is_only_told_of() -> None:
    """Its end is the routine's business."""
    world = playing(REVIVING)
    assert world.hear(e.ProgramExited(world.now, 0)) == ["Report program_exited"]


def test_a_program_that_keeps_ending_fails_the_bot() -> None:
    """Its restarts have the same bounds as everybody's."""
    world = playing(make_plan(program=("game",), program_restart=True))
    for _ in range(policy.RESTARTS):
        world.hear(e.ProgramExited(world.now, 1))
        world.fires("program")
    world.hear(e.ProgramExited(world.now, 1))
    world.settle()
    assert world.phase() is Phase.FAILED
    assert world.state.reason == "the program keeps ending"


def test_a_game_that_closes_when_it_is_over_is_started_again_for_ever() -> None:
    """An end with code 0 of a program that was used is no failure; one at once is."""
    world = playing(make_plan(program=("game",), program_restart=True))
    for _ in range(3 * policy.RESTARTS):
        world.later(policy.PROGRAM_USED_SECONDS)
        world.hear(e.ProgramExited(world.now, 0))
        assert world.fires("program") == ["StartProgram"]
    for _ in range(policy.RESTARTS):
        world.hear(e.ProgramExited(world.now, 0))
        world.fires("program")
    world.hear(e.ProgramExited(world.now, 0))
    world.settle()
    assert world.phase() is Phase.FAILED


def test_a_program_that_cannot_be_started_ends_the_run_with_its_reason() -> None:
    """No wait makes one of a name that is none; whoever waits for the start hears why."""
    world = World(make_plan(program=("game",)))
    world.ask(e.StartRequested, bot="koules")
    world.loaded()
    why = "cannot start the program game: No such file or directory"
    world.hear(e.ProgramExited(world.now, None, why))
    world.settle()
    assert (world.phase(), world.state.reason) == (Phase.FAILED, why)
    assert world.answers[-1][0] == 5
