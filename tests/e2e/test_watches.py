"""Does each kind of watch on pixels see what it is for, and nothing else, in a painted window?"""

import itertools
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.desktop import Desktop
from tests.e2e.painter import COIN, FLAG, GREY, SKULL, Painter, painter
from tests.e2e.shared import SharedDaemon, on, shared_daemon, watch
from tests.running import Document
from tests.vision.scenes import noise, resized
from traybot.core.geometry import Rect

pytestmark = pytest.mark.e2e

RED, TEAL = (192, 32, 32), (32, 128, 128)
REGION = [40, 30, 100, 80]


@pytest.fixture(scope="module")
def daemon(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedDaemon]:
    """A daemon for this file."""
    with shared_daemon(tmp_path_factory.mktemp("home")) as daemon:
        yield daemon


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Painter]:
    """A grey window."""
    with painter(desktop.display) as canvas:
        yield canvas


def verdict_when(
    come_true: Callable[[], None], daemon: SharedDaemon, canvas: Painter, **options: object
) -> Document:
    """Play with one watch: silent at first; give its verdict once it has come true."""
    with daemon.playing(on(canvas, watch("it", **options))):
        daemon.go_round()
        assert not daemon.told("verdict")
        come_true()
        verdict = daemon.heard("verdict")
    assert verdict["watch"] == "it"
    assert 0 < verdict["latency_ms"] <= verdict["received_ms"] < 1000
    return verdict


def test_a_picture_is_seen_where_it_is(daemon: SharedDaemon, canvas: Painter) -> None:
    """`see` fires for its picture, not for others, and tells its place on the screen."""
    canvas.paint((200, 100, FLAG), (20, 20, COIN))
    verdict = verdict_when(
        lambda: canvas.paint((200, 100, FLAG), (50, 40, SKULL)), daemon, canvas, see="skull.png"
    )
    assert verdict["rect"] == canvas.place(50, 40, SKULL)
    assert verdict["score"] > 0.99
    assert verdict["why"] == "skull.png"


def test_one_of_several_pictures_is_enough(daemon: SharedDaemon, canvas: Painter) -> None:
    """`any` fires for either picture, and says which."""
    wanted = ["skull.png", "flag.png"]
    canvas.paint((20, 20, COIN))
    verdict = verdict_when(lambda: canvas.paint((7, 9, FLAG)), daemon, canvas, any=wanted)
    assert (verdict["why"], verdict["rect"]) == ("flag.png", canvas.place(7, 9, FLAG))


def test_all_pictures_are_needed(daemon: SharedDaemon, canvas: Painter) -> None:
    """`all` is silent while one of them is missing."""
    wanted = ["skull.png", "flag.png"]
    canvas.paint((7, 9, FLAG))
    both = (7, 9, FLAG), (100, 100, SKULL)
    assert verdict_when(lambda: canvas.paint(*both), daemon, canvas, all=wanted)


def test_a_picture_that_goes_away_is_missed(daemon: SharedDaemon, canvas: Painter) -> None:
    """`absent` is silent while the picture is there, and fires when it has gone."""
    canvas.paint((60, 60, SKULL))
    assert verdict_when(canvas.paint, daemon, canvas, see="skull.png", absent=True)


def test_the_threshold_tells_like_from_same(daemon: SharedDaemon, canvas: Painter) -> None:
    """A picture under noise is enough for a low threshold and too little for the default."""
    blurred = (SKULL * 0.5 + noise(40, 30, seed=5) * 0.5).astype(np.uint8)
    strict, lax = watch("strict", see="skull.png"), watch("lax", see="skull.png", threshold=0.4)
    with daemon.playing(on(canvas, strict, lax)):
        canvas.paint((50, 40, blurred))
        score = daemon.heard("verdict", watch="lax")["score"]
        daemon.go_round()
        assert len(daemon.told("verdict")) == 1
        canvas.paint((50, 40, SKULL))
        assert 0.4 <= score < 0.9 < daemon.heard("verdict", watch="strict")["score"]


def test_other_scales_are_seen_where_asked_for(daemon: SharedDaemon, canvas: Painter) -> None:
    """A larger picture fires the watch that names its scale; the rectangle has its size."""
    large = resized(SKULL, 60, 45)
    plain, wide = watch("plain", see="skull.png"), watch("wide", see="skull.png", scales=[1, 1.5])
    with daemon.playing(on(canvas, plain, wide)):
        canvas.paint((30, 20, large))
        verdict = daemon.heard("verdict", watch="wide")
        daemon.go_round()
        assert len(daemon.told("verdict")) == 1
    assert verdict["rect"] == canvas.place(30, 20, large)


def test_a_region_moves_with_the_window(daemon: SharedDaemon, canvas: Painter) -> None:
    """What lies outside the region does not count; the region is where the window is now."""
    with daemon.playing(on(canvas, watch("it", see="skull.png", region=REGION))):
        canvas.paint((150, 120, SKULL))
        daemon.go_round()
        assert not daemon.told("verdict")
        canvas.paint((60, 50, SKULL))
        first = daemon.heard("verdict")["rect"]
        assert first == canvas.place(60, 50, SKULL)
        canvas.paint()
        canvas.move(canvas.rect.x - 150, canvas.rect.y - 100)
        daemon.go_round()
        canvas.paint((61, 51, SKULL))
        second = daemon.heard("verdict")["rect"]
    assert second == canvas.place(61, 51, SKULL)
    assert second != first


def test_a_window_on_the_move_is_not_missed(daemon: SharedDaemon, canvas: Painter) -> None:
    """Where the window moves between the question where it is and the picture, none is taken."""
    canvas.paint((2, 60, SKULL))
    missed = watch("missed", see="skull.png", absent=True, every="1ms")
    with daemon.playing(on(canvas, missed)):
        for step in range(80):
            # To the left by more than the picture's width, so that the old place lacks it.
            canvas.move(900 - step % 16 * 55, 30 + step * 5)
        daemon.go_round()
        assert not daemon.told("verdict")
        canvas.paint()
        daemon.heard("verdict", watch="missed")


def test_enough_of_a_colour_is_seen(daemon: SharedDaemon, canvas: Painter) -> None:
    """`color` compares the share of the region that is like the colour; the score tells it."""
    options = {"kind": "color", "color": "#c02020", "share": 0.5, "region": REGION}
    canvas.fill(Rect(40, 30, 40, 80), RED)
    near = (RED[0] + 10, RED[1] - 10, RED[2])
    verdict = verdict_when(
        lambda: canvas.fill(Rect(40, 30, 60, 80), near), daemon, canvas, **options
    )
    assert verdict["score"] == pytest.approx(0.6)
    x, y, width, height = REGION
    assert verdict["rect"] == Rect(canvas.rect.x + x, canvas.rect.y + y, width, height).as_list()


def test_another_colour_is_not_seen(daemon: SharedDaemon, canvas: Painter) -> None:
    """A colour beyond the tolerance has no share; `absent` turns the meaning round."""
    options = {"kind": "color", "color": "#c02020", "tolerance": 8, "absent": True}
    whole = Rect(0, 0, canvas.rect.width, canvas.rect.height)
    canvas.fill(whole, (RED[0] + 8, RED[1], RED[2]))
    beyond = (RED[0] + 9, RED[1], RED[2])
    assert verdict_when(lambda: canvas.fill(whole, beyond), daemon, canvas, **options)


def test_a_picture_that_stands_still_is_noticed(daemon: SharedDaemon, canvas: Painter) -> None:
    """`still` is silent while anything moves, and fires when nothing has for as long as it says."""
    with daemon.playing(on(canvas, watch("it", kind="still", for_="400ms"))):
        stopped = begun = time.monotonic()
        for step in itertools.count():
            canvas.paint((step % 50, 40, SKULL))
            stopped = time.monotonic()
            if stopped - begun > 0.8:
                break
        assert not daemon.told("verdict")
        verdict = daemon.heard("verdict")
        assert time.monotonic() - stopped >= 0.38
    assert verdict["why"] == "still for 0.4 s"
    assert verdict["rect"] == canvas.rect.as_list()


def test_a_change_that_lasts_is_noticed(daemon: SharedDaemon, canvas: Painter) -> None:
    """`changed` compares with the picture when the life began, within its region."""
    canvas.fill(Rect(*REGION), TEAL)
    with daemon.playing(on(canvas, watch("it", kind="changed", for_="300ms", region=REGION))):
        daemon.go_round()
        canvas.paint((200, 150, COIN), (40, 30, np.full((80, 100, 3), TEAL[::-1], np.uint8)))
        daemon.go_round()
        assert not daemon.told("verdict"), "it changed outside the region"
        canvas.paint()
        painted = time.monotonic()
        daemon.heard("verdict")
        assert time.monotonic() - painted >= 0.3


def test_what_changed_is_judged_anew_for_each_life(daemon: SharedDaemon, canvas: Painter) -> None:
    """A new life begins with the picture of that moment, not with the first life's."""
    changed = watch("changed", kind="changed", then="restart")
    with daemon.playing(on(canvas, changed)):
        daemon.go_round()
        canvas.paint(ground=TEAL)
        assert daemon.heard("verdict")["acted"]
        life = daemon.heard("running")["life"]
        daemon.go_round()
        assert len(daemon.told("verdict")) == 1
        canvas.paint(ground=GREY)
        assert daemon.heard("verdict")["life"] == life
