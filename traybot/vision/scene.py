"""What is known of one picture, so that several searches in it share the work?

Brightness, means of square blocks of it, and how much those vary in windows of a size. Each is made
when it is first asked for. Used by one thread; never changed by a search.
"""

from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from traybot.vision.pixels import Pixels, to_grey

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: Around 0 sums stay small, and with them what float32 loses of their difference.
_MIDDLE = np.float32(128)
#: Side of the smallest blocks.
_FINEST = 2
#: Rows that are brought to float at once: few enough that they stay in the processor's cache.
_STRIP = 64
#: Least variance of block means, in levels squared: below there is nothing but rounding.
_LEAST = 1e-3


class Scene:
    """One picture to search in."""

    def __init__(self, pixels: Pixels) -> None:
        """`pixels` must stay as they are while the scene is in use."""
        self.pixels = pixels
        self.grey = to_grey(pixels)
        self._means: dict[int, Floats] = {}
        self._spreads: dict[tuple[int, int, int, bytes], Floats] = {}

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.grey.shape
        return width, height

    def means(self, side: int) -> Floats:
        """Give the mean of each block of `side` x `side` pixels (h // side, w // side), less 128.

        `side` is a power of 2. Exact: not rounded to levels as a smaller picture would be, for
        bounds are built on it. What is left over at the right and below belongs to no block.
        """
        if side not in self._means:
            height, width = self.grey.shape
            size = (width // side, height // side)
            if side == _FINEST:
                self._means[side] = self._halved(*size)
            else:
                finer = self.means(side // 2)[: 2 * size[1], : 2 * size[0]]
                self._means[side] = _shrunk(finer, *size)
        return self._means[side]

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
    def _tables(self) -> tuple[Doubles, Doubles]:
        total, squares = cv2.integral2(self.grey, sdepth=cv2.CV_64F, sqdepth=cv2.CV_64F)
        return np.asarray(total, np.float64), np.asarray(squares, np.float64)

    def _halved(self, width: int, height: int) -> Floats:
        halved = np.empty((height, width), np.float32)
        strip = np.empty((2 * _STRIP, 2 * width), np.float32)
        for top in range(0, height, _STRIP):
            bottom = min(top + _STRIP, height)
            rows = strip[: 2 * (bottom - top)]
            np.copyto(rows, self.grey[2 * top : 2 * bottom, : 2 * width])
            halved[top:bottom] = _shrunk(rows, width, bottom - top)
        halved -= _MIDDLE
        return halved


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


def _shrunk(values: Floats, width: int, height: int) -> Floats:
    return np.asarray(cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def _box(
    table: Doubles,
    rows: npt.NDArray[np.intp],
    columns: npt.NDArray[np.intp],
    size: tuple[int, int],
) -> Doubles:
    """Sum rectangles by a table of sums."""
    right, below = columns + size[0], rows + size[1]
    upper = table[rows, right] - table[rows, columns]
    return np.asarray(table[below, right] - table[below, columns] - upper, np.float64)
