"""What do a picture and a search cost on this machine?

Searched is a picture made here, always the same, with the size that most screens have: what is on
the user's screen would make each run another one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from traybot.core.geometry import Rect
from traybot.text import _
from traybot.vision import match
from traybot.vision.pixels import Pixels, to_grey
from traybot.vision.screen import Screen
from traybot.vision.templates import make_template

_SIZE = (1920, 1080)
_SIDES = (24, 64, 200)
#: Places that templates of one side are cut from.
_PLACES = 12
#: What is drawn into the picture.
_THINGS, _WORDS = 400, 300
_MIN_DEVIATION = 12.0
#: How far around its last place something is looked for.
_NEAR = 24


@dataclass(frozen=True, slots=True)
class Cost:
    """What something takes, in milliseconds; with what it is compared to, if there is something."""

    what: str
    times: tuple[float, ...]
    #: The plain search of OpenCV for the same.
    plain: tuple[float, ...] = ()
    #: How many of the answers were right.
    right: int | None = None

    def quantile(self, share: float) -> float:
        """Give the nearest time of which this share is not longer."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def captures(times: int) -> list[Cost]:
    """Take pictures of the whole screen and of a small region; `CaptureError` without a screen."""
    with Screen() as screen:
        whole = screen.bounds()
        small = Rect(whole.x, whole.y, 200, 100).within(whole)
        return [
            Cost(
                _("a picture, {size}").format(size=_size(rect)),
                _timed(partial(screen.grab, rect), times),
            )
            for rect in (whole, small)
        ]


def searches() -> list[Cost]:
    """Look for templates at unknown places, then around the last one."""
    frame = scenery()
    rows = [_anywhere(frame, side) for side in _SIDES]
    rows.append(_near(frame, _SIDES[1]))
    return rows


def scenery(seed: int = 5) -> Pixels:
    """Draw what a busy screen might look like: (1080, 1920, 3), the same for each seed."""
    dice = np.random.default_rng(seed)
    width, height = _SIZE
    ground = dice.integers(40, 200, (9, 16, 3)).astype(np.uint8)
    picture = cv2.resize(ground, _SIZE, interpolation=cv2.INTER_CUBIC)
    noise = dice.normal(0, 2, picture.shape)
    picture = (picture + noise).round().clip(0, 255).astype(np.uint8)
    for _thing in range(_THINGS):
        x, y = int(dice.integers(0, width)), int(dice.integers(0, height))
        far = (x + int(dice.integers(8, 160)), y + int(dice.integers(8, 90)))
        color = [int(level) for level in dice.integers(0, 256, 3)]
        cv2.rectangle(picture, (x, y), far, color, int(dice.choice([-1, 1, 3])), cv2.LINE_AA)
    for number in range(_WORDS):
        place = int(dice.integers(0, width)), int(dice.integers(0, height))
        size, level = float(dice.uniform(0.4, 1.2)), int(dice.choice([0, 255]))
        word, font = f"score {number * 37}", cv2.FONT_HERSHEY_SIMPLEX
        cv2.putText(picture, word, place, font, size, (level, level, level), 1, cv2.LINE_AA)
    return np.asarray(picture, np.uint8)


def _anywhere(frame: Pixels, side: int) -> Cost:
    spent: list[float] = []
    plain: list[float] = []
    right = 0
    for x, y in _places(frame, side):
        piece = frame[y : y + side, x : x + side].copy()
        template = make_template(piece, "piece")
        match.ready(template)
        again = frame.copy()
        began = time.perf_counter()
        found = match.find(again, template)
        spent.append((time.perf_counter() - began) * 1000.0)
        plain += _timed(partial(_plain, frame, piece), 1)
        right += found is not None and (found.rect.x, found.rect.y) == (x, y)
    what = _("a search, {side} x {side}, anywhere").format(side=side)
    return Cost(what, tuple(spent), tuple(plain), right)


def _near(frame: Pixels, side: int) -> Cost:
    spent: list[float] = []
    for x, y in _places(frame, side):
        template = make_template(frame[y : y + side, x : x + side].copy(), "piece")
        left, top = max(0, x - _NEAR), max(0, y - _NEAR)
        part = frame[top : y + side + _NEAR, left : x + side + _NEAR]
        match.find(part, template)
        spent += _timed(partial(match.find, part, template), 5)
    what = _("a search, {side} x {side}, within {near} pixels").format(side=side, near=_NEAR)
    return Cost(what, tuple(spent))


def _plain(frame: Pixels, piece: Pixels) -> None:
    scores = cv2.matchTemplate(to_grey(frame), to_grey(piece), cv2.TM_CCOEFF_NORMED)
    cv2.minMaxLoc(scores)


def _places(frame: Pixels, side: int) -> list[tuple[int, int]]:
    """Choose places where there is something to be seen."""
    dice = np.random.default_rng(side)
    places: list[tuple[int, int]] = []
    while len(places) < _PLACES:
        x, y = int(dice.integers(0, _SIZE[0] - side)), int(dice.integers(0, _SIZE[1] - side))
        if to_grey(frame[y : y + side, x : x + side]).std() >= _MIN_DEVIATION:
            places.append((x, y))
    return places


def _timed(action: Callable[[], object], times: int) -> tuple[float, ...]:
    """Give the milliseconds of each; one before is not counted."""
    action()
    spent = []
    for _time in range(times):
        began = time.perf_counter()
        action()
        spent.append((time.perf_counter() - began) * 1000.0)
    return tuple(spent)


def _size(rect: Rect) -> str:
    return f"{rect.width} x {rect.height}"
