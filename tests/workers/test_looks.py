"""Does a look see what is there, and say so when it cannot look? Without a deathwatch around it."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.painter import COIN, SKULL, Painter, painter
from tests.e2e.shared import png
from tests.vision.scenes import resized
from traybot.core.geometry import Rect
from traybot.core.watchfile import WatchSpec, read_watches
from traybot.errors import BotError
from traybot.system.base import MARK
from traybot.workers.eyes import Eyes
from traybot.workers.looks import Look, prepare

SKULL_HERE = (50, 40, SKULL)


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Painter]:
    """A grey window."""
    with painter(desktop.display) as canvas:
        yield canvas


@pytest.fixture
def eyes(canvas: Painter, tmp_path: Path) -> Iterator[Eyes]:
    """What looks at that window, for a bot with one picture."""
    (tmp_path / "skull.png").write_bytes(png(SKULL))
    with closing(Eyes(f"^{canvas.title}$", str(tmp_path), "a test")) as eyes:
        yield eyes


def spec(**options: object) -> WatchSpec:
    """Give a watch as a file would describe it; a key that Python reserves ends in "_"."""
    table = {key.rstrip("_"): value for key, value in options.items()}
    (found,), problems = read_watches([{"name": "it", **table}])
    assert not problems
    return found


def test_one_picture_serves_all_watches_of_a_tick(canvas: Painter, eyes: Eyes) -> None:
    """Watches on one region share a frame; the next tick takes another."""
    region = Rect(0, 0, 100, 90)
    first, again, other = eyes.frame(region), eyes.frame(region), eyes.frame(None)
    assert first is again
    assert first.rect == region.moved(canvas.rect.x, canvas.rect.y)
    assert other.rect == canvas.rect
    eyes.new_tick()
    assert eyes.frame(region) is not first


def test_a_sight_tells_the_best_match_even_below_the_threshold(canvas: Painter, eyes: Eyes) -> None:
    """So that a person can see how near a watch was; the place is the screen's."""
    look = prepare(spec(see="skull.png"), eyes)
    canvas.paint((20, 20, COIN))
    before = look(0.0)
    assert before.sees is False
    assert before.score is not None
    assert before.score < 0.9
    canvas.paint(SKULL_HERE)
    eyes.new_tick()
    after = look(0.0)
    assert after.sees is True
    assert after.rect is not None
    assert after.rect.as_list() == canvas.place(*SKULL_HERE)
    assert after.at > before.at


def test_a_template_that_is_larger_than_its_region_is_not_seen(canvas: Painter, eyes: Eyes) -> None:
    """That is an answer, and no mistake of the screen's."""
    canvas.paint(SKULL_HERE)
    sight = prepare(spec(see="skull.png", region=[50, 40, 30, 30]), eyes)(0.0)
    assert (sight.sees, sight.score, sight.rect) == (False, None, None)


#: Looks that are not possible, and words of the reason.
BLIND = {
    "beside the window": ([400, 10, 20, 20], ["[400, 10, 20, 20]", "outside", "320 x 240"]),
    "above the window": ([0, -50, 300, 50], ["[0, -50, 300, 50]", "outside"]),
}


@pytest.mark.parametrize("where", BLIND)
def test_a_region_outside_the_window_cannot_be_looked_at(eyes: Eyes, where: str) -> None:
    """It is neither seen nor not seen, and the reason names the region."""
    region, words = BLIND[where]
    sight = prepare(spec(kind="color", color="#5a5a5a", region=region), eyes)(0.0)
    assert sight.sees is None
    assert all(word in sight.why for word in words), sight.why


def test_a_region_is_cut_to_the_window(canvas: Painter, eyes: Eyes) -> None:
    """What hangs over its edge does not count: behind it may be anything."""
    look = prepare(spec(kind="color", color="#5a5a5a", region=[300, 200, 500, 500]), eyes)
    sight = look(0.0)
    assert (sight.sees, sight.score) == (True, 1.0)
    x, y = canvas.rect.x + 300, canvas.rect.y + 200
    assert sight.rect == Rect(x, y, 20, 40)


def test_a_minimized_window_cannot_be_looked_at(canvas: Painter, eyes: Eyes) -> None:
    """Nor one that has gone; back again it is seen at once."""
    look = prepare(spec(see="skull.png"), eyes)
    canvas.paint(SKULL_HERE)
    assert look(0.0).sees is True
    canvas.minimize()
    eyes.new_tick()
    blind = look(0.0)
    assert blind.sees is None
    assert "is minimized" in blind.why
    canvas.show()
    # The window manager shows first how the window grows.
    eventually(lambda: looks_anew(look, eyes), what="the window again")
    canvas.vanish()
    eyes.new_tick()
    assert "is not there" in look(0.0).why


def test_a_screen_that_is_gone_cannot_be_looked_at(tmp_path: Path) -> None:
    """The look says so, and so does the next one; nothing is raised."""
    with pytest.MonkeyPatch.context() as patch, Desktop(manager=None) as desktop:
        patch.setenv("DISPLAY", desktop.display)
        with closing(Eyes("", str(tmp_path), "a test")) as eyes:
            looks = [
                prepare(spec(kind="color", color="#000000"), eyes),
                prepare(spec(kind="window", window="x", is_="present"), eyes),
            ]
            assert [look(0.0).sees for look in looks] == [True, False]
            for pid in desktop.pids:
                os.kill(pid, signal.SIGKILL)
            eventually(lambda: looks_anew(looks[0], eyes) is None, what="the end of the screen")
            for _ in range(2):
                eyes.new_tick()
                sights = [look(0.0) for look in looks]
                assert [sight.sees for sight in sights] == [None, None]
                assert all("cannot" in sight.why for sight in sights)


def looks_anew(look: Look, eyes: Eyes, running: float = 0.0) -> bool | None:
    """Look in a new tick, at a running time of the life."""
    eyes.new_tick()
    return look(running).sees


def test_still_counts_the_running_time_it_is_given(canvas: Painter, eyes: Eyes) -> None:
    """Not the time that passes; another life, whose time is less, begins at nothing."""
    look = prepare(spec(kind="still", for_="20s"), eyes)
    assert [looks_anew(look, eyes, at) for at in (1.0, 20.9, 21.0)] == [False, False, True]
    canvas.paint(SKULL_HERE)
    assert [looks_anew(look, eyes, at) for at in (22.0, 41.9, 42.0)] == [False, False, True]
    assert [looks_anew(look, eyes, at) for at in (0.0, 19.9, 20.0)] == [False, False, True]


def test_a_change_must_last(canvas: Painter, eyes: Eyes) -> None:
    """What differs from the life's begin for less than `for` is forgotten."""
    look = prepare(spec(kind="changed", for_="5s"), eyes)
    assert looks_anew(look, eyes, 0.0) is False
    canvas.paint(SKULL_HERE)
    assert [looks_anew(look, eyes, at) for at in (1.0, 5.9)] == [False, False]
    canvas.paint()
    assert looks_anew(look, eyes, 6.0) is False
    canvas.paint(SKULL_HERE)
    assert [looks_anew(look, eyes, at) for at in (7.0, 11.9, 12.0)] == [False, False, True]
    assert looks_anew(look, eyes, 0.0) is False, "it is how another life begins"


def test_a_long_name_is_known_though_the_system_cuts_it(eyes: Eyes, tmp_path: Path) -> None:
    """Linux keeps 15 characters; a process with our mark is ours, whoever started it."""
    game = tmp_path / "zz-a-game-with-a-long-name"
    shutil.copy(shutil.which("sleep") or "", game)
    look = prepare(spec(kind="process", process=game.name, is_="present"), eyes)
    for mark, sees in (({MARK: "a test"}, False), ({MARK: "another"}, True)):
        process = subprocess.Popen([game, "3600"], env={**os.environ, **mark})
        try:
            eventually(partial(is_named, process.pid, game.name), what="the program")
            eyes._table_at = 0.0  # noqa: SLF001  not to wait until the table is read anew
            assert look(0.0).sees is sees
        finally:
            process.kill()
            process.wait()


def is_named(pid: int, name: str) -> bool:
    """Whether a process has become the program of this name."""
    return Path(f"/proc/{pid}/comm").read_text().strip() == name[:15]


def test_a_feature_watch_sees_its_template_turned(canvas: Painter, eyes: Eyes) -> None:
    """Upside down, which the kind `image` does not see; and not when it is gone."""
    picture = np.random.default_rng(3).integers(0, 256, (12, 16, 3), np.uint8).repeat(5, 0)
    picture = picture.repeat(5, 1)
    eyes.folder.joinpath("thing.png").write_bytes(png(picture))
    feature = prepare(spec(kind="feature", see="thing.png"), eyes)
    image = prepare(spec(see="thing.png"), eyes)
    assert feature(0.0).sees is False
    turned = np.ascontiguousarray(picture[::-1, ::-1])
    canvas.paint((60, 50, turned))
    eyes.new_tick()
    sight = feature(0.0)
    assert sight.sees is True
    assert sight.score is not None
    assert sight.score > 0.8
    assert sight.rect is not None
    assert sight.rect.x == pytest.approx(canvas.rect.x + 60, abs=2)
    assert sight.rect.width == pytest.approx(80, abs=3)
    assert image(0.0).sees is False


def test_a_feature_watch_without_key_points_is_refused(eyes: Eyes) -> None:
    """At the start, with the number it has."""
    soft = np.tile(np.linspace(60, 200, 40).astype(np.uint8)[:, np.newaxis, np.newaxis], (1, 40, 3))
    eyes.folder.joinpath("soft.png").write_bytes(png(soft))
    with pytest.raises(BotError, match=r"soft\.png: it has \d+ key points, 8 must agree"):
        prepare(spec(kind="feature", see="soft.png"), eyes)


def test_a_window_of_another_size_than_its_pictures_is_searched_at_that_size(
    canvas: Painter, tmp_path: Path
) -> None:
    """With `reference` a picture is looked for as large as it is shown now."""
    (tmp_path / "skull.png").write_bytes(png(SKULL))
    canvas.paint((50, 40, resized(SKULL, 60, 45)))
    where = (f"^{canvas.title}$", str(tmp_path), "a test")
    smaller = (canvas.rect.width * 2 // 3, canvas.rect.height * 2 // 3)
    with closing(Eyes(*where)) as eyes:
        assert prepare(spec(see="skull.png"), eyes)(0.0).sees is False
    with closing(Eyes(*where, reference=smaller)) as eyes:
        sight = prepare(spec(see="skull.png"), eyes)(0.0)
        assert sight.sees
    assert sight.rect is not None
    assert abs(sight.rect.width - 60) <= 1
