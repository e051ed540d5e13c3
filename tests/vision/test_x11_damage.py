"""Does the screen tell what is drawn on it, once each, and where?"""

import select
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.desktop import Desktop, eventually
from tests.vision.canvas import Canvas, canvas_on
from traybot.core.geometry import Rect
from traybot.errors import BackendUnavailable
from traybot.vision.cameras import open_damage
from traybot.vision.x11_damage import X11Damage

PLACE = Rect(300, 200, 160, 120)


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Canvas]:
    """A window at `PLACE`."""
    with canvas_on(desktop.display, PLACE) as canvas:
        canvas.fill(1)
        yield canvas


@pytest.fixture
def damage(canvas: Canvas) -> Iterator[X11Damage]:
    """What tells of changes; what was drawn before is forgotten."""
    with closing(X11Damage()) as damage:
        damage.places()
        damage.heard()
        yield damage


def _told(damage: X11Damage, seconds: float = 5.0) -> bool:
    return bool(select.select([damage], [], [], seconds)[0]) and damage.heard()


def test_what_is_drawn_wakes_who_waits(canvas: Canvas, damage: X11Damage) -> None:
    """By its descriptor, with the place; then nothing until something is drawn again."""
    canvas.fill(0x123456)
    assert _told(damage)
    assert damage.places() == [PLACE]
    assert not damage.heard()
    assert damage.places() == []
    assert not _told(damage, 0.1)
    canvas.fill(0x654321)
    assert _told(damage)


def test_a_flood_is_told_once(canvas: Canvas, damage: X11Damage) -> None:
    """Until somebody asks where; everything that was drawn is in the answer."""
    for color in range(200):
        canvas.fill(color)
    assert _told(damage)
    assert not _told(damage, 0.1)
    assert damage.places() == [PLACE]


def test_another_window_is_told(desktop: Desktop, damage: X11Damage) -> None:
    """It is the screen that is listened to, not one window: its coming and its going."""
    other = Rect(PLACE.x - 20, PLACE.y - 20, 15, 10)
    told: list[Rect] = []

    def there() -> bool:
        told.extend(damage.places())
        return other in told

    with canvas_on(desktop.display, other) as dialog:
        dialog.fill(0xFF0000)
        eventually(there, what="the dialog")
        told.clear()
    eventually(there, what="the end of the dialog")


def test_nothing_that_is_drawn_while_one_asks_is_lost(canvas: Canvas, damage: X11Damage) -> None:
    """Whatever the order: after the last place something is told, or was in the answer."""
    for color in range(300):
        canvas.fill(color)
        assert damage.heard() or damage.places() == [PLACE]
        damage.places()


def test_a_screen_that_is_gone_is_said_so(bare_display: Desktop) -> None:
    """Each call fails by one error; a new one cannot be opened."""
    damage = X11Damage()
    bare_display.stop()
    for call in (damage.heard, damage.places, open_damage):
        with pytest.raises(BackendUnavailable, match="cannot hear what is drawn"):
            call()
    damage.close()
    damage.close()
