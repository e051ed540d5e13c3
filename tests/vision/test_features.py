"""Is a template found at any angle and size, and nothing where nothing is?"""

import math

import cv2
import numpy as np
import pytest

from tests.vision.scenes import blobs, framed, noise
from traybot.errors import TemplateError
from traybot.vision.features import FeatureSeeker, Turned
from traybot.vision.pixels import Pixels
from traybot.vision.templates import make_template

SIDE = 300
#: Where the middle of the thing is.
MIDDLE = (160.0, 140.0)


def thing(seed: int = 1) -> Pixels:
    """Make a picture with corners: rectangles over blobs, (80, 120, 3)."""
    dice = np.random.default_rng(seed)
    pixels = blobs(120, 80, seed)
    for _ in range(25):
        x, y = int(dice.integers(0, 110)), int(dice.integers(0, 70))
        width, height = int(dice.integers(5, 25)), int(dice.integers(5, 20))
        pixels[y : y + height, x : x + width] = dice.integers(0, 256, 3)
    return pixels


def scene(pixels: Pixels, angle: float, size: float, seed: int = 2) -> Pixels:
    """Show a picture turned clockwise by degrees, at a size, its middle at `MIDDLE`."""
    ground = blobs(SIDE, SIDE, seed)
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, size)
    turn[:, 2] += np.array(MIDDLE) - (width / 2, height / 2)
    shape = (SIDE, SIDE)
    shown = cv2.warpAffine(pixels, turn, shape)
    where = cv2.warpAffine(np.full((height, width), 255, np.uint8), turn, shape)
    ground[where > 127] = np.asarray(shown)[where > 127]
    return ground


def check(found: Turned | None, angle: float, size: float) -> None:
    """See that place, turn and size are right."""
    assert found is not None
    x, y = found.rect.x + found.rect.width / 2, found.rect.y + found.rect.height / 2
    assert math.dist((x, y), MIDDLE) <= 4
    assert found.angle == pytest.approx(angle, abs=3)
    assert found.scale == pytest.approx(size, rel=0.06)
    assert found.score > 0.7
    assert found.agreeing >= 8


@pytest.mark.parametrize("angle", [-170, -20, -7, 0, 13, 20, 90])
@pytest.mark.parametrize("size", [0.8, 1.0, 1.25])
def test_a_turned_template_is_found_with_its_turn_and_size(angle: float, size: float) -> None:
    """From a fifth smaller to a quarter larger, at any angle."""
    found = FeatureSeeker(make_template(thing(), "thing")).find(scene(thing(), angle, size))
    check(found, angle, size)


def test_the_rectangle_surrounds_what_was_found() -> None:
    """Turned by a right angle width and height change places."""
    found = FeatureSeeker(make_template(thing(), "thing")).find(scene(thing(), 90, 1.0))
    assert found is not None
    assert found.rect.width == pytest.approx(80, abs=4)
    assert found.rect.height == pytest.approx(120, abs=4)


#: Corners of the thing (left upper one first, clockwise) as somebody sees it who stands beside it.
TILTS = {
    "from the left": [(90, 70), (215, 95), (215, 175), (90, 200)],
    "from below": [(110, 95), (200, 95), (225, 185), (85, 185)],
    "turned as well": [(80, 110), (195, 60), (240, 150), (110, 190)],
}


@pytest.mark.parametrize("seen", TILTS.values(), ids=list(TILTS))
def test_a_tilted_template_is_found_with_its_corners(seen: list[tuple[int, int]]) -> None:
    """A turn and a size do not explain it: a homography does, and tells where each corner is."""
    template, ground = thing(), blobs(SIDE, SIDE, 2)
    height, width = template.shape[:2]
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    tilt = cv2.getPerspectiveTransform(flat, np.array(seen, np.float32))
    shown = np.asarray(cv2.warpPerspective(template, tilt, (SIDE, SIDE)))
    where = cv2.warpPerspective(np.full((height, width), 255, np.uint8), tilt, (SIDE, SIDE))
    ground[np.asarray(where) > 127] = shown[np.asarray(where) > 127]
    found = FeatureSeeker(make_template(template, "thing")).find(ground)
    assert found is not None
    assert found.score > 0.7
    for corner, true in zip(found.corners, seen, strict=True):
        assert math.dist(corner, true) <= 5, (found.corners, seen)
    left, top = (min(place) for place in zip(*seen, strict=True))
    assert math.dist((found.rect.x, found.rect.y), (left, top)) <= 6


def test_a_mirrored_template_is_another_one() -> None:
    """No way of looking at a thing mirrors it."""
    seeker = FeatureSeeker(make_template(thing(), "thing"))
    assert seeker.find(scene(thing()[:, ::-1].copy(), 0, 1.0)) is None


@pytest.mark.parametrize("seed", range(6))
def test_what_is_absent_is_not_found(seed: int) -> None:
    """Not in another picture with corners, not in noise, not in one colour."""
    seeker = FeatureSeeker(make_template(thing(), "thing"))
    assert seeker.find(scene(thing(seed + 10), 0, 1.0, seed)) is None
    assert seeker.find(noise(SIDE, SIDE, seed=seed)) is None
    assert seeker.find(np.full((SIDE, SIDE, 4), 40 * seed, np.uint8)) is None


def test_the_same_picture_gives_the_same_answer() -> None:
    """The vote throws the same dice each time."""
    seeker, pixels = FeatureSeeker(make_template(thing(), "thing")), scene(thing(), 15, 0.9)
    assert seeker.find(pixels) == seeker.find(pixels)


def test_more_points_may_be_asked_for() -> None:
    """With a minimum above what agrees nothing is found."""
    pixels, template = scene(thing(), 10, 1.0), make_template(thing(), "thing")
    pixels[:, :160] = 128  # half of it is covered
    found = FeatureSeeker(template).find(pixels)
    assert found is None or FeatureSeeker(template, found.agreeing).find(pixels) is not None
    most = FeatureSeeker(template).find(scene(thing(), 10, 1.0))
    assert most is not None
    assert found is None or found.agreeing < most.agreeing
    assert FeatureSeeker(template, most.agreeing).find(pixels) is None


def test_a_template_without_corners_is_refused_with_the_number_it_has() -> None:
    """A soft wave has no key points: it could never be found."""
    rows, columns = np.mgrid[:60, :60]
    soft = (128 + 30 * np.sin(columns / 40) + 30 * np.cos(rows / 40)).astype(np.uint8)
    template = make_template(np.repeat(soft[..., np.newaxis], 3, axis=2), "soft")
    with pytest.raises(TemplateError, match=r"soft: it has \d+ key points, 8 must agree"):
        FeatureSeeker(template)


def test_transparent_pixels_give_no_points() -> None:
    """What hides there may be anything."""
    seeker = FeatureSeeker(framed(thing(), 10))
    check(seeker.find(scene(thing(), -12, 1.1)), -12, 1.1)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 300), (20, 20), (300, 5)])
def test_a_tiny_frame_has_no_match(width: int, height: int) -> None:
    """And no error."""
    assert FeatureSeeker(make_template(thing(), "thing")).find(noise(width, height)) is None
