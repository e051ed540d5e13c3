"""Where is a template when it is turned, or of any size? By key points that agree, then by pixels.

ORB describes corners in a few milliseconds; SIFT takes ten times as long and sees what ORB does
not. Their matches vote for one turn, size and place (RANSAC); the picture is then turned back, and
the score is its correlation with the template, on the same scale as that of `match`.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from traybot.core.geometry import Match, Rect
from traybot.errors import TemplateError
from traybot.text import _
from traybot.vision.pixels import Pixels, to_grey
from traybot.vision.scores import score_at
from traybot.vision.templates import Template

#: Key points of ORB in a region as large as the one below; in larger ones more, up to the limit.
_POINTS, _POINTS_PIXELS, _MOST_POINTS = 900, 300 * 300, 6000
#: Corners fainter than ORB's own setting, nearer to the edge and at closer sizes: templates are
#: small, and each point counts. Of 64 warped pieces it found 63; with its own settings 40.
_ORB: Final[dict[str, Any]] = {
    "scaleFactor": 1.15,
    "nlevels": 8,
    "fastThreshold": 10,
    "edgeThreshold": 9,
}
#: In larger pictures SIFT would take a second.
_MOST_SIFT_PIXELS = 500 * 500
#: A match counts if its second best is further off than this factor says.
_RATIO = {"orb": 0.85, "sift": 0.8}
#: How far off the common place a point may be, in pixels.
_REACH = 4.0
#: Sizes that are believed, and the least correlation of what was turned back.
_SIZES, _LEAST_SCORE = (0.4, 2.5), 0.5
#: Fewest matches that fix a turn, a size and a place, with one to spare.
_FEWEST = 3

#: What describes points: bits for ORB, numbers for SIFT.
Words = npt.NDArray[np.uint8] | npt.NDArray[np.float32]
#: (n, 2) x and y.
Points = npt.NDArray[np.float32]
#: (2, 3) from the template's pixels to the picture's.
Pose = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Turned(Match):
    """A template found at some angle and size; `rect` surrounds it."""

    #: Degrees, clockwise on the screen, -180 to 180.
    angle: float = 0.0
    #: How many key points agree.
    agreeing: int = 0


class FeatureSeeker:
    """Looks for one template by its key points; used by one thread."""

    def __init__(self, template: Template, min_matches: int = 8) -> None:
        """Describe the template, once. `TemplateError` if it has fewer points than must agree."""
        self._template = template
        self._least = max(min_matches, _FEWEST)
        self._known = {
            name: _described(name, template.grey, template.mask, _POINTS)
            for name in ("orb", "sift")
        }
        found = {name: len(points) for name, (points, _words) in self._known.items()}
        if max(found.values()) < self._least:
            shown = f"{template.path}" if template.path.name else template.name
            what = _(
                "cannot use the template {name}: it has {found} key points, {needed} must agree"
            ).format(name=shown, found=max(found.values()), needed=self._least)
            raise TemplateError(
                what, _('take a larger piece with more corners in it, or use kind = "image"')
            )
        #: Whether ORB alone will do: it knows far more points than must agree.
        self._rich = found["orb"] >= 4 * self._least

    def find(self, pixels: Pixels, *, thorough: bool = True) -> Turned | None:
        """Find the place where most points agree; `None` if too few do.

        A thorough look asks SIFT too when ORB finds nothing: in 300 x 300 pixels it takes 30 ms
        more. Else SIFT is for templates that have few points for ORB.
        """
        grey = to_grey(pixels)
        if min(grey.shape) < _FEWEST:
            return None
        found = self._by("orb", grey)
        if found is None and grey.size <= _MOST_SIFT_PIXELS and (thorough or not self._rich):
            found = self._by("sift", grey)
        return found

    def _by(self, name: str, grey: Pixels) -> Turned | None:
        points, words = self._known[name]
        if len(points) < self._least:
            return None
        number = int(min(_MOST_POINTS, max(_POINTS, _POINTS * grey.size / _POINTS_PIXELS)))
        there, said = _described(name, grey, None, number)
        if len(there) < self._least:
            return None
        pairs = _pairs(name, words, said)
        if len(pairs) < self._least:
            return None
        pose, agreeing = _agreed(points[pairs[:, 0]], there[pairs[:, 1]])
        if pose is None or agreeing < self._least:
            return None
        return self._checked(grey, pose, agreeing)

    def _checked(self, grey: Pixels, pose: Pose, agreeing: int) -> Turned | None:
        """Turn the picture back and compare its pixels; `None` if it is something else."""
        size = math.hypot(pose[0, 0], pose[1, 0])
        if not _SIZES[0] <= size <= _SIZES[1]:
            return None
        width, height = self._template.size
        back = np.asarray(
            cv2.warpAffine(
                grey,
                pose,
                (width, height),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            np.uint8,
        )
        score = score_at(back, self._template, 0, 0)
        if score is None or score < _LEAST_SCORE:
            return None
        corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]])
        across, down = pose @ corners.T
        left, top = round(across.min()), round(down.min())
        rect = Rect(left, top, round(across.max()) - left, round(down.max()) - top)
        angle = math.degrees(math.atan2(pose[1, 0], pose[0, 0]))
        return Turned(rect, score, round(size, 3), self._template.name, angle, agreeing)


def _described(name: str, grey: Pixels, mask: Pixels | None, number: int) -> tuple[Points, Words]:
    """Find key points (n, 2) and what describes each (n, …)."""
    if name == "orb":
        detector: cv2.Feature2D = cv2.ORB.create(number, **_ORB)
    else:
        detector = cv2.SIFT.create()
    answer: Any = detector.detectAndCompute(grey, mask)  # its types know no None
    found, words = answer
    if words is None:
        return np.empty((0, 2), np.float32), np.empty((0, 1), np.uint8)
    return np.array([point.pt for point in found], np.float32), np.asarray(words)


def _pairs(name: str, words: Words, said: Words) -> npt.NDArray[np.intp]:
    """Match descriptions (n, 2): only those whose best is much better than their second best."""
    norm = cv2.NORM_HAMMING if name == "orb" else cv2.NORM_L2
    pairs = [
        (two[0].queryIdx, two[0].trainIdx)
        for two in cv2.BFMatcher(norm).knnMatch(words, said, k=2)
        if len(two) > 1 and two[0].distance < _RATIO[name] * two[1].distance
    ]
    return np.array(pairs, np.intp).reshape(-1, 2)


def _agreed(of_template: Points, there: Points) -> tuple[Pose | None, int]:
    """Let the matches vote; gives the pose and how many agree with it."""
    cv2.setRNGSeed(0)  # the same picture, the same answer
    answer: Any = cv2.estimateAffinePartial2D(  # likewise
        of_template, there, method=cv2.RANSAC, ransacReprojThreshold=_REACH
    )
    pose, agree = answer
    if pose is None:
        return None, 0
    return np.asarray(pose, np.float64), int(agree.sum())
