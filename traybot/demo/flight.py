"""What happens in the demo game? A craft sinks, rises while told to, and never lives five seconds.

Pure: knows no window and no clock. Why so deadly: whoever watches the demo wants to see a death,
its discovery and the recovery several times a minute. So the walls come faster, the gaps get
narrower, and in the end floor and ceiling meet.
"""

from dataclasses import dataclass, field
from random import Random

#: The window, in pixels; the line with the score is on top, the flight takes place below it.
WIDTH, HEIGHT = 480, 360
SKY = 30

#: One step of the rules, in seconds.
TICK = 1 / 60

#: Where the craft flies and how large it is, in pixels; `y` is its middle.
CRAFT_LEFT = 84
CRAFT_WIDTH, CRAFT_HEIGHT = 40, 20
START_Y = 190.0

#: How fast the craft sinks and rises in the end, in pixels a second, and how soon it gets there.
SINKING, RISING = 170.0, -190.0
NIMBLENESS = 14.0

#: How many walls stand in the row, seen or not yet; and how wide one is, in pixels.
WALLS = 4
WALL_WIDTH = 46
#: From the start of one wall to the start of the next, in pixels.
WALL_DISTANCE = 172
FIRST_WALL = 400.0
#: Gaps in pixels: the first one, by how much each is narrower, and the last.
GAP, GAP_LESS, GAP_LEAST = 124, 9, 66
#: How far one gap may be above or below the one before it, in pixels.
GAP_LEAP = 92

#: The walls' pace in pixels a second: at the start, and what each second adds.
PACE, PACE_MORE = 165.0, 62.0

#: Floor and ceiling: how far they stand in at first (pixels), and when they start to close and have
#: met (seconds of a life). The latter is the promise that each life ends before its fifth second.
JAW = 10.0
CLOSING, CLOSED = 1.9, 4.6


@dataclass(slots=True)
class Wall:
    """A wall with a gap, in pixels; what matters to the craft is between `top` and `bottom`."""

    left: float
    top: float
    bottom: float


@dataclass(slots=True)
class Flight:
    """One life of the craft. The same dice and the same keys at the same steps: the same life."""

    dice: Random
    y: float = START_Y
    #: Downwards, in pixels a second.
    speed: float = 0.0
    #: In seconds.
    age: float = 0.0
    #: In pixels.
    way: float = 0.0
    walls: list[Wall] = field(default_factory=list)
    built: int = 0
    over: bool = False

    def __post_init__(self) -> None:
        while len(self.walls) < WALLS:
            self._build()

    @property
    def score(self) -> int:
        """What the player is proud of: the way flown, ten pixels a point."""
        return int(self.way / 10)

    @property
    def jaw(self) -> float:
        """How far floor and ceiling stand into the sky, in pixels."""
        closed = (min(self.age, CLOSED) - CLOSING) / (CLOSED - CLOSING)
        return JAW + max(0.0, closed) * ((HEIGHT - SKY) / 2 - JAW)

    def step(self, *, up: bool) -> None:
        """Let one `TICK` pass with the key held or not; nothing happens after the end."""
        if self.over:
            return
        self.age += TICK
        wanted = RISING if up else SINKING
        self.speed += (wanted - self.speed) * min(1.0, NIMBLENESS * TICK)
        self.y += self.speed * TICK
        self._advance((PACE + PACE_MORE * self.age) * TICK)
        self.over = self._crushed() or any(self._hits(wall) for wall in self.walls)

    def _advance(self, by: float) -> None:
        self.way += by
        for wall in self.walls:
            wall.left -= by
        if self.walls[0].left < -WALL_WIDTH:
            del self.walls[0]
            self._build()

    def _build(self) -> None:
        """Put one more wall at the end of the row."""
        gap = max(GAP_LEAST, GAP - GAP_LESS * self.built)
        before = self.walls[-1] if self.walls else None
        middle = (before.top + before.bottom) / 2 if before else START_Y
        room = gap / 2 + JAW + 12
        middle += self.dice.uniform(-GAP_LEAP, GAP_LEAP)
        middle = min(max(middle, SKY + room), HEIGHT - room)
        left = before.left + WALL_DISTANCE if before else FIRST_WALL
        self.walls.append(Wall(left, middle - gap / 2, middle + gap / 2))
        self.built += 1

    def _crushed(self) -> bool:
        half = CRAFT_HEIGHT / 2
        return self.y - half < SKY + self.jaw or self.y + half > HEIGHT - self.jaw

    def _hits(self, wall: Wall) -> bool:
        if wall.left > CRAFT_LEFT + CRAFT_WIDTH or wall.left + WALL_WIDTH < CRAFT_LEFT:
            return False
        half = CRAFT_HEIGHT / 2
        return self.y - half < wall.top or self.y + half > wall.bottom
