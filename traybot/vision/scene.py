"""What is known of one picture, so that several searches in it share the work?

Brightness, means of square blocks of it, and how much those vary in windows of a size. Each is made
when it is first asked for. Used by one thread; never changed by a search.
"""

from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from traybot.vision.pixels import Pixels, check, to_grey

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

Sums = npt.NDArray[np.uint16] | Floats

#: Around 0 sums stay small, and with them what float32 loses of their difference.
_MIDDLE = np.float32(128)
#: Side of the smallest blocks, and of the largest: a coarser picture is hardly smaller and shows
#: less.
_FINEST, LARGEST = 2, 16
#: Blocks of this side are summed row by row, without those of half the side: mostly nobody asks.
_COARSE = 8
#: Rows that are added up at once: few enough that they stay in the processor's cache.
_STRIP = 64
#: So many values are worked on at once, for the same reason.
_STRIP_VALUES = 16_000
#: Least variance of the brightness at a place, in levels squared. What is flatter has no picture
#: in it: a single step of a wallpaper's gradient would match every edge with a score of 1.
MIN_VARIANCE = 1.0
#: Least variance of block means, in levels squared: below there is nothing but rounding.
_LEAST = 1e-3


class Scene:
    """One picture to search in."""

    def __init__(self, pixels: Pixels) -> None:
        """`pixels` must stay as they are while the scene is in use."""
        check(pixels)
        self.pixels = pixels
        self._sums: dict[int, Sums] = {}
        self._means: dict[int, Floats] = {}
        self._spreads: dict[tuple[int, int, int, bytes], Floats] = {}

    @cached_property
    def grey(self) -> Pixels:
        """The brightness (h, w)."""
        return to_grey(self.pixels)

    @cached_property
    def around(self) -> Floats:
        """The brightness less 128 (h, w)."""
        return np.subtract(self.grey, _MIDDLE, dtype=np.float32)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.pixels.shape[:2]
        return width, height

    def means(self, side: int) -> Floats:
        """Give the mean of each block of `side` x `side` pixels (h // side, w // side), less 128.

        `side` is a power of 2. Exact: not rounded to levels as a smaller picture would be, for
        bounds are built on it. What is left over at the right and below belongs to no block.
        """
        if side not in self._means:
            means = np.multiply(self._block_sums(side), np.float32(1 / side**2), dtype=np.float32)
            means -= _MIDDLE
            self._means[side] = means
        return self._means[side]

    def _block_sums(self, side: int) -> Sums:
        """Give the sum of each block, exactly."""
        if side not in self._sums:
            self._sums[side] = self._add_blocks(side)
        return self._sums[side]

    def _add_blocks(self, side: int) -> Sums:
        if side == _COARSE:
            return _added(self.grey, side)
        finer = self.grey if side == _FINEST else self._block_sums(side // 2)
        return _fours(finer) if side > _COARSE else _paired(finer)

    def spread(self, side: int, shape: tuple[int, int], counted: Flags | None) -> Floats:
        """Tell, for each window of `shape` blocks, the length of its means around their mean.

        Rows and columns of blocks in `shape`; of them those in `counted`, or all.
        """
        key = (side, *shape, b"" if counted is None else counted.tobytes())
        if key not in self._spreads:
            means = self.means(side)
            total, squares = _sums(means, shape, counted)
            number = shape[0] * shape[1] if counted is None else int(counted.sum())
            squares = np.asarray(cv2.scaleAdd(cv2.multiply(total, total), -1.0 / number, squares))
            np.maximum(squares, np.float32(_LEAST * number), out=squares)
            self._spreads[key] = np.sqrt(squares, out=squares)
        return self._spreads[key]

    def lengths(self, size: tuple[int, int]) -> Floats:
        """Tell the length of the brightness around its mean in each window of `size` pixels.

        Width and height; (h - height + 1, w - width + 1). Where that is too flat to be like
        anything it is infinite.
        """
        width, height = size
        total, squares = self._tables
        rows, columns = total.shape[0] - height, total.shape[1] - width
        energy = np.empty((rows, columns), np.float32)
        step = max(1, _STRIP_VALUES // columns)
        for top in range(0, rows, step):
            upper = slice(top, min(top + step, rows))
            lower = slice(upper.start + height, upper.stop + height)
            sums, both = (table[lower] - table[upper] for table in (total, squares))
            around = (sums[:, width:] - sums[:, :-width]).astype(np.float64)
            around *= around
            around *= -1.0 / (width * height)
            around += both[:, width:]
            around -= both[:, :-width]
            energy[upper] = around
        energy[energy < MIN_VARIANCE * width * height] = np.inf
        return np.sqrt(energy, out=energy)

    def lengths_at(
        self, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], size: tuple[int, int]
    ) -> Doubles:
        """Tell the length at some places; where it is flat nothing is made of it."""
        width, height = size
        total, squares = (_box(table, rows, columns, size) for table in self._tables)
        return np.sqrt(np.maximum(squares - total * total / (width * height), 1.0))

    @cached_property
    def _tables(self) -> tuple[npt.NDArray[np.int32], Doubles]:
        # These two depths are what OpenCV has vectors for: a tenth of the time of any others.
        total, squares = cv2.integral2(self.grey, sdepth=cv2.CV_32S, sqdepth=cv2.CV_64F)
        return np.asarray(total, np.int32), np.asarray(squares, np.float64)


def correlated(means: Floats, pattern: Floats) -> Floats:
    """Correlate with a pattern (h, w) at each place where it fits (H - h + 1, W - w + 1)."""
    rows, columns = pattern.shape
    height, width = means.shape
    if rows * columns > _LARGEST_DIRECT:
        return np.asarray(cv2.matchTemplate(means, pattern, cv2.TM_CCORR), np.float32)
    found = cv2.filter2D(means, cv2.CV_32F, pattern, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
    return np.asarray(found, np.float32)[: height - rows + 1, : width - columns + 1]


#: Values in a pattern up to which OpenCV's direct filter is faster than its Fourier transform.
_LARGEST_DIRECT = 121


def _sums(means: Floats, shape: tuple[int, int], counted: Flags | None) -> tuple[Floats, Floats]:
    """Sum block means, and their squares, in each window."""
    if counted is not None:
        weights = counted.reshape(shape).astype(np.float32)
        return correlated(means, weights), correlated(means * means, weights)
    rows, columns = shape
    inside = (slice(means.shape[0] - rows + 1), slice(means.shape[1] - columns + 1))
    # Not by cv2.sqrBoxFilter, which takes half as long again.
    total, squares = (
        cv2.boxFilter(
            values,
            cv2.CV_32F,
            (columns, rows),
            anchor=(0, 0),
            normalize=False,
            borderType=cv2.BORDER_CONSTANT,
        )
        for values in (means, cv2.multiply(means, means))
    )
    return np.asarray(total, np.float32)[inside], np.asarray(squares, np.float32)[inside]


def _added(grey: Pixels, side: int) -> Floats:
    """Sum blocks of `side` x `side`, exactly: whole numbers have room in float32 up to 2**24."""
    height, width = grey.shape[0] // side, grey.shape[1] // side
    columns = np.zeros((height, width * side), np.float32)
    if columns.size:  # cv2 refuses none
        for row in range(side):
            cv2.accumulate(grey[row : height * side : side, : width * side], columns)
    return np.asarray(columns.reshape(height, width, side) @ np.ones(side, np.float32))


def _fours(sums: Pixels | Sums) -> Floats:
    """Sum 2 x 2 neighbours each."""
    height, width = (2 * (length // 2) for length in sums.shape)
    rows = sums[0:height:2, :width] + sums[1:height:2, :width]
    return np.asarray(rows[:, 0::2] + rows[:, 1::2], np.float32)


def _paired(values: Pixels | Sums) -> Sums:
    """Sum blocks of 2 x 2: two neighbours in a row are the halves of one number twice as wide."""
    height, width = values.shape[0] // 2, values.shape[1] // 2
    bits = 8 * values.itemsize
    wide = values[: 2 * height, : 2 * width].view(f"u{2 * values.itemsize}")
    sums = np.empty((height, width), np.uint16)
    rows, upper = np.empty((2, 2 * _STRIP, width), wide.dtype)
    for top in range(0, height, _STRIP):
        part = wide[2 * top : 2 * (top + _STRIP)]
        here, there = rows[: len(part)], upper[: len(part)]
        np.bitwise_and(part, 2**bits - 1, out=here)
        here += np.right_shift(part, bits, out=there)
        np.add(here[0::2], here[1::2], out=sums[top : top + _STRIP], casting="same_kind")
    return sums


def _box(
    table: npt.NDArray[np.int32] | Doubles,
    rows: npt.NDArray[np.intp],
    columns: npt.NDArray[np.intp],
    size: tuple[int, int],
) -> Doubles:
    """Sum rectangles by a table of sums."""
    right, below = columns + size[0], rows + size[1]
    upper = table[rows, right] - table[rows, columns]
    return np.asarray(table[below, right] - table[below, columns] - upper, np.float64)
