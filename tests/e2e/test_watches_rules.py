"""When does a watch that sees something conclude? Confirmations, holds, quiet times, priorities."""

import time
from collections.abc import Iterator

import pytest

from tests.desktop import Desktop
from tests.e2e.painter import COIN, FLAG, SKULL, Painter, painter
from tests.e2e.shared import IDLE, SharedDaemon, concluded, on, shared_daemon, watch

pytestmark = pytest.mark.e2e

SKULL_HERE, FLAG_HERE = (50, 40, SKULL), (150, 40, FLAG)
SEEN = watch("seen", see="skull.png")
#: Tells that the picture was gone for so long that every other watch has seen it too: who waits to
#: confirm something looks at its own pace, and is not woken with the others.
GONE = watch("gone", see="skull.png", absent=True, confirm=3)
#: A recovery that lasts until the coin is on the screen.
RECOVERS = f"""{IDLE}
def revive(bot):
    bot.screen.wait("coin.png", timeout=30)
"""
RECOVERY = '[recovery]\nrun = "routine:revive"\n'


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


def watches_told(daemon: SharedDaemon) -> list[str]:
    """Give the names of the watches that have concluded something, in order."""
    return [verdict["watch"] for verdict in daemon.told("verdict")]


def test_a_sighting_is_confirmed_by_further_looks(daemon: SharedDaemon, canvas: Painter) -> None:
    """With `confirm = 3` two further looks must see it, though the screen stands still."""
    confirmed = watch("it", see="skull.png", every="150ms", confirm=3)
    with daemon.playing(on(canvas, confirmed)):
        # Taken before: the first look may come while the painter still waits for its answer.
        painted = time.monotonic()
        canvas.paint(SKULL_HERE)
        daemon.heard("verdict", watch="it")
        assert 0.3 <= time.monotonic() - painted < 2.0


def test_sightings_that_are_not_consecutive_do_not_add_up(
    daemon: SharedDaemon, canvas: Painter
) -> None:
    """What is seen now and then is never confirmed."""
    confirmed = watch("it", see="skull.png", every="20ms", confirm=25)
    with daemon.playing(on(canvas, confirmed, SEEN, GONE)):
        daemon.heard("verdict", watch="gone")
        for _ in range(4):
            canvas.paint(SKULL_HERE)
            daemon.heard("verdict", watch="seen")
            daemon.go_round(10)
            canvas.paint()
            daemon.heard("verdict", watch="gone")
        assert "it" not in watches_told(daemon)


def test_what_holds_too_shortly_is_not_concluded(daemon: SharedDaemon, canvas: Painter) -> None:
    """`hold` runs from the first sighting, and begins anew after each look that sees nothing."""
    with daemon.playing(on(canvas, watch("it", see="skull.png", hold="500ms"), SEEN, GONE)):
        daemon.heard("verdict", watch="gone")
        for _ in range(3):
            canvas.paint(SKULL_HERE)
            daemon.heard("verdict", watch="seen")
            daemon.go_round(10)
            canvas.paint()
            daemon.heard("verdict", watch="gone")
        assert "it" not in watches_told(daemon)
        canvas.paint(SKULL_HERE)
        painted = time.monotonic()
        daemon.heard("verdict", watch="it")
        assert time.monotonic() - painted >= 0.5


def test_it_fires_again_only_after_it_was_seen_not_to_hold(
    daemon: SharedDaemon, canvas: Painter
) -> None:
    """A picture that stays fires once; one that goes and comes back fires again."""
    with daemon.playing(on(canvas, SEEN, GONE)):
        daemon.heard("verdict", watch="gone")
        for _ in range(2):
            canvas.paint(SKULL_HERE)
            daemon.heard("verdict", watch="seen")
            daemon.go_round(15)
            canvas.paint()
            daemon.heard("verdict", watch="gone")
        assert watches_told(daemon) == ["gone", "seen", "gone", "seen", "gone"]


def test_it_is_quiet_for_a_while_after_it_fired(daemon: SharedDaemon, canvas: Painter) -> None:
    """Within its `cooldown` nothing is concluded; what holds when it ends is."""
    quiet = watch("quiet", see="skull.png", cooldown="1s")
    with daemon.playing(on(canvas, quiet, SEEN, GONE)):
        canvas.paint(SKULL_HERE)
        first = daemon.heard("verdict", watch="quiet")
        canvas.paint()
        daemon.heard("verdict", watch="gone")
        canvas.paint(SKULL_HERE)
        again = daemon.heard("verdict", watch="seen")
        second = daemon.heard("verdict", watch="quiet")
    assert concluded(again) < concluded(first) + 1.0 <= concluded(second) + 0.0001


def test_a_cooldown_outlasts_the_life_that_it_ended(daemon: SharedDaemon, canvas: Painter) -> None:
    """The picture of a death that flickers does not end the next life too."""
    quiet = watch("quiet", see="skull.png", cooldown="1500ms", then="restart")
    with daemon.playing(on(canvas, quiet, SEEN, GONE)):
        canvas.paint(SKULL_HERE)
        first = daemon.heard("verdict", watch="quiet")
        daemon.heard("running")
        canvas.paint()
        daemon.heard("verdict", watch="gone")
        canvas.paint(SKULL_HERE)
        daemon.heard("verdict", watch="seen")
        second = daemon.heard("verdict", watch="quiet")
    assert second["life"] != first["life"]
    assert concluded(second) - concluded(first) >= 1.4999


@pytest.mark.parametrize(("stop_priority", "ends"), [(5, "stopped"), (-5, "starting")])
def test_of_two_at_once_the_higher_priority_wins(
    daemon: SharedDaemon, canvas: Painter, stop_priority: int, ends: str
) -> None:
    """Two watches see one picture in one tick: what the higher one says is done."""
    again = watch("again", see="skull.png", then="restart")
    stop = watch("stop", see="skull.png", then="stop", priority=stop_priority)
    with daemon.playing(on(canvas, again, stop)):
        daemon.heard("running")
        canvas.paint(SKULL_HERE)
        daemon.heard(ends)
        acted = [one["watch"] for one in daemon.told("verdict") if one["acted"]]
        assert acted[0] == ("stop" if stop_priority > 0 else "again")


def test_a_verdict_that_lost_counts_in_the_next_life(daemon: SharedDaemon, canvas: Painter) -> None:
    """It has changed nothing yet: what it saw still holds, and ends the next life."""
    again = watch("again", see="skull.png", then="restart", priority=5)
    stop = watch("stop", see="skull.png", then="stop")
    with daemon.playing(on(canvas, again, stop)):
        canvas.paint(SKULL_HERE)
        assert daemon.heard("verdict", acted=True)["watch"] == "again"
        daemon.heard("running")
        assert daemon.heard("verdict", acted=True)["watch"] == "stop"
        daemon.heard("stopped")


def test_the_first_verdict_latches_until_its_recovery_has_ended(
    daemon: SharedDaemon, canvas: Painter
) -> None:
    """A second one during the recovery is only told, whatever its priority, and counts after it."""
    die = watch("die", see="skull.png", then="recover")
    stop = watch("stop", see="flag.png", then="stop", priority=9)
    with daemon.playing(on(canvas, die, stop, RECOVERY), RECOVERS):
        canvas.paint(SKULL_HERE)
        daemon.heard("recovering")
        canvas.paint(SKULL_HERE, FLAG_HERE)
        assert not daemon.heard("verdict", watch="stop")["acted"]
        assert daemon.status()["phase"] == "recovering"
        canvas.paint(FLAG_HERE, (5, 150, COIN))
        daemon.heard("recovered", watch="die")
        assert daemon.heard("verdict", watch="stop")["acted"]
        assert daemon.heard("stopped")["why"] == "stop was seen"
