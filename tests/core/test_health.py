"""When is the picture called no good? By glances alone, each a value."""

from dataclasses import replace

import pytest

from traybot.core.health import (
    DRAWINGS,
    LOST_SECONDS,
    PATIENCE,
    SETTLE_SECONDS,
    UNCHANGED_SECONDS,
    Glance,
    Health,
    Trouble,
    look,
    suspicious,
    words,
)

GOOD = Glance(100.0, size=(640, 480), pixels=1)


def _after(*glances: Glance, health: Health | None = None) -> Health:
    health = health or look(Health(), GOOD)
    for glance in glances:
        health = look(health, glance)
    return health


def _missing(trouble: Trouble, at: float) -> Glance:
    return Glance(at, trouble)


def test_a_good_picture_is_no_trouble() -> None:
    """However often it is glanced at."""
    assert _after(*(replace(GOOD, at=100.0 + n) for n in range(50))).trouble is Trouble.NONE


def test_a_still_picture_is_no_frozen_one() -> None:
    """Equal pixels alone prove nothing, nor do many drawings of the same."""
    later = replace(GOOD, at=500.0, drawn=10 * DRAWINGS)
    assert _after(later).trouble is Trouble.NONE
    assert suspicious(_after(), later.at, later.drawn)
    assert not suspicious(_after(), GOOD.at + UNCHANGED_SECONDS - 1.0, later.drawn)
    assert not suspicious(_after(), later.at, DRAWINGS - 1)


def test_a_picture_that_another_way_to_look_contradicts_is_frozen() -> None:
    """Much was drawn, nothing changed, and somebody else sees something else."""
    frozen = replace(GOOD, at=200.0, drawn=DRAWINGS, contradicted=True)
    assert _after(frozen).trouble is Trouble.FROZEN
    assert _after(replace(frozen, pixels=2)).trouble is Trouble.NONE
    well = [replace(frozen, at=201.0 + n, pixels=3 + n) for n in range(2)]
    assert _after(frozen, *well).trouble is Trouble.NONE


def test_a_screen_that_delivers_nothing_is_frozen_at_once() -> None:
    """It has had its time already."""
    assert _after(_missing(Trouble.FROZEN, 101.0)).trouble is Trouble.FROZEN


@pytest.mark.parametrize("trouble", [Trouble.GONE, Trouble.MINIMIZED])
def test_what_is_missing_for_a_moment_is_not_said(trouble: Trouble) -> None:
    """A window may be made anew; what lasts is said, and what comes back too."""
    short = _missing(trouble, 101.0)
    assert _after(short).trouble is Trouble.NONE
    long = _missing(trouble, 101.0 + PATIENCE[trouble])
    unwell = _after(short, long)
    assert unwell.trouble is trouble
    back = [replace(GOOD, at=110.0), replace(GOOD, at=110.0 + PATIENCE[Trouble.NONE])]
    assert _after(back[0], health=unwell).trouble is trouble
    assert _after(*back, health=unwell).trouble is Trouble.NONE


def test_what_stays_away_is_lost() -> None:
    """Waiting has an end."""
    gone = [_missing(Trouble.GONE, 101.0 + at) for at in (0.0, 2.0, LOST_SECONDS - 0.1)]
    assert _after(*gone).trouble is Trouble.GONE
    assert _after(*gone, _missing(Trouble.GONE, 101.0 + LOST_SECONDS)).trouble is Trouble.LOST


@pytest.mark.parametrize("trouble", [Trouble.GONE, Trouble.MINIMIZED, Trouble.FROZEN])
def test_what_was_never_there_is_not_missing(trouble: Trouble) -> None:
    """A routine that starts its game has no window at first."""
    health = Health()
    for at in range(60):
        health = look(health, _missing(trouble, float(at)))
    assert health.trouble is Trouble.NONE


def test_a_new_size_is_a_trouble_until_it_stands_still() -> None:
    """It is followed then: the new size is as good as the old one."""
    small = replace(GOOD, at=101.0, size=(320, 240))
    assert _after(small).trouble is Trouble.RESIZED
    smaller = replace(small, at=101.75, size=(300, 200))
    still = [replace(smaller, at=101.75 + SETTLE_SECONDS + after) for after in (0.0, 0.25)]
    assert _after(small, smaller, replace(smaller, at=102.5)).trouble is Trouble.RESIZED
    assert _after(small, smaller, *still).trouble is Trouble.NONE


def test_a_picture_that_turns_black_is_a_trouble_after_a_while() -> None:
    """A fade between two scenes is none."""
    black = replace(GOOD, at=101.0, black=True, pixels=0)
    assert _after(black).trouble is Trouble.NONE
    long = replace(black, at=101.0 + PATIENCE[Trouble.BLACK])
    assert _after(black, long).trouble is Trouble.BLACK
    assert _after(black, replace(GOOD, at=102.0), replace(black, at=104.5)).trouble is Trouble.NONE


def test_a_picture_that_was_always_black_is_meant_so() -> None:
    """A virtual screen on which nothing is shown, for one."""
    health = Health()
    for at in range(60):
        health = look(health, replace(GOOD, at=float(at), black=True))
    assert health.trouble is Trouble.NONE


def test_every_trouble_has_words() -> None:
    """A person reads them in the status."""
    assert len({words(trouble) for trouble in Trouble}) == len(Trouble)
