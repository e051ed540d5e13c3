"""Is a template found again where it was, beside it, or anywhere else it went?"""

from functools import partial

import numpy as np
import pytest

from tests.vision.scenes import blobs, cut
from traybot.core.geometry import Match, Rect
from traybot.vision.pixels import Pixels
from traybot.vision.scene import Scene
from traybot.vision.seeker import REACH, Seeker, View, crop
from traybot.vision.templates import make_template

GROUND = blobs(400, 300, seed=40)
THING = blobs(40, 30, seed=41)
TEMPLATE = make_template(THING, "thing")


def showing(*places: tuple[int, int]) -> Pixels:
    """Show the thing at places."""
    pixels = GROUND.copy()
    for x, y in places:
        pixels[y : y + 30, x : x + 40] = THING
    return pixels


class Counted:
    """A seeker of the thing that counts how often all was searched."""

    def __init__(self) -> None:
        self.seeker = Seeker(TEMPLATE)
        self.searches = 0

    def look(self, pixels: Pixels) -> Match | None:
        """Look at a picture."""
        scene = Scene(pixels)

        def whole() -> View:
            self.searches += 1
            return View(scene)

        return self.seeker.look(partial(crop, scene), whole)


def _at(match: Match | None) -> tuple[int, int]:
    assert match is not None
    assert match.score > 0.99
    return match.rect.x, match.rect.y


def test_what_stands_still_is_searched_for_once() -> None:
    """The last place is looked at first, and is enough."""
    counted = Counted()
    for _ in range(5):
        assert _at(counted.look(showing((200, 100)))) == (200, 100)
    assert counted.searches == 1


@pytest.mark.parametrize("step", [(1, 0), (-REACH, REACH), (0, -REACH)])
def test_what_moves_a_little_is_followed(step: tuple[int, int]) -> None:
    """Near its last place it is found without a search of all; also when it comes to an edge."""
    counted = Counted()
    x, y = 200, 120
    for _ in range(4):
        assert _at(counted.look(showing((x, y)))) == (x, y)
        x, y = x + step[0], y + step[1]
    assert counted.searches == 1


def test_what_jumps_is_searched_for() -> None:
    """And what is gone is not seen at its old place."""
    counted = Counted()
    assert _at(counted.look(showing((30, 20)))) == (30, 20)
    assert _at(counted.look(showing((300, 200)))) == (300, 200)
    gone = counted.look(showing())
    assert gone is None or gone.score < 0.9
    assert _at(counted.look(showing((30, 20)))) == (30, 20)
    assert counted.searches == 4


def test_a_place_that_has_become_worse_loses_to_a_better_one() -> None:
    """What was there is half covered, and the thing itself is elsewhere."""
    counted = Counted()
    assert _at(counted.look(showing((100, 100)))) == (100, 100)
    pixels = showing((100, 100), (300, 200))
    pixels[100:104, 100:140] = 128
    assert _at(counted.look(pixels)) == (300, 200)


def test_another_colour_at_the_last_place_is_not_the_thing() -> None:
    """Brightness alone would have been enough."""
    counted = Counted()
    assert _at(counted.look(showing((100, 100)))) == (100, 100)
    pixels = showing((100, 100)).astype(np.int64)
    pixels[100:130, 100:140, 2] += 40
    pixels[100:130, 100:140, 1] -= 20
    found = counted.look(pixels.clip(0, 255).astype(np.uint8))
    assert found is None or found.score < 0.9


def test_a_window_that_shrank_below_the_last_place_is_searched() -> None:
    """No place outside what there is to see is looked at."""
    counted = Counted()
    assert _at(counted.look(showing((350, 260)))) == (350, 260)
    smaller = showing((20, 20))[:100, :100]
    assert _at(counted.look(smaller)) == (20, 20)


def test_a_part_of_a_scene_is_cut_to_it() -> None:
    """Its place is told; beside the scene there is nothing."""
    scene = Scene(cut(GROUND, 0, 0, 100, 80))
    view = crop(scene, Rect(-10, 60, 40, 40))
    assert view is not None
    assert (view.x, view.y, view.scene.size) == (0, 60, (30, 20))
    assert crop(scene, Rect(100, 0, 10, 10)) is None


def test_after_a_hundred_equal_looks_another_thing_at_the_place_is_seen() -> None:
    """Equal pixels are believed to show the same; other ones are judged, also where it was."""
    counted = Counted()
    seen = {_at(counted.look(showing((200, 100)))) for _ in range(100)}
    assert seen == {(200, 100)}
    gone = counted.look(showing())
    assert gone is None or gone.score < 0.9
    assert _at(counted.look(showing((30, 40)))) == (30, 40)
    assert _at(counted.look(showing((200, 100)))) == (200, 100)
