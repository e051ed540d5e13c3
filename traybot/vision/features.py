"""Where is a template when it is turned, tilted, or of any size? By key points, then by pixels.

ORB describes corners in a few milliseconds; SIFT takes ten times as long and sees what ORB does
not. Their matches vote for one turn, size and place (RANSAC), and where that explains the pixels
badly for a homography: the template is tilted. The picture is then brought back, and the score is
its correlation with the template, on the same scale as that of `match`.
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
#: A turn and a size that explain the pixels as well as this need no homography. One must explain
#: them better than what is only turned, by more matches: it has twice as many numbers to be wrong.
_WELL, _LEAST_TILTED, _FEWEST_TILTED = 0.9, 0.65, 10
#: An edge of a tilted template is at most so many times as long as the opposite one.
_MOST_TILT = 2.0

#: What describes points: bits for ORB, numbers for SIFT.
Words = npt.NDArray[np.uint8] | npt.NDArray[np.float32]
#: (n, 2) x and y.
Points = npt.NDArray[np.float32]
#: (3, 3) from the template's pixels to the picture's.
Pose = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Turned(Match):
    """A template found at some angle and size; `rect` surrounds it."""

    #: Degrees, clockwise on the screen, -180 to 180; of its upper edge, if it is tilted.
    angle: float = 0.0
    #: How many key points agree.
    agreeing: int = 0
    #: Where its corners are (x, y), clockwise from what is its left upper one upright.
    corners: tuple[tuple[int, int], ...] = ()


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
        ours, theirs = points[pairs[:, 0]], there[pairs[:, 1]]
        turned = self._checked(grey, *_turned(ours, theirs), self._least, _LEAST_SCORE)
        if turned is not None and turned.score >= _WELL:
            return turned
        least = max(self._least, _FEWEST_TILTED)
        tilted = self._checked(grey, *_tilted(ours, theirs), least, _LEAST_TILTED)
        return max((one for one in (turned, tilted) if one), key=_by_score, default=None)

    def _checked(
        self, grey: Pixels, pose: Pose | None, agreeing: int, least: int, least_score: float
    ) -> Turned | None:
        """Bring the picture back and compare its pixels; `None` if it is something else."""
        if pose is None or agreeing < least:
            return None
        corners = _corners(pose, self._template.size)
        size = _size(corners, self._template.size)
        if not _SIZES[0] <= size <= _SIZES[1]:
            return None
        back = cv2.warpPerspective(
            grey,
            pose,
            self._template.size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        score = score_at(np.asarray(back, np.uint8), self._template, 0, 0)
        if score is None or score < least_score:
            return None
        (left, top), (right, bottom) = np.round(corners.min(axis=0)), np.round(corners.max(axis=0))
        rect = Rect(int(left), int(top), int(right - left), int(bottom - top))
        across, down = corners[1] - corners[0]
        angle = math.degrees(math.atan2(down, across))
        each = tuple((round(x), round(y)) for x, y in corners.tolist())
        return Turned(rect, score, round(size, 3), self._template.name, angle, agreeing, each)


def _by_score(found: Turned) -> float:
    return found.score


def _corners(pose: Pose, size: tuple[int, int]) -> Pose:
    """Give where the template's corners are (4, 2), clockwise from its left upper one."""
    width, height = size
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    return np.asarray(cv2.perspectiveTransform(corners, pose)[0], np.float64)


def _size(corners: Pose, size: tuple[int, int]) -> float:
    """Tell how large it is beside the template, as a length; 0 if it is no picture of one.

    That is: mirrored, folded, or tilted beyond what can be seen.
    """
    edges = np.roll(corners, -1, axis=0) - corners
    following = np.roll(edges, -1, axis=0)
    turns = edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0]
    length = np.hypot(edges[:, 0], edges[:, 1])
    if not np.isfinite(corners).all() or (turns <= 0).any():
        return 0.0
    opposite = length[:2] / length[2:]
    if max(opposite.max(), 1 / opposite.min()) > _MOST_TILT:
        return 0.0
    return math.sqrt(cv2.contourArea(corners.astype(np.float32)) / (size[0] * size[1]))


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


def _turned(ours: Points, theirs: Points) -> tuple[Pose | None, int]:
    """Let the matches vote for a turn, a size and a place; gives how many agree with it."""
    cv2.setRNGSeed(0)  # the same picture, the same answer
    answer: Any = cv2.estimateAffinePartial2D(  # likewise
        ours, theirs, method=cv2.RANSAC, ransacReprojThreshold=_REACH
    )
    pose, agree = answer
    if pose is None:
        return None, 0
    return np.vstack((np.asarray(pose, np.float64), (0.0, 0.0, 1.0))), int(agree.sum())


def _tilted(ours: Points, theirs: Points) -> tuple[Pose | None, int]:
    """Let the matches vote for a homography; gives how many agree with it."""
    if len(ours) < _FEWEST_TILTED:
        return None, 0
    answer: Any = cv2.findHomography(ours, theirs, cv2.RANSAC, _REACH)
    pose, agree = answer
    return (None, 0) if pose is None else (np.asarray(pose, np.float64), int(agree.sum()))
