"""Where on the screen? Rectangles in pixels, origin top left of the whole (virtual) screen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels; `x` and `y` may be negative (a monitor left of the first one)."""

    x: int
    y: int
    width: int
    height: int

    @property
    def center(self) -> tuple[int, int]:
        """The pixel in the middle, rounded towards the origin."""
        return self.x + self.width // 2, self.y + self.height // 2

    @property
    def empty(self) -> bool:
        """Whether no pixel lies inside."""
        return self.width <= 0 or self.height <= 0

    def moved(self, dx: int, dy: int) -> "Rect":
        """The same rectangle elsewhere."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def within(self, other: "Rect") -> "Rect":
        """The part of this rectangle that lies inside `other`; may be empty."""
        if (
            other.x <= self.x <= self.x + self.width <= other.x + other.width
            and other.y <= self.y <= self.y + self.height <= other.y + other.height
        ):
            return self  # the usual case, in a tenth of the time
        left, top = max(self.x, other.x), max(self.y, other.y)
        right = min(self.x + self.width, other.x + other.width)
        bottom = min(self.y + self.height, other.y + other.height)
        return Rect(left, top, max(0, right - left), max(0, bottom - top))

    def as_list(self) -> list[int]:
        """As JSON shows it: `[x, y, width, height]`."""
        return [self.x, self.y, self.width, self.height]


#: A window that differs by a smaller share has lost a border: what it shows is not scaled.
SAME_SIZE = 0.01


def scale_to(area: Rect, reference: tuple[int, int] | None) -> float:
    """Tell how many times as large as at the reference size (width, height) things are in an area.

    Where the two sides differ the smaller one counts: what keeps its shape fills no more.
    """
    if reference is None or area.empty:
        return 1.0
    times = min(area.width / reference[0], area.height / reference[1])
    return 1.0 if abs(times - 1) < SAME_SIZE else round(times, 3)


@dataclass(frozen=True, slots=True)
class Match:
    """Where a template was found; `score` runs from 0 to 1, and 1 is the same picture."""

    rect: Rect
    score: float
    scale: float = 1.0
    template: str = ""

    @property
    def center(self) -> tuple[int, int]:
        """The pixel to click."""
        return self.rect.center
