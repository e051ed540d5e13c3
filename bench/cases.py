"""Which template is looked for on which screen? The cases that matchers are compared by.

Everything follows from the case's number: two runs see the same pixels. A case of the tuning set
and one of the held-out set share no picture (`screens.py`).

    for case in cases(count=144, held_out=True):
        place = my_matcher(case.frame, case.template)      # (x, y), or None if it is not there
        case.right(place)
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import screens

from traybot.vision.pixels import Pixels

SIDES = (24, 64, 200)
#: What happened to the screen since the template was taken; "absent" is cut from another screen.
KINDS = ("exact", "noise", "jpeg", "brightness", "worn", "absent")
#: Fewest levels of grey by which a template varies: less is no picture.
MIN_DEVIATION = 8.0
#: A place this near to the true one is right, in pixels.
NEAR = 2
#: A place that differs by less from the template, in levels, shows the same thing.
SAME = 2.0
_SIGMA, _QUALITY = 6.0, 80


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One question to a matcher, with its answer."""

    number: int
    screen: str
    kind: str
    side: int
    #: (1080, 1920, 4) BGRA, as a screen is captured.
    frame: Pixels
    #: The same before noise and the like, (1080, 1920, 3).
    clean: Pixels
    #: (side, side, 3) BGR.
    template: Pixels
    #: Where it was cut out; `None` if it is absent.
    place: tuple[int, int] | None

    def right(self, place: tuple[int, int] | None) -> bool:
        """Tell whether an answer is right: absent, the true place, or one that shows the same."""
        if place is None:
            return self.place is None
        return self._near(place) or self._same(place)

    def _near(self, place: tuple[int, int]) -> bool:
        if self.place is None:
            return False
        return all(abs(a - b) <= NEAR for a, b in zip(place, self.place, strict=True))

    def _same(self, place: tuple[int, int]) -> bool:
        x, y = place
        there = self.clean[y : y + self.side, x : x + self.side]
        same = there.shape == self.template.shape
        return same and float(cv2.absdiff(there, self.template).mean()) < SAME


def cases(count: int, *, held_out: bool) -> Iterator[Case]:
    """Make cases: screens, kinds and sides in turn, each screen's cases one after the other."""
    family = list(screens.HELD_OUT if held_out else screens.TUNING)
    yield from _cases(count, family, 100_000 * held_out)


def later_cases() -> Iterator[Case]:
    """Make every kind and side of the screens that were held out later."""
    family = list(screens.LATER)
    yield from _cases(len(family) * len(KINDS) * len(SIDES), family, 300_000)


def _cases(count: int, family: list[str], first: int) -> Iterator[Case]:
    combined = [(kind, side) for kind in KINDS for side in SIDES]
    for place, name in enumerate(family):
        for turn in range(place, count, len(family)):
            kind, side = combined[turn // len(family) % len(combined)]
            yield _case(turn + first, family, name, kind, side)


def _case(number: int, family: list[str], name: str, kind: str, side: int) -> Case:
    dice = np.random.default_rng([20_250, number])
    clean = screens.screen(name)
    if kind == "absent":
        other = screens.screen(str(dice.choice([each for each in family if each != name])))
        template, _ = cut(other, side, dice)
        worn = str(dice.choice(["exact", "worn"]))
        return Case(number, name, kind, side, seen(clean, worn, dice), clean, template, None)
    template, place = cut(clean, side, dice)
    return Case(number, name, kind, side, seen(clean, kind, dice), clean, template, place)


def cut(pixels: Pixels, side: int, dice: np.random.Generator) -> tuple[Pixels, tuple[int, int]]:
    """Cut a template where there is something to be seen."""
    while True:
        y = int(dice.integers(0, pixels.shape[0] - side + 1))
        x = int(dice.integers(0, pixels.shape[1] - side + 1))
        piece = pixels[y : y + side, x : x + side]
        if cv2.cvtColor(piece, cv2.COLOR_BGR2GRAY).std() >= MIN_DEVIATION:
            return piece.copy(), (x, y)


def seen(clean: Pixels, kind: str, dice: np.random.Generator) -> Pixels:
    """Give the screen as it is captured later: brighter, noisy, gone through a video codec."""
    pixels = clean
    if kind in {"brightness", "worn"}:
        pixels = cv2.convertScaleAbs(pixels, alpha=float(dice.uniform(0.9, 1.1)))
    if kind in {"noise", "worn"}:
        noise = dice.standard_normal(pixels.shape, np.float32) * _SIGMA
        pixels = (pixels + noise).round().clip(0, 255).astype(np.uint8)
    if kind in {"jpeg", "worn"}:
        _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2BGRA)
