"""Does a bot whose picture is no good hold still, and play on by itself?"""

import pytest

from tests.core.bots import REVIVING
from tests.core.chapters import paused, playing
from tests.core.world import WATCHER, World
from traybot.core import events as e
from traybot.core.health import Trouble
from traybot.core.phases import Phase
from traybot.core.state import DEATHWATCH
from traybot.core.status import status_line


def blind(trouble: Trouble = Trouble.BLACK) -> World:
    """A bot has paused because of its picture."""
    world = playing(REVIVING)
    world.sight(trouble)
    world.settle()
    return world


def test_it_pauses_and_says_why() -> None:
    """The gate closes, what is held goes, and the deathwatch goes on looking."""
    world = playing()
    told = world.sight(Trouble.BLACK)
    assert told[:4] == ["Report sight", "HoldLife 1", "WatchOnly", "LetGo"]
    assert world.phase() is Phase.PAUSING
    world.settle()
    assert world.phase() is Phase.PAUSED
    assert status_line(world.state) == "Koules paused: the picture is black"


def test_it_plays_on_when_the_picture_is_good_again() -> None:
    """After a look, like every resume."""
    world = blind()
    assert world.sight(Trouble.NONE) == ["Report sight", "Judge 1", "SetTimer phase 3"]
    assert "FreeLife 1" in world.judged()
    assert world.phase() is Phase.RUNNING


def test_another_trouble_is_another_reason() -> None:
    """It is one pause."""
    world = blind()
    assert world.sight(Trouble.GONE) == ["Report sight"]
    assert status_line(world.state) == "Koules paused: the window or the screen is gone"
    world.sight(Trouble.NONE)
    world.judged()
    assert world.phase() is Phase.RUNNING


def test_a_relapse_during_the_look_keeps_it_paused() -> None:
    """What was to play on does not; the next good picture counts."""
    world = blind()
    world.sight(Trouble.NONE)
    assert world.sight(Trouble.MINIMIZED) == ["Report sight", "WatchOnly"]
    world.judged()
    assert world.phase() is Phase.PAUSED
    world.sight(Trouble.NONE)
    world.judged()
    assert world.phase() is Phase.RUNNING


def test_who_has_paused_by_hand_stays_paused() -> None:
    """Before the trouble or during it."""
    world = paused()
    world.sight(Trouble.BLACK)
    world.sight(Trouble.NONE)
    assert (world.phase(), world.state.judging) == (Phase.PAUSED, False)
    world = blind()
    world.ask(e.PauseRequested)
    world.sight(Trouble.NONE)
    assert (world.phase(), world.state.judging) == (Phase.PAUSED, False)


def test_who_resumes_by_hand_is_obeyed() -> None:
    """A person sees more than we do; the status still says what is wrong."""
    world = blind()
    world.ask(e.ResumeRequested)
    world.judged()
    assert world.phase() is Phase.RUNNING
    assert status_line(world.state) == "Koules running: the picture is black"
    world.sight(Trouble.NONE)
    assert status_line(world.state) == "Koules running"


def test_a_verdict_counts_meanwhile() -> None:
    """The game may have died while nobody could see it."""
    world = blind(Trouble.MINIMIZED)
    world.sees("recover")
    assert world.phase() is Phase.DEAD


def test_what_does_not_come_back_ends_the_life_that_waits() -> None:
    """The next one may bring it back; it is no death."""
    world = blind(Trouble.GONE)
    world.sight(Trouble.LOST)
    assert world.phase() is Phase.DEAD
    world.settle()
    assert (world.phase(), world.state.life, world.state.deaths) == (Phase.RUNNING, 2, 0)
    assert world.state.trouble is Trouble.NONE


@pytest.mark.parametrize("life", [7, 2])
def test_another_lifes_picture_is_nobodys_business(life: int) -> None:
    """What was glanced at for one life says nothing of the next."""
    world = playing()
    assert world.sight(Trouble.BLACK, life) == []


def test_the_same_again_is_nothing_new() -> None:
    """A deathwatch that was started anew says what is known."""
    world = playing()
    assert world.sight(Trouble.NONE) == []


def test_a_locked_screen_outlasts_its_black_picture() -> None:
    """It plays on when the session is back, not when the picture is."""
    world = blind()
    world.session(e.SessionAway, "lock")
    world.sight(Trouble.NONE)
    assert (world.phase(), world.state.judging) == (Phase.PAUSED, False)
    world.session(e.SessionBack, "lock")
    world.judged()
    assert world.phase() is Phase.RUNNING


def test_a_new_deathwatch_glances_for_a_life_that_waits() -> None:
    """Else nobody would tell that the picture is good again."""
    world = blind()
    world.exits(WATCHER)
    world.ready(WATCHER)
    assert (world.phase(), world.watched, world.gating) == (Phase.PAUSED, 1, False)
    world.sight(Trouble.NONE)
    world.judged()
    assert world.phase() is Phase.RUNNING


def test_after_an_unlock_it_waits_for_the_picture_that_was_lost_meanwhile() -> None:
    """Nobody tells of it a second time: it goes on waiting, and plays on when it is back."""
    world = playing(REVIVING)
    world.session(e.SessionAway, "lock")
    world.settle()
    world.sight(Trouble.GONE)
    assert world.session(e.SessionBack, "lock") == ["Report back"]
    assert (world.phase(), world.state.judging) == (Phase.PAUSED, False)
    assert status_line(world.state) == "Koules paused: the window or the screen is gone"
    world.sight(Trouble.NONE)
    world.judged()
    assert world.phase() is Phase.RUNNING


def test_what_was_lost_for_good_behind_a_lock_ends_the_life_after_it() -> None:
    """As it would have without the lock."""
    world = playing(REVIVING)
    world.session(e.SessionAway, "lock")
    world.settle()
    world.sight(Trouble.GONE)
    world.sight(Trouble.LOST)
    assert world.phase() is Phase.PAUSED
    assert "KillChild routine 1" in world.session(e.SessionBack, "lock")
    world.settle()
    assert (world.phase(), world.state.life, world.state.deaths) == (Phase.RUNNING, 2, 0)


def test_a_watch_that_cannot_look_is_told_until_it_can() -> None:
    """Nobody is protected by it; a new deathwatch begins with good eyes."""
    world = playing()
    blind = lambda why, life=1: world.hear(  # noqa: E731
        e.WatchBlind(world.now, DEATHWATCH, life, "death", why)
    )
    assert blind("its region lies outside the window") == ["Report blind"]
    assert dict(world.state.blind) == {"death": "its region lies outside the window"}
    assert blind("another reason", life=7) == [], "that deathwatch is gone"
    assert blind("") == []
    assert world.state.blind == ()
    blind("again")
    world.exits(WATCHER)
    assert world.state.blind == ()
