"""Which keys now? The jumper goes for the highest floor that it can reach."""

import statistics

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

#: Keys by the direction that `steer` gives.
ARROWS = {-1: {"left"}, 0: set[str](), 1: {"right"}}
#: From one floor up to the next.
STOREY = 80


class Player:
    """Remembers what one picture cannot show: how the jumper moves."""

    def __init__(self) -> None:
        """Before the first picture."""
        self._last: View | None = None
        #: How much of the present jump's push is left, in pictures.
        self._left = 0
        #: Where the last arrow key goes.
        self._side = 0
        #: How high the jumper stood, in pixels from its first floor; and at most.
        self._height = 0.0
        self._highest = 0.0
        #: Floors climbed since they were last taken.
        self._climbed = 0

    def keys(self, view: View, pictures: int) -> set[str]:
        """Choose the keys to hold until the next picture; this one comes `pictures` after the last."""
        last = self._last or view
        sunk = _sunk(last, view)
        speed = (view.x - last.x) / pictures
        rise = (last.feet + sunk - view.feet) / pictures
        self._height += last.feet + sunk - view.feet
        self._last = view
        if view.standing:
            return self._on_floor(view, speed)
        return self._in_air(view, speed, rise, pictures)

    def take_climbed(self) -> int:
        """Tell how many floors were climbed since this was last asked."""
        climbed, self._climbed = self._climbed, 0
        return climbed

    def _on_floor(self, view: View, speed: float) -> set[str]:
        self._count()
        speed = _clipped(speed + FASTER_ON_FLOOR * self._side)
        above = [floor for floor in view.floors if floor.y < view.feet]
        left = pushes(speed)
        # It goes on sideways for one picture before it rises.
        place = (view.x + speed, view.feet)
        goal = next(
            (f for f in above if reaches(f, place, speed, next_rise(0, left), left - 1)), None
        )
        if goal:
            self._left = left
            return self._hold(steer(view.x, speed, goal)) | {"up"}
        self._left = 0
        if not above:
            return self._hold(0)
        # Take a run at the next floor; at the end of this one there is nothing to wait for.
        goal = above[-1]
        side = 1 if goal.left + goal.right > 2 * view.x else -1
        if speed * side > 0 and self._ends(view, speed):
            self._left = left
            return self._hold(side) | {"up"}
        return self._hold(side)

    def _in_air(self, view: View, speed: float, rise: float, pictures: int) -> set[str]:
        speed = _clipped(speed + FASTER_IN_AIR * self._side)
        place = (view.x, view.feet)
        for left in (self._left, 0):
            goal = next(
                (
                    floor
                    for floor in view.floors
                    if reaches(floor, place, speed, next_rise(rise, left), left - 1)
                ),
                None,
            )
            if goal:
                break
        else:
            left = self._left
            below = [floor for floor in view.floors if floor.y > view.feet]
            goal = min(below, default=None, key=lambda f: max(f.left - view.x, view.x - f.right))
        self._left = max(0, left - pictures)
        side = steer(view.x, speed, goal) if goal else 0
        return self._hold(side) | ({"up"} if left > 0 else set())

    def _hold(self, side: int) -> set[str]:
        self._side = side
        return set(ARROWS[side])

    @staticmethod
    def _ends(view: View, speed: float) -> bool:
        """Tell whether the floor under the jumper ends within the next pictures."""
        x = view.x + 2 * speed
        return not any(f.y == view.feet and f.left <= x <= f.right for f in view.floors)

    def _count(self) -> None:
        floors = int((self._height - self._highest) // STOREY)
        if floors > 0:
            self._highest += floors * STOREY
            self._climbed += floors


def _sunk(before: View, now: View) -> float:
    """Tell how far the tower has sunk between two pictures, by the floors that are in both."""
    ends = {(floor.left, floor.right): floor.y for floor in before.floors}
    ways = [
        floor.y - ends[floor.left, floor.right]
        for floor in now.floors
        if (floor.left, floor.right) in ends
    ]
    return statistics.mode(ways) if ways else 0


def _clipped(speed: float) -> float:
    return min(max(speed, -FASTEST), FASTEST)
