"""Are pictures in shared memory safe: never overwritten under a reader, never left behind?"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.desktop import Desktop
from tests.vision.canvas import Canvas, canvas_on
from tests.vision.scenes import noise
from traybot.core.geometry import Rect
from traybot.errors import BackendUnavailable, CaptureError
from traybot.system.x11_wire import ANSWER_SECONDS, Wire, XLost, XRefused
from traybot.vision.camera import MssCamera
from traybot.vision.cameras import open_camera
from traybot.vision.ring import SLOTS, RingReader
from traybot.vision.screen import Screen
from traybot.vision.x11_camera import X11Camera

PLACE = Rect(300, 200, 160, 120)
HERE = Rect(PLACE.x, PLACE.y, 8, 8)
SEGMENTS = Path("/proc/sysvipc/shm")
MODE = "640x480 25.18 640 656 752 800 480 490 492 525"


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Canvas]:
    """A window at `PLACE`."""
    with canvas_on(desktop.display, PLACE) as canvas:
        yield canvas


@pytest.fixture
def camera(desktop: Desktop) -> Iterator[X11Camera]:
    """A camera on the virtual screen."""
    with closing(X11Camera()) as camera:
        yield camera


def _level(pixels: np.ndarray) -> int:
    return int(pixels[0, 0, 0])


def test_pictures_that_are_let_go_cost_no_memory(camera: X11Camera) -> None:
    """The next one lies where the last one was: nothing is copied."""
    places = set()
    for _ in range(20):
        pixels = camera.take(PLACE)
        assert not pixels.flags.owndata
        places.add(pixels.ctypes.data)
    assert len(places) <= 2


def test_however_many_are_held_each_keeps_its_pixels(canvas: Canvas, camera: X11Camera) -> None:
    """Beyond the slots of the ring they are copies; parts of a picture hold it too."""
    held = []
    for level in range(1, 3 * SLOTS):
        canvas.fill(level)
        held.append(camera.take(PLACE)[4:, 4:] if level % 2 else camera.take(PLACE))
    assert [_level(pixels) for pixels in held] == list(range(1, 3 * SLOTS))


def test_pictures_outlive_their_camera(canvas: Canvas) -> None:
    """Memory that is looked at stays, though nobody writes it any more."""
    canvas.fill(0x42)
    camera = X11Camera()
    pixels = camera.take(PLACE)
    camera.close()
    del camera
    assert _level(pixels) == 0x42
    assert pixels.sum() > 0


def test_a_picture_outlives_the_growth_of_the_ring(bare_display: Desktop) -> None:
    """A screen that grew needs new memory; the old is there for as long as it is held."""
    for call in (f"--newmode {MODE}", "--addmode screen 640x480", "--output screen --mode 640x480"):
        subprocess.run(["xrandr", *call.split()], check=True, capture_output=True, timeout=10)
    with (
        closing(X11Camera()) as camera,
        canvas_on(bare_display.display, Rect(0, 0, 9, 9)) as canvas,
    ):
        canvas.fill(7)
        small, first = camera.take(Rect(0, 0, 640, 480)), camera.ring_id
        back = ["xrandr", "--output", "screen", "--mode", "1280x800"]
        subprocess.run(back, check=True, capture_output=True, timeout=10)
        canvas.fill(8)
        large = camera.take(Rect(0, 0, 1280, 800))
        assert (_level(small), _level(large)) == (7, 8)
        assert camera.ring_id != first


def test_nothing_is_left_when_the_process_is_killed(desktop: Desktop) -> None:
    """The segment is marked for removal from its first moment, and goes with its last user."""
    code = """
        import time
        from traybot.core.geometry import Rect
        from traybot.vision.x11_camera import X11Camera
        camera = X11Camera()
        camera.take(Rect(0, 0, 640, 480))
        print(camera.ring_id, flush=True)
        time.sleep(60)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        number = int(other.stdout.readline())
        assert number in _segments()
        other.kill()
    deadline = time.monotonic() + 5.0
    while number in _segments():  # the server lets go when it sees the end of the connection
        assert time.monotonic() < deadline, "the segment is still there"


def _segments() -> set[int]:
    rows = SEGMENTS.read_text(encoding="ascii").splitlines()[1:]
    return {int(row.split()[1]) for row in rows}


def test_another_process_reads_the_pictures_where_they_are(
    canvas: Canvas, camera: X11Camera
) -> None:
    """By the ring's number alone: pixels, place, time and number; nothing is copied between."""
    canvas.show(noise(PLACE.width, PLACE.height, 4, seed=5))
    held = camera.take(PLACE)
    code = f"""
        import zlib
        from traybot.vision.ring import RingReader
        seen = RingReader({camera.ring_id}).newest()
        print(zlib.crc32(seen.pixels[..., :3].tobytes()), seen.rect.as_list(), seen.number)
    """
    told = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    import zlib

    there = zlib.crc32(held[..., :3].tobytes())
    assert told.stdout.strip() == f"{there} {PLACE.as_list()} 1"


def test_a_reader_sees_that_a_picture_was_overwritten(canvas: Canvas, camera: X11Camera) -> None:
    """While the writer holds it, it stays; afterwards `holds` tells."""
    canvas.fill(1)
    held = camera.take(HERE)
    assert camera.ring_id is not None
    reader = RingReader(camera.ring_id)
    seen = reader.newest()
    assert seen is not None
    canvas.fill(2)
    camera.take(HERE)
    assert reader.holds(seen)
    assert (_level(seen.pixels), _level(held)) == (1, 1)
    newest = reader.newest()
    assert newest is not None
    assert (newest.number, _level(newest.pixels)) == (2, 2)
    assert newest.at > seen.at
    with pytest.raises(ValueError, match="read-only"):
        seen.pixels[0, 0] = 0
    del held
    camera.take(HERE)
    assert not reader.holds(seen)


def test_a_ring_that_is_gone_is_an_error_of_the_system() -> None:
    """As is a segment of somebody else's."""
    with pytest.raises(OSError, match=r"."):
        RingReader(2**31 - 1)


def test_a_frozen_server_is_reported_in_time(bare_display: Desktop) -> None:
    """The camera gives up by its own clock, and works again when the server does."""
    server = next(iter(bare_display.pids))
    with Screen() as screen:
        screen.grab(HERE)
        os.kill(server, signal.SIGSTOP)
        try:
            start = time.monotonic()
            with pytest.raises(CaptureError, match="does not answer"):
                screen.grab(HERE)
            assert time.monotonic() - start < 2 * ANSWER_SECONDS + 1.0
        finally:
            os.kill(server, signal.SIGCONT)
        assert screen.grab(HERE).rect == HERE


def test_a_server_on_another_machine_is_looked_at_by_mss(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shares no memory; that is no error, only slower."""
    monkeypatch.setenv("DISPLAY", "localhost:9.0")
    with pytest.raises(BackendUnavailable, match="another machine"):
        X11Camera()
    camera = open_camera()
    assert isinstance(camera, MssCamera)
    camera.close()


def test_the_backend_can_be_chosen(desktop: Desktop) -> None:
    """By its name in the settings."""
    with closing(open_camera("mss")) as camera:
        assert isinstance(camera, MssCamera)
    with closing(open_camera()) as camera:
        assert isinstance(camera, X11Camera)


def test_a_refusal_leaves_the_wire_usable(desktop: Desktop) -> None:
    """Asked or told; the answer after it belongs to the question after it."""
    with closing(Wire()) as wire:
        with pytest.raises(XRefused):
            wire.size(0x7FFFFFF0)
        with pytest.raises(XRefused):
            wire.listen(0x7FFFFFF0, 1)
        assert wire.size(wire.root) == (1280, 800)
        assert wire.extension("NO-SUCH-THING") is None


def test_more_than_a_thousand_questions_keep_their_answers(desktop: Desktop) -> None:
    """The protocol counts requests in 16 bits: past their end the count goes on."""
    with closing(Wire()) as wire:
        for _ in range(70):
            for _each in range(1000):
                wire.send(b"\x7f\0\x01\0")  # NoOperation
            assert wire.size(wire.root) == (1280, 800)
        with pytest.raises(XRefused):
            wire.size(1)


def test_half_an_answer_is_waited_for() -> None:
    """A server that goes away in the middle of a sentence is lost, not a wrong answer."""
    ours, theirs = socket.socketpair()
    wire = object.__new__(Wire)
    wire._socket, wire._rest, wire._events = ours, b"", []
    wire._sent, wire._chunk = 1, bytearray(4096)
    theirs.send(b"\x01\0\x01\0" + b"\x02\0\0\0" + bytes(24))
    theirs.send(b"12")
    theirs.close()
    with pytest.raises(XLost, match="lost"):
        wire._await(1)
    wire.close()


def test_where_memory_cannot_be_shared_mss_takes_the_pictures(desktop: Desktop) -> None:
    """A container with this screen and shared memory of its own, by a namespace of the kernel."""
    code = (
        "from traybot.core.geometry import Rect\n"
        "from traybot.vision.cameras import open_camera\n"
        "camera = open_camera()\n"
        "print(type(camera).__name__, camera.take(Rect(0, 0, 20, 10)).shape[:2])"
    )
    apart = ["unshare", "--ipc", "--"]
    if shutil.which("unshare") is None or subprocess.run([*apart, "true"], check=False).returncode:
        pytest.skip("no namespace can be made here")
    done = subprocess.run(
        [*apart, sys.executable, "-c", code], capture_output=True, check=False, text=True
    )
    assert done.stdout.split(maxsplit=1) == ["MssCamera", "(10, 20)\n"], done.stderr
