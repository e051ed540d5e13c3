"""Does a frame show what is on the screen, now, at the right place?"""

import time
from collections.abc import Callable

import numpy as np
import pytest

from tests.vision.scenes import noise
from traybot.core.geometry import Match, Rect
from traybot.errors import CaptureError
from traybot.vision.camera import Layout
from traybot.vision.pixels import Pixels
from traybot.vision.scene import Scene
from traybot.vision.screen import Frame, Screen
from traybot.vision.seeker import Seeker, View
from traybot.vision.templates import make_template

#: Two monitors, one left of and above the first.
BOUNDS = Rect(-640, -100, 1440, 700)
MONITORS = (Rect(0, 0, 800, 600), Rect(-640, -100, 640, 480))


class FakeCamera:
    """A camera that shows the number of its pictures, and can be made to fail."""

    def __init__(self, bounds: Rect = BOUNDS, *, broken: bool = False) -> None:
        self.bounds = bounds
        self.broken = broken
        self.asked = 0
        self.closed = False
        self.taken: list[Rect] = []
        self.told = bounds

    def layout(self) -> Layout:
        """Tell the size."""
        self.asked += 1
        self.told = self.bounds
        return Layout(self.bounds, MONITORS)

    def outdated(self) -> bool:
        """Whether the size is another one than was told."""
        return self.bounds != self.told

    def take(self, rect: Rect) -> Pixels:
        """Take a picture of one level: how many were taken."""
        if self.broken:
            raise CaptureError("cannot take a picture of the screen: it was resized")
        self.taken.append(rect)
        return np.full((rect.height, rect.width, 4), len(self.taken), np.uint8)

    def close(self) -> None:
        """Note it."""
        self.closed = True


def _in_turn(*cameras: FakeCamera) -> Callable[[], FakeCamera]:
    waiting = iter(cameras)

    def open_next() -> FakeCamera:
        camera = next(waiting, None)
        if camera is None:
            raise CaptureError("cannot take a picture of the screen: there is none")
        return camera

    return open_next


def test_nothing_is_opened_before_the_first_look() -> None:
    """A process that never looks needs no display; closing what is closed does nothing."""
    screen = Screen(_in_turn())
    screen.close()
    with pytest.raises(CaptureError, match="there is none"):
        screen.grab()


def test_without_a_region_all_monitors_are_in_the_frame() -> None:
    """The origin may be negative; what the screen says of itself is passed on."""
    with Screen(_in_turn(FakeCamera())) as screen:
        frame = screen.grab()
        assert frame.rect == BOUNDS == screen.bounds()
        assert frame.pixels.shape == (700, 1440, 4)
        assert screen.monitors() == list(MONITORS)


def test_a_region_is_cut_to_the_screen() -> None:
    """What of a region lies outside is left out, and the frame says so."""
    screen = Screen(_in_turn(FakeCamera()))
    assert screen.grab(Rect(-700, 0, 100, 50)).rect == Rect(-640, 0, 40, 50)
    assert screen.grab(Rect(-5000, -5000, 10_000, 10_000)).rect == BOUNDS


@pytest.mark.parametrize("region", [Rect(800, 0, 9, 9), Rect(0, 600, 9, 9), Rect(5, 5, 0, 9)])
def test_a_region_off_the_screen_is_refused(region: Rect) -> None:
    """The error names the region, the screen and what to do."""
    screen = Screen(_in_turn(FakeCamera(), FakeCamera()))
    with pytest.raises(CaptureError, match=r"screen is \[-640, -100, 1440, 700\]") as caught:
        screen.grab(region)
    assert str(region.as_list()) in caught.value.what
    assert caught.value.remedy


def test_frames_are_numbered_and_not_older_than_they_say() -> None:
    """`at` was taken after the call and before the picture was complete."""
    screen = Screen(_in_turn(FakeCamera()))
    before = time.monotonic()
    frames = [screen.grab(Rect(0, 0, 9, 9)) for _ in range(3)]
    assert [frame.number for frame in frames] == [1, 2, 3]
    assert [int(frame.pixels[0, 0, 0]) for frame in frames] == [1, 2, 3]
    times = [frame.at for frame in frames]
    assert before <= times[0] <= times[1] <= times[2] <= time.monotonic()


def test_a_camera_that_fails_is_replaced_once() -> None:
    """After a resize the old camera is useless: a new one is made, asked for the size, and used."""
    old, new = FakeCamera(), FakeCamera(Rect(0, 0, 320, 200))
    screen = Screen(_in_turn(old, new))
    screen.grab()
    old.broken = True
    frame = screen.grab()
    assert frame.rect == Rect(0, 0, 320, 200)
    assert frame.number == 2
    assert old.closed


def test_a_second_failure_is_told() -> None:
    """There is no endless trying; a later call tries anew."""
    good = FakeCamera()
    screen = Screen(_in_turn(FakeCamera(broken=True), FakeCamera(broken=True), good))
    with pytest.raises(CaptureError, match="resized"):
        screen.grab()
    good.broken = False
    assert screen.grab().number == 1


def test_a_screen_that_changes_under_a_picture_is_taken_anew() -> None:
    """The frame shows the whole of the new size; until then nobody asks for the size again."""
    camera = FakeCamera()
    screen = Screen(_in_turn(camera))
    for _ in range(5):
        screen.grab()
    assert camera.asked == 1
    camera.bounds = Rect(0, 0, 2000, 1000)
    frame = screen.grab()
    assert frame.rect == Rect(0, 0, 2000, 1000)
    assert (frame.number, int(frame.pixels[0, 0, 0])) == (6, 7)


def test_a_screen_that_never_stands_still_is_no_endless_loop() -> None:
    """After a few tries the picture is given as it is, with the place that it shows."""

    class Restless(FakeCamera):
        def outdated(self) -> bool:
            self.bounds = Rect(0, 0, self.bounds.width + 1, 500)
            return True

    camera = Restless()
    frame = Screen(_in_turn(camera)).grab()
    assert frame.rect == camera.taken[-1]
    assert len(camera.taken) < 10


def test_a_region_on_a_part_that_is_new_is_seen_at_once() -> None:
    """Before a region is refused a new camera is asked for the size."""
    screen = Screen(_in_turn(FakeCamera(), FakeCamera(Rect(0, 0, 2000, 1000))))
    screen.grab()
    assert screen.grab(Rect(1900, 900, 10, 10)).rect == Rect(1900, 900, 10, 10)


def test_a_match_gets_its_place_on_the_screen() -> None:
    """Also on a monitor left of and above the first, where places are negative."""
    frame = Frame(noise(640, 480, 4), Rect(-640, -100, 640, 480), 1.0, 1)
    found = Match(Rect(10, 20, 30, 40), 0.97, 0.8, "button")
    assert frame.place(found) == Match(Rect(-630, -80, 30, 40), 0.97, 0.8, "button")


def test_a_part_of_a_frame_is_a_frame() -> None:
    """Pixels, place and time stay true; what lies outside is cut off or refused."""
    frame = Frame(noise(640, 480, 4), Rect(-640, -100, 640, 480), 1.0, 7)
    part = frame.crop(Rect(-10, 370, 100, 100))
    assert part.rect == Rect(-10, 370, 10, 10)
    assert np.array_equal(part.pixels, frame.pixels[470:480, 630:640])
    assert (part.at, part.number) == (1.0, 7)
    with pytest.raises(CaptureError, match=r"\[0, 0, 5, 5\]"):
        frame.crop(Rect(0, 0, 5, 5))


def test_a_search_finds_its_place_left_of_and_above_the_first_monitor() -> None:
    """By the bounds, where it was, and near that: all count from the screen's origin."""
    shown = noise(BOUNDS.width, BOUNDS.height, 4, seed=77)
    thing = noise(40, 30, seed=78)
    seeker = Seeker(make_template(thing, "thing"))

    def part(rect: Rect) -> View | None:
        inside = rect.within(BOUNDS)
        left, top = inside.x - BOUNDS.x, inside.y - BOUNDS.y
        pixels = now[top : top + inside.height, left : left + inside.width]
        return View(Scene(pixels), inside.x, inside.y)

    def whole() -> View:
        return View(Scene(now), BOUNDS.x, BOUNDS.y)

    for x, y in ((-640, -100), (-633, -92), (-633, -92), (-20, -100), (-20, -95), (700, 500)):
        now = shown.copy()
        now[y - BOUNDS.y : y - BOUNDS.y + 30, x - BOUNDS.x : x - BOUNDS.x + 40, :3] = thing
        found = seeker.look(part, whole)
        assert found is not None
        assert found.rect == Rect(x, y, 40, 30)
