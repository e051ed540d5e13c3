"""The rules of the demo game, without a window."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from traybot.demo.flight import (
    CLOSED,
    CRAFT_HEIGHT,
    CRAFT_LEFT,
    CRAFT_WIDTH,
    HEIGHT,
    SKY,
    TICK,
    WALL_WIDTH,
    Flight,
)


def fly(seed: int, keys: list[bool]) -> Flight:
    """Fly one life; the keys are used again from the start when they run out."""
    flight = Flight(Random(seed))
    step = 0
    while not flight.over:
        flight.step(up=keys[step % len(keys)])
        step += 1
    return flight


@given(seed=st.integers(0, 10_000), keys=st.lists(st.booleans(), min_size=1, max_size=300))
def test_every_life_ends_before_its_fifth_second(seed: int, keys: list[bool]) -> None:
    """However it is played, floor and ceiling meet in time."""
    assert fly(seed, keys).age <= CLOSED + TICK < 5


def test_a_perfect_pilot_lives_longer_than_a_second_and_a_half() -> None:
    """Whoever is always in the middle of the next gap gets past the first wall."""
    for seed in range(50):
        flight = Flight(Random(seed))
        while not flight.over:
            ahead = next(wall for wall in flight.walls if wall.left + WALL_WIDTH > CRAFT_LEFT)
            flight.step(up=flight.y > (ahead.top + ahead.bottom) / 2)
        assert flight.age > 1.5, seed


@given(seed=st.integers(0, 10_000), keys=st.lists(st.booleans(), min_size=1, max_size=300))
def test_the_same_dice_and_keys_make_the_same_life(seed: int, keys: list[bool]) -> None:
    """Nothing but the seed and the keys decides what happens."""
    one, other = fly(seed, keys), fly(seed, keys)
    assert (one.age, one.y, one.way, one.walls) == (other.age, other.y, other.way, other.walls)


def test_the_craft_sinks_by_itself_and_rises_while_up_is_held() -> None:
    """Without a key it ends on the floor, with the key held at the ceiling."""
    below, above = fly(1, [False]), fly(1, [True])
    assert below.y + CRAFT_HEIGHT / 2 > HEIGHT - below.jaw
    assert above.y - CRAFT_HEIGHT / 2 < SKY + above.jaw


def test_a_wall_kills_and_its_gap_does_not() -> None:
    """What matters is whether the craft is between the gap's ends when a wall is there."""
    for inside in (True, False):
        flight = Flight(Random(1))
        wall = flight.walls[0]
        wall.left = CRAFT_LEFT + CRAFT_WIDTH - 1.0
        wall.top, wall.bottom = (SKY, HEIGHT) if inside else (SKY, flight.y)
        flight.step(up=False)
        assert flight.over is not inside


def test_nothing_moves_after_the_end() -> None:
    """The picture of the end stands still."""
    flight = fly(1, [False])
    frozen = flight.age, flight.y, flight.way, flight.walls[0].left
    flight.step(up=True)
    assert (flight.age, flight.y, flight.way, flight.walls[0].left) == frozen
