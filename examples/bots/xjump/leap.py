"""Where does a jump end? The game's laws of motion, as its pictures show them, run ahead.

Time counts in the game's pictures. Speeds are in pixels for each picture, to the right; climbing
is upwards.
"""

from tower import TILE, Floor

#: Sideways: how much faster a held arrow key makes the jumper, and the fastest it gets.
FASTER_IN_AIR = 1.0
FASTER_ON_FLOOR = 1.5
FASTEST = 16.0
#: The walls stop the jumper's middle here, and send it back at half its speed.
WALLS = (32.0, 480.0)

#: The least rise while Up pushes, what the weight takes of a rise, the fastest fall.
PUSH = 12.0
WEIGHT = 2.0
FALL = -16.0

#: A floor carries a jumper whose middle is this far beside it; how far inside to aim.
OVERHANG = 6
INSIDE = 24

#: How many pictures to think ahead.
HORIZON = 60


def steer(x: float, speed: float, floor: Floor) -> int:
    """Choose the key that brings the jumper to rest over a floor: -1 left, 1 right, 0 neither."""
    inside = min(INSIDE, (floor.right - floor.left) / 2)
    there = min(max(x, floor.left + inside), floor.right - inside)
    rest = x + speed + speed * abs(speed) / (2 * FASTER_IN_AIR)
    return (there > rest + 2) - (there < rest - 2)


def pushes(speed: float) -> int:
    """For how many pictures does Up push a jumper that takes off at this speed?"""
    return int(abs(speed)) // 2 + 7


def next_rise(rise: float, left: int) -> float:
    """Give the next picture's rise, from the last one and from how many pushes are left."""
    return PUSH + left // 2 if left > 0 else max(FALL, rise - WEIGHT)


def reaches(floor: Floor, place: tuple[float, float], speed: float, rise: float, left: int) -> bool:
    """Tell whether a jumper that steers for a floor lands on it.

    `place` is its middle and its soles; `speed` and `rise` are what comes next, and then there are
    `left` pushes left.
    """
    x, soles = place
    for _ in range(HORIZON):
        x, soles = x + speed, soles - rise
        if rise <= 0 and soles >= floor.y:
            on_it = floor.left - OVERHANG < x < floor.right + OVERHANG
            return on_it and soles < floor.y + TILE
        if not WALLS[0] <= x <= WALLS[1]:
            x, speed = min(max(x, WALLS[0]), WALLS[1]), -speed / 2
        speed += FASTER_IN_AIR * steer(x, speed, floor)
        speed = min(max(speed, -FASTEST), FASTEST)
        rise, left = next_rise(rise, left), left - 1
    return False
