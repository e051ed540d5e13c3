"""Does the toggle do what fits, and does every request get its answer?"""

from collections.abc import Callable

import pytest

from tests.core import chapters
from tests.core.world import WATCHER, World
from traybot.core import events as e
from traybot.core.exits import Ending
from traybot.core.phases import Phase

pytestmark = pytest.mark.anywhere


@pytest.mark.parametrize("chapter", [World, chapters.failed, chapters.stopping])
def test_a_toggle_where_nothing_plays_is_a_start(chapter: Callable[[], World]) -> None:
    """Also during a stop: the start follows it."""
    world = chapter()
    world.ask(e.ToggleRequested)
    world.settle()
    assert (world.phase(), world.answer()) == (Phase.RUNNING, (0, ""))


def test_a_toggle_while_playing_is_a_pause() -> None:
    """As the pause request does it."""
    world = chapters.playing()
    world.ask(e.ToggleRequested)
    world.settle()
    assert (world.phase(), world.state.paused_by) == (Phase.PAUSED, "user")


@pytest.mark.parametrize(
    "chapter", [chapters.pausing, chapters.paused, chapters.frozen, chapters.looking]
)
def test_a_toggle_of_a_pause_is_a_resume(chapter: Callable[[], World]) -> None:
    """However far the pause, or its end, has come."""
    world = chapter()
    world.ask(e.ToggleRequested)
    world.settle()
    assert (world.phase(), world.answer()) == (Phase.RUNNING, (0, ""))


@pytest.mark.parametrize(
    "chapter", [chapters.starting, chapters.dying, chapters.reviving, chapters.waiting]
)
def test_a_toggle_where_nothing_fits_is_refused(chapter: Callable[[], World]) -> None:
    """Who pressed the key is told, in place of nothing happening."""
    world = chapter()
    told = f"cannot pause: nothing is running, the phase is {world.phase()}"
    if world.phase() in {Phase.DEAD, Phase.RECOVERING}:
        told = f"cannot pause while koules is {world.phase()} (wait until it runs, or stop it)"
    assert world.ask(e.ToggleRequested) == [f"Reply 4 {told}"]


def test_a_hotkeys_refusal_is_told_as_a_notice() -> None:
    """Nobody waits for the answer, but somebody pressed the key."""
    told = "cannot resume: nothing is paused, the phase is idle"
    assert World().hear(e.ResumeRequested(0.0)) == [f'Notify "{told}"']


@pytest.mark.parametrize("request_", [e.StopRequested, e.PauseRequested, e.QuitRequested])
def test_a_hotkeys_success_is_not_told(request_: type[e.Request]) -> None:
    """The icon shows it."""
    world = chapters.playing()
    told = world.hear(request_(world.now))
    world.settle()
    assert not [word for word in told if word.startswith(("Reply", "Notify"))]
    assert world.answers == [(0, "")]


def test_what_a_hotkey_started_is_told_of_once_when_it_fails() -> None:
    """A failure has one notice, whoever wished for the start."""
    world = World()
    world.hear(e.StartRequested(world.now))
    world.loaded()
    told = world.exits(ending=Ending.INVALID, why="no function play")
    told += world.exits(WATCHER, Ending.KILLED) + world.lets_go()
    assert [word for word in told if word.startswith("Notify")] == [
        'Notify "Koules has failed: no function play"'
    ]


def test_a_bot_that_a_hotkey_could_not_start_is_told_of_once() -> None:
    """A mistake in its file has one notice."""
    world = World()
    world.hear(e.StartRequested(world.now))
    assert world.refused("bot.toml:3: it is wrong") == [
        "Report refused",
        'Notify "bot.toml:3: it is wrong"',
    ]
