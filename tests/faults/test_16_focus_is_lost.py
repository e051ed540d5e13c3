"""16: the bot's window loses the focus in mid-action: nothing goes to another window."""

from collections.abc import Iterator

import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.painter import Painter, painter
from tests.e2e.shared import SharedDaemon, on, shared_daemon

pytestmark = pytest.mark.e2e

#: Taps a key again and again.
TAPS = """
def play(bot):
    while True:
        bot.keys.tap("a", hold=0.01)
        bot.count("taps")
        bot.sleep(0.02)
"""


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


def test_nothing_is_pressed_into_another_window(
    daemon: SharedDaemon, canvas: Painter, desktop: Desktop
) -> None:
    """While another one is in front the routine waits, and the status says for what."""
    with daemon.playing(on(canvas), TAPS):
        daemon.until_counted("taps")
        with painter(desktop.display, focus=False) as other:
            other.focus()
            why = daemon.heard("blocked")["why"]
            assert f"^{canvas.title}$" in why
            assert other.title not in why, "it may be private"
            assert daemon.status()["waits_for"] == why
            assert daemon.status()["phase"] == "running"
            before = daemon.counted("taps")
            canvas.focus()
            daemon.heard("unblocked")
            assert daemon.status()["waits_for"] == ""
            eventually(lambda: daemon.counted("taps") > before + 3, 10.0, "further taps")
            pressed = [line for line in other.heard() if line.startswith("press")]
            # One may have been under way between the look at the focus and the press.
            assert len(pressed) <= 1
