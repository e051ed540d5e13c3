"""Where is a template, when most places need no look? A search that leaves places out by proof.

It guesses good places from coarse block means, scores them exactly, and then asks the bounds of
`blocks.py` which other places could reach that score, or the threshold. Few can; those are
narrowed down by finer blocks and scored exactly. So the answer is that of the full search, or none:
where the bounds leave too many places the full search is to be made.
"""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from traybot.vision.blocks import SLACK, Blocks, Indices, Piece
from traybot.vision.candidates import Level, Places, narrowed
from traybot.vision.scene import Flags, Floats, Scene
from traybot.vision.scores import scores_at

#: A search takes no longer at the blocks of a side, in estimated milliseconds, before it turns to
#: finer ones; the last number holds for the finest.
_BUDGETS = (2.0, 6.0, 12.0)
_LAST_BUDGET = 16.0
#: Measured costs in nanoseconds: a pixel of an exact score, a block of a bound.
_PER_PIXEL, _PER_BLOCK = 1.5, 5.0
#: From each map so many rows give their best place to the guess, which costs so many pixels.
_ROWS, _GUESS_PIXELS = 6, 100_000
#: Fewer pixels than these are scored without further bounds.
_FEW_PIXELS = 300_000
#: Guesses between these are improved: below nothing is there, above nothing is to be gained.
_POOR, _GOOD = 0.5, 0.985
#: More pixels than these and it pays to look at the energy of what is left.
_MANY_PIXELS = 3_000_000

#: Which places (rows, columns) with their scores may count.
Accepts = Callable[[Indices, Indices, Floats], Flags]


def everything(rows: Indices, _columns: Indices, _scores: Floats) -> Flags:
    """Let each place count."""
    return np.ones(len(rows), np.bool_)


def first_accepted(
    accepts: Accepts, rows: Indices, columns: Indices, scores: Floats, least: float
) -> int | None:
    """Give the index of the best place above `least` that may count.

    More and more are asked about at once: mostly the first one may, and else hundreds may not.
    """
    left = np.argsort(-scores, kind="stable")[: np.count_nonzero(scores > least)]
    begin, step = 0, 1
    while begin < len(left):
        part = left[begin : begin + step]
        taken = np.flatnonzero(accepts(rows[part], columns[part], scores[part]))
        if len(taken):
            return int(part[taken[0]])
        begin, step = begin + step, 4 * step
    return None


class Hunt:
    """One search for one piece in one scene."""

    def __init__(
        self, scene: Scene, piece: Piece, floor: float, accepts: Accepts = everything
    ) -> None:
        """Look for scores from `floor` on at places that `accepts` takes."""
        self._scene = scene
        self._piece = piece
        self._floor = floor
        self._accepts = accepts
        self._pixels = piece.width * piece.height
        #: Best score so far, and its place; below the floor it is merely the best seen.
        self.score = 0.0
        self.place: tuple[int, int] | None = None

    @property
    def bar(self) -> float:
        """What a place must reach to matter still."""
        return max(self._floor, self.score)

    def best(self) -> bool:
        """Find the best place from the floor on; false if the bounds leave too many places.

        Afterwards `score` and `place` are those of the best, or of the best seen if none reaches
        the floor.
        """
        blocks = self._blocks()
        for number, each in enumerate(blocks):
            level = Level(self._scene, self._piece, each)
            if number == 0:
                self._guess(level)
            budget = _budget(number, len(blocks))
            places = level.candidates(self.bar, budget)
            if places is not None and self._settle(places, blocks[number + 1 :], budget):
                return True
        return False

    def every(self) -> tuple[Places, Floats] | None:
        """Find all places from the floor on with their scores; `None` if there may be too many."""
        blocks = self._blocks()
        for number, each in enumerate(blocks):
            level = Level(self._scene, self._piece, each)
            places = level.candidates(self._floor, _budget(number, len(blocks)))
            if places is None:
                continue
            for finer in blocks[number + 1 :]:
                if len(places) * finer.number * _PER_BLOCK <= _LAST_BUDGET * 1e6:
                    places = self._narrow(places, finer)
            if len(places) * self._pixels * _PER_PIXEL <= _LAST_BUDGET * 1e6:
                scores = scores_at(self._scene, self._piece, places.rows, places.columns)
                good = scores >= self._floor - SLACK
                return places.only(good), scores[good]
        return None

    def _blocks(self) -> list[Blocks]:
        found = (self._piece.blocks(side) for side in self._piece.sides)
        return [blocks for blocks in found if blocks is not None]

    def _guess(self, level: Level) -> None:
        """Score the places that look best from afar: the better they are, the more is left out."""
        places = level.promising(_ROWS)
        if not len(places):
            return
        number = min(len(places), max(4, min(32, _GUESS_PIXELS // self._pixels)))
        self._try(places.only(np.argpartition(places.highest, -number)[-number:]))
        if self.place is not None and _POOR < self.score < _GOOD:
            self._polish(*self.place, level.blocks.side // 2)

    def _polish(self, x: int, y: int, reach: int) -> None:
        """Look at the pixels around a guess: the best place is often beside it."""
        width, height = self._scene.size
        left, top = max(0, x - reach), max(0, y - reach)
        right = min(width, x + reach + self._piece.width)
        bottom = min(height, y + reach + self._piece.height)
        around = self._scene.grey[top:bottom, left:right]
        found = cv2.matchTemplate(around, self._piece.template.grey, cv2.TM_CCOEFF_NORMED)
        _, _, _, (across, down) = cv2.minMaxLoc(np.nan_to_num(found, posinf=0, neginf=0))
        self._try(Places(np.array([top + down]), np.array([left + across]), np.ones(1)))

    def _settle(self, places: Places, finer: list[Blocks], budget: float) -> bool:
        """Find the best of these places; false if that takes longer than the budget, in ms."""
        most = max(budget, _BUDGETS[1]) * 1e6
        for blocks in finer:
            if len(places) * self._pixels < _FEW_PIXELS:
                break
            if len(places) * blocks.number * _PER_BLOCK > most:
                return False
            places = self._narrow(places, blocks)
            number = min(len(places), max(2, _FEW_PIXELS // 5 // self._pixels))
            if number:
                top = np.argpartition(places.highest, -number)[-number:]
                self._try(places.only(top))
                places.highest[top] = 0
                places = places.only(places.highest + SLACK >= self.bar)
        if len(places) * self._pixels * _PER_PIXEL > most:
            return False
        self._try_in_turn(places)
        return True

    def _narrow(self, places: Places, blocks: Blocks) -> Places:
        narrow = partial(narrowed, self._scene, self._piece, blocks)
        places = narrow(places, by_energy=False)
        places = places.only(places.highest + SLACK >= self.bar)
        if len(places) * self._pixels > _MANY_PIXELS:
            places = narrow(places, by_energy=True)
            places = places.only(places.highest + SLACK >= self.bar)
        return places

    def _try_in_turn(self, places: Places) -> None:
        """Score the most promising first, more and more at once, until no other can be better."""
        places = places.only(np.argsort(-places.highest))
        begin, step = 0, max(2, _FEW_PIXELS // 2 // self._pixels)
        while begin < len(places) and places.highest[begin] + SLACK >= self.bar:
            self._try(places.only(np.arange(begin, min(begin + step, len(places)))))
            begin, step = begin + step, 2 * step

    def _try(self, places: Places) -> None:
        """Score places exactly; the best one that may count becomes the best so far."""
        scores = scores_at(self._scene, self._piece, places.rows, places.columns)
        rows, columns = places.rows, places.columns
        index = first_accepted(self._accepts, rows, columns, scores, self.score)
        if index is not None:
            self.score = float(scores[index])
            self.place = int(columns[index]), int(rows[index])


def _budget(number: int, levels: int) -> float:
    return _LAST_BUDGET if number + 1 == levels else _BUDGETS[min(number, len(_BUDGETS) - 1)]
