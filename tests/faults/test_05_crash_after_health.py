"""5: a crash after an hour of health is no series."""

from tests.core import chapters
from traybot.core.phases import Phase


def test_an_hour_of_health_makes_the_wait_short_again() -> None:
    """After four crashes in a row and an hour's play the next wait is 0.5 s, without a notice."""
    world = chapters.playing()
    for _ in range(4):
        world.exits()
        world.fires()
        world.settle()
    assert world.phase() is Phase.RUNNING
    world.later(3600.0)
    heard = world.exits()
    assert round(world.timers["phase"].at - world.now, 3) == 0.5
    assert not any(word.startswith("Notify") for word in heard)
    assert world.laws.notices == []
    world.fires()
    world.settle()
    assert world.phase() is Phase.RUNNING
