"""Does the user see what is so, and does the menu offer what is possible?"""

from collections.abc import Callable

import pytest

from tests.core import chapters
from tests.core.bots import make_plan
from tests.core.world import World
from traybot.core import events as e
from traybot.core.status import present, status_line

pytestmark = pytest.mark.anywhere

ACTIONS: dict[str, type[e.Request]] = {
    "start": e.StartRequested,
    "pause": e.PauseRequested,
    "resume": e.ResumeRequested,
    "stop": e.StopRequested,
    "quit": e.QuitRequested,
}
each_chapter = pytest.mark.parametrize(
    "chapter", chapters.CHAPTERS, ids=lambda chapter: chapter.__name__.lower()
)


@each_chapter
def test_the_icon_is_the_phase(chapter: Callable[[], World]) -> None:
    """One picture for each; the tooltip says the same in words."""
    world = chapter()
    status = present(world.state)
    assert status.icon == world.phase()
    assert status.tooltip == f"traybot: {status_line(world.state)}"
    assert status.menu[0].label == status_line(world.state)


@each_chapter
def test_what_the_menu_offers_is_not_refused(chapter: Callable[[], World]) -> None:
    """A line that can be clicked does what it says; there is always a way to stop and to quit."""
    offered = [item.action for item in present(chapter().state).menu if item.enabled]
    for action in offered:
        if action in ACTIONS:
            world = chapter()
            world.ask(ACTIONS[action])
            world.settle()
            assert world.answer() == (0, "")
    assert "quit" in offered
    assert ("stop" in offered) != ("start" in offered)


@pytest.mark.parametrize(
    ("chapter", "line"),
    [
        (World, "idle"),
        (chapters.playing, "Koules running"),
        (chapters.paused, "Koules paused: by test"),
        (chapters.reviving, "Koules recovering (1 death): death was seen"),
        (chapters.waiting, "Koules backoff: the routine ended: it broke"),
        (chapters.failed, "Koules failed: it broke"),
    ],
)
def test_one_line_says_where_the_bot_is_and_why(chapter: Callable[[], World], line: str) -> None:
    """Which bot, what is going on, how many deaths, the reason."""
    assert status_line(chapter().state) == line


def test_what_the_input_waits_for_comes_first() -> None:
    """It is what the user can do something about."""
    world = chapters.playing()
    world.hear(e.ChildBlocked(world.now, "routine", 1, "its window is not in front"))
    assert status_line(world.state) == "Koules running: its window is not in front"


def test_the_menu_shows_every_bot_and_marks_the_chosen_one() -> None:
    """One with a mistake is there and cannot be chosen; while one plays none can."""
    world = World(make_plan(), make_plan("xjump"))
    world.ask(e.BotChosen, bot="xjump")
    world.hear(e.BotsFound(world.now, (("koules", "it is wrong"), ("xjump", ""))))
    bots = [item for item in present(world.state).menu if item.radio]
    assert [(bot.label, bot.enabled, bot.checked) for bot in bots] == [
        ("koules (has a mistake)", False, False),
        ("xjump", True, True),
    ]
    world.ask(e.StartRequested)
    world.settle()
    assert not any(item.enabled for item in present(world.state).menu if item.radio)


def test_the_menu_says_that_there_is_no_bot() -> None:
    """And offers no start."""
    world = World()
    world.hear(e.BotsFound(world.now))
    menu = present(world.state).menu
    assert "no bots yet" in [item.label for item in menu]
    assert "start" not in [item.action for item in menu if item.enabled]
