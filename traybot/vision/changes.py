"""Did the picture change, and since when has it stood still?"""

import cv2
import numpy as np
import xxhash

from traybot.vision.pixels import Pixels, is_grey

#: How far a channel may differ, in levels of 255, before a pixel counts as another one.
TOLERANCE = 12


def change(before: Pixels, after: Pixels, tolerance: int = TOLERANCE) -> float:
    """Tell which part of the pixels, 0 to 1, differs by more than `tolerance` levels in a channel.

    A picture of another size differs in all of them. Alpha does not count.
    """
    if before.shape != after.shape:
        return 1.0
    if before.size == 0:
        return 0.0
    if cv2.norm(before, after, cv2.NORM_INF) <= tolerance:
        return 0.0  # the most frequent case, in a fifth of the time
    difference = np.asarray(cv2.absdiff(before, after), np.uint8)
    channels = 1 if is_grey(difference) else difference.shape[2]
    highest = [tolerance] * min(channels, 3) + [255] * (channels - 3)
    same = cv2.inRange(difference, np.zeros(channels, np.uint8), np.array(highest, np.uint8))
    return (same.size - cv2.countNonZero(same)) / same.size


def differs(before: Pixels, after: Pixels, tolerance: int = TOLERANCE, share: float = 0.0) -> bool:
    """Tell whether more than `share` of the pixels differ; by default one pixel is enough."""
    return change(before, after, tolerance) > share


def fingerprint(pixels: Pixels) -> int:
    """Give a number that is equal for equal pixels, and for others practically never.

    The fourth byte counts too, though it means nothing: at worst equal pictures seem different.
    """
    return xxhash.xxh3_64_intdigest(np.ascontiguousarray(pixels).data)


class Stillness:
    """Knows since when a picture has stood still. Used by one thread; has no clock of its own.

    Each look is compared to the picture at which the stillness began, not to the one before:
    a slow drift adds up to a change.
    """

    def __init__(self, tolerance: int = TOLERANCE, share: float = 0.0) -> None:
        """`tolerance` and `share` as in `differs`."""
        self._tolerance = tolerance
        self._share = share
        self._anchor: Pixels | None = None
        self._since = 0.0

    def look(self, pixels: Pixels, now: float) -> float:
        """Take in a picture seen at `now`, in seconds; tell for how many it has stood still."""
        anchor = self._anchor
        if anchor is None or differs(anchor, pixels, self._tolerance, self._share):
            # A copy: who captures may use the same memory again.
            self._anchor, self._since = pixels.copy(), now
        return now - self._since

    def reset(self) -> None:
        """Forget everything: the next look begins anew."""
        self._anchor = None
