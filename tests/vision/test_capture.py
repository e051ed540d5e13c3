"""Does a real screen arrive in memory, pixel for pixel? On a virtual one."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from Xlib import X
from Xlib.display import Display
from Xlib.xobject.drawable import Window

from tests.desktop import Desktop
from tests.vision.scenes import noise
from traybot.core.geometry import Rect
from traybot.errors import CaptureError
from traybot.vision import screen as screen_module
from traybot.vision.camera import MssCamera
from traybot.vision.match import find
from traybot.vision.pixels import Pixels
from traybot.vision.screen import Screen
from traybot.vision.templates import make_template

PLACE = Rect(300, 200, 160, 120)
#: A size for the virtual screen to change to; the numbers are a picture tube's.
MODE = "640x480 25.18 640 656 752 800 480 490 492 525"


class Canvas:
    """A window without a frame, above all others, to paint on."""

    def __init__(self, display: Display, window: Window, rect: Rect) -> None:
        self._display = display
        self._window = window
        self._rect = rect
        self._brush = window.create_gc()

    def fill(self, color: int) -> None:
        """Paint all of it; 0xRRGGBB. It is on the screen when this returns."""
        self._brush.change(foreground=color)
        self._window.fill_rectangle(self._brush.id, 0, 0, self._rect.width, self._rect.height)
        self._display.sync()

    def show(self, pixels: Pixels) -> None:
        """Paint a picture (h, w, 4); rows one by one, for a request may not be long."""
        depth = self._display.screen().root_depth
        for row, line in enumerate(pixels):
            data = line.tobytes()
            width = len(line)
            self._window.put_image(self._brush.id, 0, row, width, 1, X.ZPixmap, depth, 0, data)
        self._display.sync()


@contextmanager
def _canvas(display_name: str, rect: Rect) -> Iterator[Canvas]:
    with closing(Display(display_name)) as display:
        window = display.screen().root.create_window(
            rect.x,
            rect.y,
            rect.width,
            rect.height,
            0,
            display.screen().root_depth,
            X.InputOutput,
            X.CopyFromParent,
            override_redirect=True,
            event_mask=X.ExposureMask,
        )
        window.map()
        display.sync()
        try:
            yield Canvas(display, window, rect)
        finally:
            window.destroy()
            display.sync()


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Canvas]:
    """A window at `PLACE`."""
    with _canvas(desktop.display, PLACE) as canvas:
        yield canvas


@pytest.fixture
def screen(desktop: Desktop) -> Iterator[Screen]:
    """The virtual screen."""
    with Screen() as screen:
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
    """Each question is a new connection: the old one must be gone."""
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not list open files")
    screen.bounds()
    before = len(list(descriptors.iterdir()))
    for _ in range(50):
        screen.bounds()
    assert len(list(descriptors.iterdir())) == before


def test_a_screen_that_shrinks_and_grows_is_followed(
    bare_display: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also beyond the size it had when it was first looked at."""
    monkeypatch.setattr(screen_module, "LAYOUT_SECONDS", -1.0)
    _xrandr(f"--newmode {MODE}", "--addmode screen 640x480", "--output screen --mode 640x480")
    with Screen() as screen, _canvas(bare_display.display, Rect(0, 0, 1280, 800)) as canvas:
        assert screen.grab().rect == Rect(0, 0, 640, 480)
        _xrandr("--output screen --mode 1280x800")
        canvas.fill(0xABCDEF)
        frame = screen.grab()
        assert frame.rect == Rect(0, 0, 1280, 800)
        assert frame.pixels[799, 1279, :3].tolist() == [0xEF, 0xCD, 0xAB]
        _xrandr("--output screen --mode 640x480")
        assert screen.grab().rect == Rect(0, 0, 640, 480)


def test_a_screen_that_shrinks_is_noticed_at_once(bare_display: Desktop) -> None:
    """The X server refuses the old size; the frame has the new one."""
    _xrandr(f"--newmode {MODE}", "--addmode screen 640x480")
    with Screen() as screen:
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


def test_a_lost_x_server_is_one_clear_line(bare_display: Desktop) -> None:
    """The grab fails by our error, names the display, and so does each later one."""
    screen = Screen()
    screen.grab()
    bare_display.stop()
    for _ in range(2):
        with pytest.raises(CaptureError, match=r"display :\d+ still runs") as caught:
            screen.grab()
        assert "\n" not in str(caught.value)
    screen.close()


def test_a_new_x_server_is_found(bare_display: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its X server was replaced the same screen goes on."""
    screen = Screen()
    screen.grab()
    bare_display.stop()
    with Desktop(manager=None, size="640x480x24") as other:
        monkeypatch.setenv("DISPLAY", other.display)
        assert screen.grab().rect == Rect(0, 0, 640, 480)
        screen.close()


def test_no_display_at_all_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a graphical session the remedy says so."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    if os.name == "nt":
        pytest.skip("Windows has no session without a display")
    with pytest.raises(CaptureError, match="graphical session") as caught:
        Screen().grab()
    assert "\n" not in str(caught.value)


def _xrandr(*calls: str) -> None:
    for call in calls:
        subprocess.run(["xrandr", *call.split()], check=True, capture_output=True, timeout=10)
