"""Is the deathwatch woken by what is drawn, and asleep while nothing is?"""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.painter import SKULL, Painter, painter
from tests.e2e.shared import let_pass, on, watch
from tests.vision.canvas import canvas_on
from tests.workers.test_deathwatch import SKULL_HERE, Watching, watching
from traybot.core import wakes
from traybot.core.geometry import Rect
from traybot.errors import BackendUnavailable
from traybot.vision.cameras import Damage
from traybot.workers import rounds

#: Far longer than it takes to be woken, far shorter than a sleeper's own pace here.
SLOW = "30s"
FIRST = watch("death", see="skull.png", every=SLOW, region=[40, 30, 60, 50])


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Painter]:
    """A window that shows nothing yet."""
    with painter(desktop.display) as canvas:
        yield canvas


def _has_looked(end: Watching) -> None:
    """Have it judge for a life, and wait until it has."""
    end.tell("watch", 1)
    end.tell("judge", 1)
    assert end.judged() == []


def test_a_drawing_wakes_it(canvas: Painter, tmp_path: Path) -> None:
    """`every` is a limit, not a pace: a first change after long stillness is seen at once."""
    quick = watch("death", see="skull.png", every="50ms", region=[40, 30, 60, 50])
    with watching(tmp_path, on(canvas, quick)) as end:
        _has_looked(end)
        let_pass(0.2)
        canvas.paint(SKULL_HERE)
        drawn = time.monotonic()
        assert end.verdict().seen_at - drawn < wakes.REST_SECONDS / 2


def test_a_look_out_of_a_rest_holds_up_none(canvas: Painter, tmp_path: Path) -> None:
    """What is drawn just after a sleeper has looked by itself is seen at once all the same."""
    slow = watch("death", see="skull.png", every="1s", region=[40, 30, 60, 50])
    with watching(tmp_path, on(canvas, slow)) as end:
        _has_looked(end)
        first = end.memory.looked_at.value
        rested = first + wakes.REST_SECONDS
        eventually(lambda: end.memory.looked_at.value >= rested, 10.0, "a look by itself")
        canvas.paint(SKULL_HERE)
        drawn = time.monotonic()
        assert end.verdict().seen_at - drawn < 0.5


def test_every_is_the_highest_rate(canvas: Painter, tmp_path: Path) -> None:
    """However much is drawn: with a long `every` the next look is far away."""
    with watching(tmp_path, on(canvas, FIRST)) as end:
        _has_looked(end)
        canvas.paint(SKULL_HERE)
        assert end.is_quiet()


def test_a_dialog_over_the_region_is_seen(
    desktop: Desktop, canvas: Painter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the screen that is watched, whoever draws there."""
    monkeypatch.setattr(wakes, "REST_SECONDS", 60.0)
    elsewhere = watch("death", see="skull.png", every="20ms", region=[40, 30, 60, 50])
    with watching(tmp_path, on(canvas, elsewhere)) as end:
        _has_looked(end)
        looked = end.memory.looked_at.value
        with canvas_on(desktop.display, Rect(900, 500, 50, 50)) as far:
            far.fill(0x00FF00)
            assert end.is_quiet()
        place = Rect(*canvas.place(*SKULL_HERE))
        with canvas_on(desktop.display, place) as dialog:
            dialog.show(np.dstack((SKULL, SKULL[..., :1])))
            assert end.verdict().watch == "death"
        assert end.memory.looked_at.value > looked


def test_without_damage_it_looks_at_its_pace(
    canvas: Painter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody tells what is drawn."""

    def nobody() -> Damage:
        raise BackendUnavailable("cannot hear what is drawn")

    monkeypatch.setattr(rounds, "open_damage", nobody)
    monkeypatch.setattr(wakes, "REST_SECONDS", 60.0)
    quick = watch("death", see="skull.png", every="20ms", region=[40, 30, 60, 50])
    with watching(tmp_path, on(canvas, quick)) as end:
        end.tell("watch", 1)
        eventually(lambda: not end.rests(), 10.0, "looks at its pace")
        canvas.paint(SKULL_HERE)
        assert end.verdict().watch == "death"


def test_confirmations_go_on_though_nothing_is_drawn(canvas: Painter, tmp_path: Path) -> None:
    """Unchanged pixels are another sighting."""
    slow = watch("death", see="skull.png", every="20ms", confirm=10, hold="300ms")
    with watching(tmp_path, on(canvas, slow)) as end:
        end.tell("watch", 1)
        canvas.paint(SKULL_HERE)
        drawn = time.monotonic()
        verdict = end.verdict()
        assert verdict.decided_at - drawn >= 0.3
        assert verdict.score == pytest.approx(1.0, abs=0.01)


def test_a_change_is_never_slept_through(canvas: Painter, tmp_path: Path) -> None:
    """Painted at any moment, the picture is seen well before a sleeper would look by itself."""
    quick = watch("death", see="skull.png", every="10ms", region=[40, 30, 60, 50])
    gone = watch("gone", see="skull.png", every="10ms", absent=True, region=[40, 30, 60, 50])
    with watching(tmp_path, on(canvas, quick, gone)) as end:
        end.tell("watch", 1)
        assert end.verdict().watch == "gone"
        for number in range(40):
            let_pass(number % 7 / 1000.0)
            canvas.paint(*([] if number % 2 else [SKULL_HERE]))
            drawn = time.monotonic()
            verdict = end.verdict()
            assert verdict.watch == ("gone" if number % 2 else "death")
            assert verdict.decided_at - drawn < wakes.REST_SECONDS * 0.8
