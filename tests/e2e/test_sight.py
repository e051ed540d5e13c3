"""Does a bot hold still while nobody can see its game, say why, and play on by itself?"""

from collections.abc import Iterator

import pytest

from tests.desktop import Desktop
from tests.e2e.painter import SKULL, Painter, painter
from tests.e2e.shared import SharedDaemon, on, shared_daemon, watch

DEATH = watch("death", see="skull.png")
BLACK = (0, 0, 0)
SKULL_HERE = (50, 40, SKULL)


@pytest.fixture(scope="module")
def daemon(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedDaemon]:
    """One daemon for these tests."""
    with shared_daemon(tmp_path_factory.mktemp("sight")) as daemon:
        yield daemon


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Painter]:
    """The game's window."""
    with painter(desktop.display) as canvas:
        yield canvas


def _pauses(daemon: SharedDaemon, trouble: str, words: str) -> None:
    assert daemon.heard("paused")["by"] == "picture"
    status = daemon.reach("paused")
    assert (status["picture"], status["reason"]) == (trouble, words)


def _plays_on(daemon: SharedDaemon) -> None:
    daemon.heard("resumed")
    assert daemon.reach("running")["picture"] == "good"
    daemon.go_round(2)


def test_a_minimized_game_pauses_its_bot(daemon: SharedDaemon, canvas: Painter) -> None:
    """Until its window is back."""
    with daemon.playing(on(canvas, DEATH)):
        daemon.go_round(30)
        canvas.minimize()
        _pauses(daemon, "minimized", "the window is minimized")
        canvas.show()
        _plays_on(daemon)


def test_a_game_without_its_window_pauses_its_bot(daemon: SharedDaemon, canvas: Painter) -> None:
    """A window that its program takes away is gone, and may come back."""
    with daemon.playing(on(canvas, DEATH)):
        daemon.go_round(30)
        canvas.window.unmap()
        canvas.connection.sync()
        _pauses(daemon, "gone", "the window or the screen is gone")
        canvas.show()
        _plays_on(daemon)


def test_a_black_picture_pauses_the_bot(daemon: SharedDaemon, canvas: Painter) -> None:
    """After some seconds; what its watches see then counts all the same."""
    again = watch("death", see="skull.png", then="restart")
    with daemon.playing(on(canvas, again)):
        daemon.go_round(80)  # a picture is taken once a second
        canvas.paint(ground=BLACK)
        _pauses(daemon, "black", "the picture is black")
        canvas.paint(SKULL_HERE, ground=BLACK)
        life = daemon.heard("verdict", watch="death", acted=True)["life"]
        canvas.paint()
        assert daemon.heard("running")["life"] == life + 1


def test_a_window_that_is_being_resized_is_followed(daemon: SharedDaemon, canvas: Painter) -> None:
    """The bot waits until it stands still, and plays on in the new size."""
    with daemon.playing(on(canvas, DEATH)):
        daemon.go_round(30)
        canvas.window.configure(width=300, height=200)
        canvas.connection.sync()
        daemon.heard("sight", trouble="resized")
        _plays_on(daemon)


def test_a_still_picture_is_no_trouble(daemon: SharedDaemon, canvas: Painter) -> None:
    """However long nothing moves."""
    with daemon.playing(on(canvas, DEATH)):
        daemon.go_round(200)
        assert daemon.status()["picture"] == "good"
        assert daemon.told("paused") == []
