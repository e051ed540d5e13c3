"""Does the user mean it? What real keys and a real mouse do, judged apart from what the bot does.

A mouse that was bumped trembles about its place; a hand that takes over moves it somewhere. So
movements count by how far from their begin they lead, and are cut apart by rests. Where the mouse
would stand if nobody but the user moved it is reckoned beside where it stands: a bot that moves it
all the time cannot keep a hand out of the corner.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from traybot.core.geometry import Rect

#: A movement that led less far, in pixels, was a bump.
BUMP_PIXELS = 50.0
#: A mouse at rest for so long ends a movement.
REST_SECONDS = 0.3
#: After a bot began to play, hands must be off so long before a touch takes over: the click that
#: started it is no wish to stop it.
CALM_SECONDS = 1.0
#: How near to the corner is in the corner, in pixels.
NEAR_PIXELS = 1

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Touch:
    """A device of the user's did something: a press, or a movement in pixels."""

    at: float
    #: A key or mouse button went down, and its number says nothing about a hotkey or modifier.
    pressed: bool = False
    dx: float = 0.0
    dy: float = 0.0


@dataclass(frozen=True, slots=True)
class User:
    """What the user has done lately."""

    #: When a device was touched last.
    touched_at: float = -math.inf
    #: Where the movement led that is under way, from its begin.
    dx: float = 0.0
    dy: float = 0.0
    #: How far from its begin it has ever been.
    reach: float = 0.0
    #: Where the mouse would stand if nobody else moved it.
    spot: Point = (0.0, 0.0)
    #: The hands were off for long enough: a touch from now on takes over.
    calm: bool = False

    def playing_since(self, at: float) -> "User":
        """A bot began to play: hands that are at work just now are not taking over."""
        return replace(self, calm=False, touched_at=max(self.touched_at, at))

    def touched(self, touch: Touch, pointer: Point, screen: Rect) -> "User":
        """Reckon with a touch; `pointer` is where the mouse really stands, inside `screen`."""
        rested = touch.at - self.touched_at
        fresh = rested >= REST_SECONDS
        user = replace(self, dx=0.0, dy=0.0, reach=0.0) if fresh else self
        dx, dy = user.dx + touch.dx, user.dy + touch.dy
        return replace(
            user,
            touched_at=touch.at,
            calm=self.calm or rested >= CALM_SECONDS,
            dx=dx,
            dy=dy,
            reach=max(user.reach, math.hypot(dx, dy)),
            # The first movement of several is in the pointer's place already.
            spot=pointer if fresh else _inside(screen, user.spot, touch),
        )

    @property
    def moves(self) -> bool:
        """Whether the movement under way is more than a bump."""
        return self.reach >= BUMP_PIXELS

    def takes_over(self, touch: Touch) -> bool:
        """Whether this touch, the last one, means that the user wants the machine."""
        return self.calm and (touch.pressed or self.moves)

    def in_corner(self, corner: str, monitors: Sequence[Rect], pointer: Point) -> bool:
        """Whether the user pushes the mouse into a corner such as "top-left"; "off" is none."""
        if corner == "off":
            return False
        return self.moves and any(
            _beyond(corner, _corner_of(corner, monitors), spot) for spot in (pointer, self.spot)
        )


def _bounds(monitors: Sequence[Rect]) -> Rect:
    """Give the smallest rectangle around all monitors."""
    left, top = min(m.x for m in monitors), min(m.y for m in monitors)
    right = max(m.x + m.width for m in monitors)
    bottom = max(m.y + m.height for m in monitors)
    return Rect(left, top, right - left, bottom - top)


def _inside(screen: Rect, spot: Point, touch: Touch) -> Point:
    x = min(max(spot[0] + touch.dx, screen.x), screen.x + screen.width - 1)
    y = min(max(spot[1] + touch.dy, screen.y), screen.y + screen.height - 1)
    return x, y


def _corner_of(corner: str, monitors: Sequence[Rect]) -> Point:
    """Give the corner's pixel: of the monitor that reaches farthest to there.

    Monitors of different sizes leave dead corners in the screen around them, where no mouse gets.
    """
    corners = [_pixel(corner, monitor) for monitor in monitors]
    target = _pixel(corner, _bounds(monitors))
    return min(corners, key=lambda one: math.dist(one, target))


def _pixel(corner: str, rect: Rect) -> Point:
    x = rect.x if corner.endswith("left") else rect.x + rect.width - 1
    y = rect.y if corner.startswith("top") else rect.y + rect.height - 1
    return float(x), float(y)


def _beyond(corner: str, pixel: Point, spot: Point) -> bool:
    right = spot[0] - pixel[0] if corner.endswith("left") else pixel[0] - spot[0]
    down = spot[1] - pixel[1] if corner.startswith("top") else pixel[1] - spot[1]
    return right <= NEAR_PIXELS and down <= NEAR_PIXELS
