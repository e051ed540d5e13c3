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

Sums = npt.NDArray[np.uint16]

#: Around 0 sums stay small, and with them what float32 loses of their difference.
_MIDDLE = np.float32(128)
#: Side of the smallest blocks, and of the largest: a coarser picture is hardly smaller and shows
#: less, and the sum of more pixels has no room in 16 bits.
_FINEST, LARGEST = 2, 16
#: Rows that are added up at once: few enough that they stay in the processor's cache.
_STRIP = 64
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
            means = self._block_sums(side).astype(np.float32)
            means *= np.float32(1 / side**2)
            means -= _MIDDLE
            self._means[side] = means
        return self._means[side]

    def _block_sums(self, side: int) -> Sums:
        """Give the sum of each block; whole numbers, for they are added twice as fast."""
        if side not in self._sums:
            assert side <= LARGEST, "their sums have no room"
            finer = self.grey if side == _FINEST else self._block_sums(side // 2)
            self._sums[side] = _paired(finer)
        return self._sums[side]

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

    def energies(
        self, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], size: tuple[int, int]
    ) -> Doubles:
        """Tell the length of the brightness around its mean in windows of pixels at places."""
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
    size = (columns, rows)
    total = cv2.boxFilter(
        means, cv2.CV_32F, size, anchor=(0, 0), normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    squares = cv2.sqrBoxFilter(
        means, cv2.CV_32F, size, anchor=(0, 0), normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    return np.asarray(total, np.float32)[inside], np.asarray(squares, np.float32)[inside]


def _paired(values: npt.NDArray[np.uint8] | Sums) -> Sums:
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
