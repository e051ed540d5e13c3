"""Which keys now? The jumper goes for the highest floor that it can reach."""

import statistics
from collections.abc import Iterable

from leap import (
    FASTER_IN_AIR,
    FASTER_ON_FLOOR,
    FASTEST,
    next_rise,
    pushes,
    reaches,
    steer,
)
from tower import Floor, View

#: From one floor up to the next.
STOREY = 80


class Player:
    """Remembers what one picture cannot show: how the jumper moves, and what it was told."""

    def __init__(self) -> None:
        """Before the first picture."""
        self._last: View | None = None
        #: The arrow key held since the last picture: -1 left, 1 right, 0 neither.
        self._side = 0
        #: For how many pictures to hold Up.
        self._pushes = 0
        #: How high the jumper is and was at most, in pixels above where it began.
        self._height = 0.0
        self._highest = 0.0

    @property
    def floors(self) -> int:
        """How many floors it has climbed."""
        return int(self._highest // STOREY)

    def keys(self, view: View, pictures: int) -> set[str]:
        """Choose the keys to hold from now on; the last view was `pictures` pictures ago."""
        last = self._last or view
        self._last = view
        climbed = last.feet + _sunk(last, view) - view.feet
        self._height += climbed
        speed, rise = (view.x - last.x) / pictures, climbed / pictures
        if view.standing:
            self._highest = max(self._highest, self._height)
            self._side, self._pushes = self._on_floor(view, speed)
        else:
            left = max(0, self._pushes - pictures)
            self._side, self._pushes = self._in_air(view, speed, rise, left)
        arrow = {-1: {"left"}, 1: {"right"}}.get(self._side, set())
        return arrow | {"up"} if self._pushes else arrow

    def _on_floor(self, view: View, speed: float) -> tuple[int, int]:
        """Give the arrow key, and for how many pictures to hold Up: none to stay on the floor."""
        above = [floor for floor in view.floors if floor.y < view.feet]
        if not above:
            return 0, 0
        speed = _limited(speed + FASTER_ON_FLOOR * self._side)
        push = pushes(speed)
        # It goes on sideways for one picture before it rises.
        start = (view.x + speed, view.feet)
        goal = _first(above, start, speed, next_rise(0, push), push - 1)
        if goal:
            return steer(view.x, speed, goal), push + 1
        # Out of reach: take a run at the next floor, up to the end of this one.
        nearest = above[-1]
        side = 1 if nearest.left + nearest.right > 2 * view.x else -1
        leap = side * speed > 0 and _ends(view, view.x + 2 * speed)
        return side, push + 1 if leap else 0

    def _in_air(self, view: View, speed: float, rise: float, left: int) -> tuple[int, int]:
        """Give the arrow key, and for how many pictures to hold Up."""
        speed = _limited(speed + FASTER_IN_AIR * self._side)
        # Without the rest of the push a jump is shorter: sometimes that is what fits.
        for push in (left, 0):
            next_one = next_rise(rise, push)
            goal = _first(view.floors, (view.x, view.feet), speed, next_one, push - 1)
            if goal:
                return steer(view.x, speed, goal), push
        below = [floor for floor in view.floors if floor.y > view.feet]
        if not below:
            return 0, left
        nearest = min(below, key=lambda floor: max(floor.left - view.x, view.x - floor.right))
        return steer(view.x, speed, nearest), left


def _first(
    floors: Iterable[Floor], start: tuple[float, float], speed: float, rise: float, left: int
) -> Floor | None:
    """Give the highest floor in reach."""
    return next((floor for floor in floors if reaches(floor, start, speed, rise, left)), None)


def _ends(view: View, x: float) -> bool:
    """Tell whether there is nothing to stand on at `x`, at the height of the feet."""
    return not any(f.y == view.feet and f.left <= x <= f.right for f in view.floors)


def _sunk(before: View, now: View) -> float:
    """Tell how far the tower has sunk between two pictures, by the floors that are in both."""
    heights = {(floor.left, floor.right): floor.y for floor in before.floors}
    ways = [
        floor.y - heights[floor.left, floor.right]
        for floor in now.floors
        if (floor.left, floor.right) in heights
    ]
    return statistics.mode(ways) if ways else 0.0


def _limited(speed: float) -> float:
    return min(max(speed, -FASTEST), FASTEST)
