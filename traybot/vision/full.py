"""How alike is a template to each place of a picture? The full search: nothing is left out.

The brute force that everything cleverer must agree with, and that does the work in small pictures.
In a large one most of its time would go into the lengths that each place's likeness is divided by.
How short they can be at the least is known from block means, and mostly that settles a place.
"""

from collections.abc import Iterator
from functools import cached_property

import cv2
import numpy as np

from traybot.vision.blocks import SLACK, Indices, Piece
from traybot.vision.bounded import Accepts, first_accepted
from traybot.vision.scene import MIN_VARIANCE, Flags, Floats, Scene
from traybot.vision.scores import scores_at

#: In a picture of fewer places than these the lengths of all cost nothing.
_SMALL = 20_000
#: More than this part of all places, and all their lengths are had in less time than each one's.
_MANY = 0.05
#: Rows of places that are looked at together: memory that was used just now costs much less than
#: new memory, and the transforms of tall templates need as many again as those are tall.
_ROWS, _ROWS_FOR_HEIGHT = 192, 1.25
#: Values that are compared in one go: as many as stay in the processor's cache.
_AT_ONCE = 60_000
#: So many places are looked at first, then twice as many each time, up to the other number.
_FIRST, _MOST = 8, 512
#: Nearer to a refused place than this part of the template all are refused.
_SHADOW = 8

Place = tuple[int, int]


class Full:
    """One search for one piece at all places of one scene; places are (x, y)."""

    def __init__(self, scene: Scene, piece: Piece) -> None:
        """Nothing is looked at before it is asked for."""
        self._scene = scene
        self._piece = piece
        self._size = (piece.width, piece.height)
        width, height = scene.size
        self._shape = (height - piece.height + 1, width - piece.width + 1)
        #: Where places were refused, and what shows the same.
        self._struck: Flags | None = None

    @cached_property
    def scores(self) -> Floats:
        """The score of each place (h - th + 1, w - tw + 1), 0 where it is flat."""
        scores = np.empty(self._shape, np.float32)
        for top, part in self._strips():
            found = self._score(part)
            scores[top : top + len(found)] = found
        return scores

    def highest(self) -> Place | None:
        """Give the best place; `None` if nothing is like it."""
        _, score, _, (x, y) = cv2.minMaxLoc(self.scores)
        return (x, y) if score > 0 else None

    def nearest(self, floor: float) -> Place | None:
        """Give the best place below the floor that was not refused; `None` if there is none."""
        scores = np.where(self.scores >= floor - SLACK, 0, self.scores)
        if self._struck is not None:
            scores[self._struck] = 0
        _, score, _, (x, y) = cv2.minMaxLoc(scores)
        return (x, y) if score > 0 else None

    def best(self, least: float, accepts: Accepts) -> Place | None:
        """Find the best place that scores at least `least` and may count."""
        rows, columns, likeness = self.reaching(least)
        order = np.argsort(-likeness, kind="stable")
        rows, columns = rows[order], columns[order]
        struck = self._struck = np.zeros(self._shape, np.bool_)
        step = _FIRST
        while len(rows):
            here, there = rows[:step], columns[:step]
            exact = scores_at(self._scene, self._piece, here, there)
            index = first_accepted(accepts, here, there, exact, least - SLACK)
            if index is not None:
                return int(there[index]), int(here[index])
            self._strike(here, there)
            rows, columns, step = rows[step:], columns[step:], min(2 * step, _MOST)
            left = ~struck[rows, columns]
            rows, columns = rows[left], columns[left]
        return None

    def reaching(self, least: float) -> tuple[Indices, Indices, Floats]:
        """Give rows and columns of the places from `least` on, and their scores by the map."""
        if not self._bounded or "scores" in vars(self):
            rows, columns = np.nonzero(self.scores >= least - SLACK)
            return rows, columns, self.scores[rows, columns]
        found = [self._reaching(top, part, least) for top, part in self._strips()]
        return (
            np.concatenate([rows for rows, _, _ in found]),
            np.concatenate([columns for _, columns, _ in found]),
            np.concatenate([scores for _, _, scores in found]),
        )

    @cached_property
    def _bounded(self) -> bool:
        """Whether block means tell how short a place is at least."""
        rows, columns = self._shape
        large = rows * columns >= _SMALL
        return large and self._piece.template.mask is None and bool(self._piece.sides)

    def _strips(self) -> Iterator[tuple[int, Scene]]:
        """Cut the picture into strips, each with the first of its rows of places."""
        height = self._piece.height
        step = max(_ROWS, int(_ROWS_FOR_HEIGHT * height))
        for top in range(0, self._shape[0], step):
            yield top, Scene(self._scene.grey[top : top + step + height - 1])

    def _likeness(self, part: Scene) -> Floats:
        """Give the score of each place, times its length."""
        pattern = self._piece.pattern.astype(np.float32)
        return np.asarray(cv2.matchTemplate(part.around, pattern, cv2.TM_CCORR), np.float32)

    def _score(self, part: Scene) -> Floats:
        if self._piece.template.mask is not None:
            return _masked(part.around, self._piece)
        return self._divided(self._likeness(part), part)

    def _divided(self, likeness: Floats, part: Scene) -> Floats:
        """Divide by the lengths, in place."""
        return np.asarray(cv2.divide(likeness, part.lengths(self._size), dst=likeness), np.float32)

    def _reaching(self, top: int, part: Scene, least: float) -> tuple[Indices, Indices, Floats]:
        likeness = self._likeness(part)
        rows, columns = self._not_too_long(top, likeness, least)
        if len(rows) > _MANY * likeness.size:
            scores = self._divided(likeness, part)
            rows, columns = np.nonzero(scores >= least - SLACK)
            return rows + top, columns, scores[rows, columns]
        lengths = part.lengths_at(rows, columns, self._size) if len(rows) else np.empty(0)
        scores = np.asarray(likeness[rows, columns] / lengths, np.float32)
        good = scores >= least - SLACK
        return rows[good] + top, columns[good], scores[good]

    def _not_too_long(self, top: int, likeness: Floats, least: float) -> tuple[Indices, Indices]:
        """Find where the likeness is enough for `least` if the place is as short as it can be.

        It is no shorter than what block means show of it: those of the whole blocks inside it.
        """
        side = self._piece.sides[-1]
        blocks = self._piece.blocks(side)
        assert blocks is not None, "without a mask each side of `sides` has them"
        rows, columns = likeness.shape
        down, across = -(-(top + np.arange(rows)) // side), -(-np.arange(columns) // side)
        shortest = self._scene.spread(side, blocks.shape, None)[down[0] : down[-1] + 1, across]
        shortest *= np.float32(side * (least - SLACK))
        step = max(1, _AT_ONCE // columns)
        found = [
            np.flatnonzero(
                likeness[first : first + step] >= shortest[down[first : first + step] - down[0]]
            )
            + first * columns
            for first in range(0, rows, step)
        ]
        places = np.divmod(np.concatenate(found), columns)
        return places[0], places[1]

    def _strike(self, rows: Indices, columns: Indices) -> None:
        """Strike out places and what is so near to them that it shows the same."""
        assert self._struck is not None, "struck by `best` alone"
        down, across = self._piece.height // _SHADOW, self._piece.width // _SHADOW
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            top, left = max(0, row - down), max(0, column - across)
            self._struck[top : row + down + 1, left : column + across + 1] = True


def _masked(around: Floats, piece: Piece) -> Floats:
    """Score with a mask, by three correlations of our own.

    OpenCV's own masked search divides by a variance that may be 0 and gives NaN or infinity beside
    black bars, which then hides the true place; it is also half as fast.
    """
    mask = piece.template.mask
    assert mask is not None, "asked only then"
    weights = (mask > 0).astype(np.float32)
    count = float(weights.sum())
    likeness = cv2.matchTemplate(around, piece.pattern.astype(np.float32), cv2.TM_CCORR)
    total = cv2.matchTemplate(around, weights, cv2.TM_CCORR)
    squares = cv2.matchTemplate(around * around, weights, cv2.TM_CCORR)
    energy = squares - total * total / count
    told = energy > count * MIN_VARIANCE
    scores = np.zeros(likeness.shape, np.float32)
    np.divide(likeness, np.sqrt(energy, where=told, out=np.ones_like(energy)), scores, where=told)
    return scores
