"""What do watches do while a bot is paused, and what is judged when it plays on?"""

from collections.abc import Iterator

import pytest

from tests.desktop import Desktop
from tests.e2e.painter import COIN, FLAG, SKULL, Painter, painter
from tests.e2e.shared import IDLE, PLAY, SharedDaemon, let_pass, on, shared_daemon, watch

pytestmark = pytest.mark.e2e

SKULL_HERE, FLAG_HERE, COIN_HERE = (50, 40, SKULL), (150, 40, FLAG), (150, 120, COIN)
COIN_WATCH = watch("coin", see="coin.png")
#: Counts also the ticks of its deathwatch, so that a test can act in the middle of one.
COUNTS_LOOKS = """
def play(bot):
    looked_at, last = bot._birth.memory.looked_at, 0.0
    while True:
        if looked_at.value != last:
            last = looked_at.value
            bot.count("looks")
        bot.count("rounds")
        bot.sleep(0.01)
"""
READS = """
def play(bot):
    while True:
        for message in bot.messages:
            bot.count("messages")
        bot.count("rounds")
        bot.sleep(0.02)
"""


@pytest.fixture(scope="module")
def daemon(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedDaemon]:
    """A daemon for this file."""
    with shared_daemon(tmp_path_factory.mktemp("home")) as daemon:
        yield daemon


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Painter]:
    """A grey window."""
    with painter(desktop.display) as canvas:
        yield canvas


def death(**options: object) -> str:
    """Give a watch for the skull that begins a new life."""
    return watch("death", see="skull.png", **{"then": "restart"} | options)


def pause(daemon: SharedDaemon, canvas: Painter) -> int:
    """Pause as the user does, and wait until the deathwatch has heard of it; give the life."""
    assert daemon.ask("pause")["ok"]
    canvas.paint(COIN_HERE)
    daemon.heard("verdict", watch="coin")
    return int(daemon.status()["life"])


def test_while_the_user_has_paused_a_death_is_only_told(
    daemon: SharedDaemon, canvas: Painter
) -> None:
    """The paused life stays; what still holds at the resume ends it at once."""
    with daemon.playing(on(canvas, death(), COIN_WATCH)):
        life = pause(daemon, canvas)
        canvas.paint(SKULL_HERE)
        verdict = daemon.heard("verdict", watch="death")
        assert (verdict["acted"], verdict["gate_ms"]) == (False, None)
        daemon.heard("notice", text=f"{daemon.status()['title']}: death was seen")
        status = daemon.status()
        assert (status["phase"], status["life"], status["deaths"]) == ("paused", life, 0)
        daemon.ask("resume")
        again = daemon.heard("verdict", watch="death")
        assert (again["acted"], again["life"]) == (True, life)
        assert daemon.heard("running")["life"] == life + 1
        assert not daemon.told("resumed")


def test_a_death_that_is_over_at_the_resume_is_forgotten(
    daemon: SharedDaemon, canvas: Painter
) -> None:
    """The same life plays on, and dies of the next one."""
    with daemon.playing(on(canvas, death(), COIN_WATCH)):
        life = pause(daemon, canvas)
        canvas.paint(SKULL_HERE)
        assert not daemon.heard("verdict", watch="death")["acted"]
        canvas.paint()
        assert daemon.ask("resume")["ok"]
        daemon.heard("resumed")
        daemon.go_round()
        assert daemon.status()["life"] == life
        canvas.paint(SKULL_HERE)
        assert daemon.heard("verdict", watch="death")["acted"]


def test_a_gate_closed_in_the_moment_of_the_pause_costs_the_life(
    daemon: SharedDaemon, canvas: Painter
) -> None:
    """A death seen before the pause and concluded after it ends no pause; but that life is over."""
    sizes = [1 + step / 60 for step in range(60)]
    slow = f"{PLAY}[bot]\n{death(every='1ms', scales=sizes)}"
    with daemon.playing(slow, COUNTS_LOOKS):
        daemon.go_round(1, "looks")
        daemon.go_round(4)
        canvas.paint(SKULL_HERE)
        daemon.go_round(1, "looks")
        daemon.go_round(4)
        assert daemon.ask("pause")["ok"]
        life = daemon.status()["life"]
        verdict = daemon.heard("verdict", watch="death")
        assert verdict["gate_ms"], "the look was over too soon"
        assert not verdict["acted"]
        assert daemon.status()["phase"] == "paused"
        canvas.paint()
        daemon.ask("resume")
        assert daemon.heard("running")["life"] == life + 1
        assert daemon.status()["deaths"] == 0


def test_nothing_is_sent_to_a_paused_routine(daemon: SharedDaemon, canvas: Painter) -> None:
    """It gets its message after the resume, if there is still something to tell."""
    here = watch("here", see="skull.png", then="send")
    with daemon.playing(on(canvas, here, COIN_WATCH), READS):
        before = daemon.counted("messages")
        pause(daemon, canvas)
        canvas.paint(SKULL_HERE)
        daemon.heard("verdict", watch="here")
        canvas.paint()
        assert daemon.ask("resume")["ok"]
        daemon.go_round()
        assert daemon.counted("messages") == before
        pause(daemon, canvas)
        canvas.paint(SKULL_HERE)
        daemon.heard("verdict", watch="here")
        assert daemon.ask("resume")["ok"]
        daemon.go_round()
        assert daemon.counted("messages") == before + 1


def test_a_pause_by_a_watch_is_no_shelter(daemon: SharedDaemon, canvas: Painter) -> None:
    """Only while the user has paused is a verdict merely told."""
    halt = watch("halt", see="flag.png", then="pause")
    with daemon.playing(on(canvas, death(then="stop"), halt)):
        canvas.paint(FLAG_HERE)
        daemon.heard("paused", by="verdict")
        canvas.paint(FLAG_HERE, SKULL_HERE)
        assert daemon.heard("verdict", watch="death")["acted"]
        daemon.heard("stopped")


def played_until_verdict(daemon: SharedDaemon, watch_name: str) -> float:
    """Give the seconds from the first step to the verdict, less those of the one pause."""
    verdict = daemon.heard("verdict", watch=watch_name)
    (began,), (left,), (resumed,) = map(daemon.told, ("running", "pausing", "resumed"))
    return float(verdict["t"] - began["t"] - (resumed["t"] - left["t"]))


@pytest.mark.parametrize("who", ["user", "verdict"])
def test_paused_time_makes_no_life_older(daemon: SharedDaemon, canvas: Painter, who: str) -> None:
    """A timer counts the time in which the life played, whoever has paused it."""
    timer = watch("old", kind="timer", after="700ms")
    halt = watch("halt", see="flag.png", then="pause")
    with daemon.playing(on(canvas, timer, halt)):
        daemon.ask("pause") if who == "user" else canvas.paint(FLAG_HERE)
        daemon.heard("paused", by=who)
        let_pass(0.8)
        canvas.paint()
        assert not [one for one in daemon.told("verdict") if one["watch"] == "old"]
        assert daemon.ask("resume")["ok"]
        assert played_until_verdict(daemon, "old") >= 0.6


def test_paused_time_makes_nothing_stand_still(daemon: SharedDaemon, canvas: Painter) -> None:
    """`still` counts the time in which the life played."""
    with daemon.playing(on(canvas, watch("still", kind="still", for_="700ms")), IDLE):
        daemon.ask("pause")
        daemon.heard("paused")
        let_pass(0.8)
        assert not daemon.told("verdict")
        assert daemon.ask("resume")["ok"]
        assert played_until_verdict(daemon, "still") >= 0.6
