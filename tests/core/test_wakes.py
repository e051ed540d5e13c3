"""When may a watch sleep until something is drawn?"""

import pytest

from traybot.core.wakes import REST_SECONDS, may_look, next_look, sleeps
from traybot.core.watch import WatchState
from traybot.core.watchfile import WatchSpec

pytestmark = pytest.mark.anywhere

SEEN = WatchState(sightings=1)


@pytest.mark.parametrize("kind", ["image", "feature", "color", "text", "changed"])
def test_a_watch_of_pixels_sleeps_while_nothing_is_pending(kind: str) -> None:
    """No pixel, no other answer."""
    spec = WatchSpec("w", kind=kind)
    assert sleeps(spec, WatchState())
    assert sleeps(spec, WatchState(sightings=3, armed=False)), "it fired, and holds still"


@pytest.mark.parametrize("kind", ["image", "color", "changed"])
def test_a_pending_watch_goes_on_looking(kind: str) -> None:
    """A confirmation, a hold, a cooldown: time alone can make it fire."""
    assert not sleeps(WatchSpec("w", kind=kind, confirm=2), SEEN)


@pytest.mark.parametrize("kind", ["still", "process", "window", "timer", "silent", "progress"])
def test_what_changes_without_a_pixel_is_looked_at(kind: str) -> None:
    """Time, processes and windows draw nothing; and stillness is that nothing is drawn."""
    assert not sleeps(WatchSpec("w", kind=kind), WatchState())


def test_a_change_that_must_last_is_looked_at() -> None:
    """Its `for` goes on while the pixels stand."""
    assert not sleeps(WatchSpec("w", kind="changed", lasting=2.0), WatchState())


def test_every_is_the_pace_and_a_sleeper_looks_now_and_then() -> None:
    """Not every way to draw reaches whoever listens; a slow watch stays slow."""
    assert next_look(10.0, 0.05, asleep=False) == pytest.approx(10.05)
    assert next_look(10.0, 0.05, asleep=True) == 10.0 + REST_SECONDS
    assert next_look(10.0, 30.0, asleep=True) == 40.0


def test_a_look_that_nothing_called_for_holds_up_none() -> None:
    """After a look that was called for, `every` is kept; after one out of a rest it need not be."""
    assert may_look(10.0, 0.05, uncalled=False) == pytest.approx(10.05)
    assert may_look(10.0, 0.05, uncalled=True) == 10.0
