"""Does every camera keep the contract of `vision.camera.Camera`? Each is held to the same screen.

mss stands for Windows and macOS here, looking at X: its own part of the way is what runs.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.desktop import Desktop
from tests.vision.canvas import Canvas, canvas_on
from tests.vision.scenes import noise
from traybot.core.geometry import Rect
from traybot.errors import CaptureError
from traybot.vision import camera as camera_module
from traybot.vision.camera import Camera, MssCamera
from traybot.vision.match import find
from traybot.vision.screen import Screen
from traybot.vision.templates import make_template
from traybot.vision.x11_camera import X11Camera

Opens = Callable[[], Camera]

PLACE = Rect(300, 200, 160, 120)
#: A size for the virtual screen to change to; the numbers are a picture tube's.
MODE = "640x480 25.18 640 656 752 800 480 490 492 525"


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Canvas]:
    """A window at `PLACE`."""
    with canvas_on(desktop.display, PLACE) as canvas:
        yield canvas


@pytest.fixture(params=[X11Camera, MssCamera], ids=["x11", "mss"])
def opens(request: pytest.FixtureRequest) -> Opens:
    """Every way to take pictures that can run here."""
    opens: Opens = request.param
    return opens


@pytest.fixture
def screen(desktop: Desktop, opens: Opens) -> Iterator[Screen]:
    """The virtual screen."""
    with Screen(opens) as screen:
        yield screen


def test_a_frame_holds_the_pixels_on_the_screen(canvas: Canvas, screen: Screen) -> None:
    """Each one, in the whole picture and in a region alike; memory is in one piece."""
    painted = noise(PLACE.width, PLACE.height, 4)
    canvas.show(painted)
    region, whole = screen.grab(PLACE), screen.grab()
    assert region.rect == PLACE
    assert region.pixels.flags.c_contiguous
    assert whole.rect == Rect(0, 0, 1280, 800) == screen.bounds()
    assert np.array_equal(region.pixels[:, :, :3], painted[:, :, :3])
    assert np.array_equal(whole.crop(PLACE).pixels[:, :, :3], painted[:, :, :3])


def test_a_template_is_found_on_the_screen(canvas: Canvas, screen: Screen) -> None:
    """What was painted is found at its place on the screen."""
    painted = noise(PLACE.width, PLACE.height, 4)
    canvas.show(painted)
    frame = screen.grab()
    match = find(frame.pixels, make_template(painted[40:70, 50:90], "piece"))
    assert match is not None
    assert frame.place(match).rect == Rect(PLACE.x + 50, PLACE.y + 40, 40, 30)


def test_a_frame_is_newer_than_its_call(canvas: Canvas, screen: Screen) -> None:
    """Whatever was painted before the call is in the frame, each of fifty times."""
    for number in range(50):
        color = 0x10203 * (number + 1)
        canvas.fill(color)
        called = time.monotonic()
        frame = screen.grab(PLACE)
        assert frame.at >= called
        assert frame.pixels[60, 80, :3].tolist() == list(color.to_bytes(3, "little"))


def test_an_older_frame_keeps_its_pixels(canvas: Canvas, screen: Screen) -> None:
    """The next capture does not write over it."""
    canvas.fill(0x112233)
    older = screen.grab(PLACE)
    canvas.fill(0x445566)
    screen.grab(PLACE)
    assert older.pixels[0, 0, :3].tolist() == [0x33, 0x22, 0x11]


def test_the_monitors_of_the_screen_are_told(screen: Screen) -> None:
    """A virtual screen has one."""
    assert screen.monitors() == [Rect(0, 0, 1280, 800)]


def test_a_region_off_the_screen_is_refused(screen: Screen) -> None:
    """With the screen's real size in the message; the next grab works."""
    with pytest.raises(CaptureError, match=r"\[2000, 0, 10, 10\].*\[0, 0, 1280, 800\]"):
        screen.grab(Rect(2000, 0, 10, 10))
    assert screen.grab(Rect(1279, 799, 10, 10)).rect == Rect(1279, 799, 1, 1)


def test_asking_for_the_size_leaves_nothing_open(screen: Screen) -> None:
    """However often it is asked, and whether or not that takes a new connection."""
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not list open files")
    screen.bounds()
    before = len(list(descriptors.iterdir()))
    for _ in range(50):
        screen.bounds()
    assert len(list(descriptors.iterdir())) == before


def test_a_screen_that_shrinks_and_grows_is_followed(
    bare_display: Desktop, opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also beyond the size it had when it was first looked at."""
    monkeypatch.setattr(camera_module, "LAYOUT_SECONDS", -1.0)
    _xrandr(f"--newmode {MODE}", "--addmode screen 640x480", "--output screen --mode 640x480")
    with Screen(opens) as screen, canvas_on(bare_display.display, Rect(0, 0, 1280, 800)) as canvas:
        assert screen.grab().rect == Rect(0, 0, 640, 480)
        _xrandr("--output screen --mode 1280x800")
        canvas.fill(0xABCDEF)
        frame = screen.grab()
        assert frame.rect == Rect(0, 0, 1280, 800)
        assert frame.pixels[799, 1279, :3].tolist() == [0xEF, 0xCD, 0xAB]
        _xrandr("--output screen --mode 640x480")
        assert screen.grab().rect == Rect(0, 0, 640, 480)


def test_a_screen_that_shrinks_is_noticed_at_once(bare_display: Desktop, opens: Opens) -> None:
    """The X server refuses the old size; the frame has the new one."""
    _xrandr(f"--newmode {MODE}", "--addmode screen 640x480")
    with Screen(opens) as screen:
        assert screen.grab().rect == Rect(0, 0, 1280, 800)
        _xrandr("--output screen --mode 640x480")
        assert screen.grab().rect == Rect(0, 0, 640, 480)


def test_a_camera_made_for_a_smaller_screen_fails_by_our_error(bare_display: Desktop) -> None:
    """What mss raises for more than it has memory for becomes one line."""
    _xrandr(f"--newmode {MODE}", "--addmode screen 640x480", "--output screen --mode 640x480")
    camera = MssCamera()
    camera.layout()
    _xrandr("--output screen --mode 1280x800")
    with pytest.raises(CaptureError, match="exceeds the allocated buffer"):
        camera.take(Rect(0, 0, 1280, 800))
    camera.close()


def test_a_lost_x_server_is_one_clear_line(bare_display: Desktop, opens: Opens) -> None:
    """The grab fails by our error, names the display, and so does each later one."""
    screen = Screen(opens)
    screen.grab()
    bare_display.stop()
    for _ in range(2):
        with pytest.raises(CaptureError, match=r"display :\d+ still runs") as caught:
            screen.grab()
        assert "\n" not in str(caught.value)
    screen.close()


def test_a_new_x_server_is_found(
    bare_display: Desktop, opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its X server was replaced the same screen goes on."""
    screen = Screen(opens)
    screen.grab()
    bare_display.stop()
    with Desktop(manager=None, size="640x480x24") as other:
        monkeypatch.setenv("DISPLAY", other.display)
        assert screen.grab().rect == Rect(0, 0, 640, 480)
        screen.close()


def test_no_display_at_all_is_one_clear_line(opens: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a graphical session the remedy says so."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    if os.name == "nt":
        pytest.skip("Windows has no session without a display")
    with pytest.raises(CaptureError, match="graphical session") as caught:
        Screen(opens).grab()
    assert "\n" not in str(caught.value)


def _xrandr(*calls: str) -> None:
    for call in calls:
        subprocess.run(["xrandr", *call.split()], check=True, capture_output=True, timeout=10)
