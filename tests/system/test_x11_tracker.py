"""Is a followed window where it is said to be, and searched anew when another may be meant?"""

from collections.abc import Iterator
from contextlib import closing

import pytest
from Xlib.display import Display

from tests.desktop import Desktop, eventually
from tests.e2e.painter import Painter, painter
from traybot.core.geometry import Rect
from traybot.system import x11_tracker
from traybot.system.x11_connection import disconnect
from traybot.system.x11_tracker import X11Tracker


@pytest.fixture
def window(desktop: Desktop) -> Iterator[Painter]:
    """A window with a frame, in front."""
    with painter(desktop.display) as window:
        yield window


@pytest.fixture
def tracker(window: Painter, monkeypatch: pytest.MonkeyPatch) -> Iterator[X11Tracker]:
    """One that follows the window, and believes it for long."""
    monkeypatch.setattr(x11_tracker, "BELIEVED_SECONDS", 60.0)
    with closing(X11Tracker()) as tracker:
        tracker.follow(window.window.id)
        assert tracker.rect() is None, "it may have changed before the server began to tell"
        tracker.follow(window.window.id)
        yield tracker


def test_it_moves_with_its_window(window: Painter, tracker: X11Tracker) -> None:
    """At once, wherever it goes, without a search."""
    assert tracker.rect() == window.rect
    for place in ((200, 100), (-50, 30), (500, 400)):
        window.move(*place)
        assert tracker.rect() == window.rect
    window.window.configure(width=222, height=111)
    eventually(lambda: window.rect.width == 222, what="the new size")
    assert tracker.rect() == window.rect


def test_a_minimized_window_is_searched_anew(window: Painter, tracker: X11Tracker) -> None:
    """Nobody is given the place of what cannot be seen."""
    window.minimize()
    assert tracker.rect() is None
    assert tracker.rect() is None


def test_another_title_is_searched_anew(window: Painter, tracker: X11Tracker) -> None:
    """It may not be the one that is meant any more."""
    window.window.set_wm_name("something else")
    window.connection.sync()
    assert tracker.rect() is None
    tracker.follow(window.window.id)
    assert tracker.rect() == window.rect


def test_a_window_in_front_of_it_is_searched_anew(
    desktop: Desktop, window: Painter, tracker: X11Tracker
) -> None:
    """Of several that fit the one in front is meant."""
    with painter(desktop.display):
        assert tracker.rect() is None


def test_a_window_that_is_gone_is_searched_anew(window: Painter, tracker: X11Tracker) -> None:
    """As often as one asks; and another may be followed then."""
    window.vanish()
    assert tracker.rect() is None
    assert tracker.rect() is None
    tracker.follow(window.window.id)
    assert tracker.rect() is None


def test_nothing_is_believed_for_long(
    window: Painter, tracker: X11Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Now and then there is a search, told or not."""
    monkeypatch.setattr(x11_tracker, "BELIEVED_SECONDS", -1.0)
    tracker.follow(window.window.id)
    assert tracker.rect() is None


def test_a_lost_server_is_no_error(bare_display: Desktop) -> None:
    """There is no answer; whoever searches is told why."""
    connection = Display()
    with closing(X11Tracker()) as tracker:
        window = connection.screen().root.create_window(5, 6, 70, 80, 0, 24)
        connection.sync()
        tracker.follow(window.id)
        tracker.follow(window.id)
        assert tracker.rect() == Rect(5, 6, 70, 80)
        bare_display.stop()
        assert tracker.rect() is None
        tracker.follow(window.id)
        assert tracker.rect() is None
    disconnect(connection)
