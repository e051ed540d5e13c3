"""What do the coarse means of a template prove about where it is not?

Cut the picture into blocks of k x k pixels. Wherever the template lies, whole blocks lie inside it;
where they begin depends on the place only by its remainders modulo k: the *offset*. For each offset
the template has its own block means. Split the template into what its block means show (the share
`alpha` of its length) and the rest. If the block means of a place correlate with the template's by
c, then by Cauchy and Schwarz its score is at most

    sqrt((alpha c)² + 1 - alpha²)

So a place whose c stays below the `least` that belongs to a score cannot have that score. To look
at fewer maps than offsets, offsets are grouped: the angle between two vectors is a distance, so
what correlates with a group's mean by less than a limit cannot correlate enough with a member.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from traybot.vision.scene import LARGEST, Doubles, Flags, Floats
from traybot.vision.templates import Template

Indices = npt.NDArray[np.intp]
Number = TypeVar("Number", bound=np.generic)

#: What a correlation may be off by rounding.
SLACK = 2e-3
#: No limit at all: every correlation reaches it.
NO_LIMIT = -2.0
#: Fewest blocks along each side of a template: fewer are found everywhere.
_FEWEST = 5
#: How often offsets are divided into groups, per axis, by the blocks' side.
_PARTS = {2: 1, 4: 2, 8: 2, 16: 4}


class Piece:
    """A template at one size, ready to be looked for. Threads may share it."""

    def __init__(self, template: Template) -> None:
        """Prepare what every search needs; block means come when first asked for."""
        self.template = template
        self.width, self.height = template.size
        self._counted = None if template.mask is None else template.mask > 0
        values = template.grey.astype(np.float64)
        weights = np.ones_like(values) if self._counted is None else self._counted.astype(float)
        values = (values - (values * weights).sum() / weights.sum()) * weights
        #: (h, w) brightness around its mean, of length 1; 0 where transparent.
        self.pattern: Doubles = values / np.linalg.norm(values)
        self._blocks: dict[int, Blocks | None] = {}

    @cached_property
    def columns(self) -> Indices | None:
        """Positions of the pixels that count in the flattened picture; `None`: all of them."""
        return None if self._counted is None else np.flatnonzero(self._counted)

    @cached_property
    def flat(self) -> Floats:
        """The pixels that count, around their mean, of length 1."""
        flat = self.pattern.ravel()
        return (flat if self.columns is None else flat[self.columns]).astype(np.float32)

    @property
    def sides(self) -> list[int]:
        """Sides of blocks that may be of use, coarsest first."""
        side, shortest = 2, min(self.width, self.height)
        while side < LARGEST and _fitting(shortest, 2 * side) >= _FEWEST:
            side *= 2
        fits = _fitting(shortest, side) >= _FEWEST
        return [2**power for power in range(int(math.log2(side)), 0, -1)] if fits else []

    def blocks(self, side: int) -> "Blocks | None":
        """Give the block means of a side; `None` where too few whole blocks count."""
        if side not in self._blocks:
            self._blocks[side] = _make_blocks(self.pattern, self._counted, side)
        return self._blocks[side]


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """The means of a template in blocks of one side, for every offset, in groups of offsets."""

    side: int
    #: Rows and columns of blocks.
    shape: tuple[int, int]
    #: (rows * columns) which blocks count; `None`: all.
    counted: Flags | None
    #: (groups, members, rows * columns) block means around their mean, of length 1.
    vectors: Floats
    #: (groups, members) which part of the template's length they show.
    alpha: Doubles
    #: (groups, members) the offsets: rows and columns of pixels before the first whole block.
    down: Indices
    across: Indices
    #: (groups, rows * columns) the mean of each group, of length 1; (groups, members) angles to it.
    leaders: Floats
    angles: Doubles
    #: (side, side) index of an offset in the flattened members.
    index: Indices

    @property
    def number(self) -> int:
        """How many values a vector has."""
        return self.shape[0] * self.shape[1]

    def least(self, score: float) -> Doubles:
        """Tell which correlation each member needs for a score; `NO_LIMIT` if none is too small."""
        seen = self.alpha**2
        needed = (score * score - 1.0 + seen) / np.maximum(seen, 1e-12)
        return np.where(needed > 0, np.sqrt(np.maximum(needed, 0.0)) - SLACK, NO_LIMIT)

    def limits(self, score: float) -> Doubles:
        """Tell which correlation with each leader a member needs at least for a score."""
        least = self.least(score)
        widest = np.where(least <= NO_LIMIT, np.pi, np.arccos(np.clip(least, -1, 1)))
        total = np.minimum((widest + self.angles).max(axis=1), np.pi)
        return np.asarray(np.cos(total) - SLACK, np.float64)


def highest(correlation: Floats, alpha: Doubles, shown: Doubles | None = None) -> Doubles:
    """Tell the highest score that a correlation of block means allows.

    `shown`: which part of the length at the place its block means show, if that is known.
    """
    rest = 1.0 - alpha * alpha
    if shown is not None:
        return np.asarray(
            alpha * shown * correlation + np.sqrt(rest * (1.0 - shown * shown)), np.float64
        )
    seen = alpha * np.maximum(correlation, 0)
    return np.asarray(np.sqrt(seen * seen + rest), np.float64)


def _fitting(length: int, side: int) -> int:
    """Count the whole blocks inside a length, wherever it begins."""
    return (length - side + 1) // side


def _make_blocks(pattern: Doubles, counted: Flags | None, side: int) -> Blocks | None:
    rows, columns = (_fitting(length, side) for length in pattern.shape)
    if min(rows, columns) < _FEWEST:
        return None
    means = _by_offset(_block_means(pattern, side), side, rows, columns)
    whole: Flags | None = None
    if counted is not None:
        shares = _by_offset(_block_means(counted.astype(np.float64), side), side, rows, columns)
        whole = np.asarray((shares > 1 - 1e-6).all(axis=(0, 1)), np.bool_)
        if whole.sum() < _FEWEST * _FEWEST:
            return None
        means = means * whole
        means = (means - means.sum(axis=2, keepdims=True) / whole.sum()) * whole
    else:
        means = means - means.mean(axis=2, keepdims=True)
    lengths = np.linalg.norm(means, axis=2)
    vectors = _grouped(means / np.maximum(lengths, 1e-9)[..., np.newaxis], side)
    alpha = _grouped(np.minimum(side * lengths, 1.0), side)[..., 0]
    leaders = (vectors * alpha[..., np.newaxis]).mean(axis=1)
    leaders /= np.maximum(np.linalg.norm(leaders, axis=1), 1e-9)[:, np.newaxis]
    cosines = np.einsum("gmv,gv->gm", vectors, leaders)
    down, across = (_grouped(offsets, side)[..., 0] for offsets in np.indices((side, side)))
    index = np.empty((side, side), np.intp)
    index[down, across] = np.arange(side * side).reshape(down.shape)
    return Blocks(
        side=side,
        shape=(rows, columns),
        counted=whole,
        vectors=vectors.astype(np.float32),
        alpha=alpha,
        down=down,
        across=across,
        leaders=leaders.astype(np.float32),
        angles=np.arccos(np.clip(cosines, -1, 1)),
        index=index,
    )


def _block_means(values: Doubles, side: int) -> Doubles:
    """Give the mean of the block that begins at each pixel; the last ones reach beyond the edge."""
    means = cv2.boxFilter(
        values, cv2.CV_64F, (side, side), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT
    )
    return np.asarray(means, np.float64)


def _by_offset(means: Doubles, side: int, rows: int, columns: int) -> Doubles:
    """Bring to (side, side, rows * columns): the blocks of each offset."""
    whole = means[: side * rows, : side * columns].reshape(rows, side, columns, side)
    return whole.transpose(1, 3, 0, 2).reshape(side, side, rows * columns)


def _grouped(values: npt.NDArray[Number], side: int) -> npt.NDArray[Number]:
    """Bring what is given per offset (side, side, …) to (groups, members, …)."""
    parts = _PARTS[side]
    each = side // parts
    apart = values.reshape(parts, each, parts, each, -1).swapaxes(1, 2)
    return apart.reshape(parts * parts, each * each, -1)
