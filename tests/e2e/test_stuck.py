"""Is a stuck life seen from outside and ended, and one that is only slow left alone?"""

from collections.abc import Iterator

import pytest

from tests.desktop import Desktop
from tests.e2e.painter import COIN, Painter, painter
from tests.e2e.shared import PLAY, SharedDaemon, let_pass, on, shared_daemon

pytestmark = pytest.mark.e2e

SPINS = """
def play(bot):
    bot.count("lives")
    while True: pass
"""
SLEEPS = """
def play(bot):
    bot.sleep(60)
"""
WAITS = """
def play(bot):
    bot.screen.wait("coin.png", timeout=60)
"""
CLICKS = """
def play(bot):
    bot.mouse.move(5, 5)
    while True:
        bot.mouse.click()
"""
CLICKS_AND_COUNTS = CLICKS + "        bot.count('clicks')\n"
IN_TURN = """
def play(bot):
    while True:
        bot.keys.tap("a", hold=0.01)
        bot.keys.tap("b", hold=0.01)
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


def stuck(limit: str, then: str = "restart") -> str:
    """Give the `bot.toml` of a bot with one limit."""
    return f'{PLAY}[stuck]\n{limit}\nthen = "{then}"\n'


@pytest.mark.parametrize(
    ("code", "limit", "why"),
    [
        (SPINS, 'silent = "600ms"', "no call of traybot's for"),
        (SLEEPS, 'progress = "600ms"', "nothing counted for"),
        (CLICKS, "repeats = true", "the same action 12 times in 15"),
        (IN_TURN, "repeats = true", "two actions in turn, 6 times each"),
        (SLEEPS, 'longest = "600ms"', "running for"),
    ],
)
def test_a_stuck_life_is_ended_and_another_one_begins(
    daemon: SharedDaemon, code: str, limit: str, why: str
) -> None:
    """The verdict says why, the routine is gone, and its next life starts."""
    with daemon.playing(stuck(limit), code):
        verdict = daemon.heard("verdict", acted=True, then="restart")
        assert verdict["watch"] == "stuck." + limit.partition(" ")[0]
        assert verdict["why"].startswith(why)
        gone = daemon.heard("gone", child="routine", ending="killed")
        assert daemon.heard("starting")["life"] == gone["life"] + 1


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("def play(bot):\n    while True:\n        pass\n", 'routine.py", line'),
        ("import time\ndef play(bot):\n    time.sleep(60)\n", 'routine.py", line 3 in play'),
        (
            """
            import cv2, numpy as np
            big = np.random.default_rng(1).integers(0, 255, (6000, 6000), np.uint8)
            def play(bot):
                while True: cv2.matchTemplate(big, big[:3000, :3000], cv2.TM_CCOEFF_NORMED)
            """,
            'routine.py", line 5 in play',
        ),
    ],
)
def test_where_a_stuck_life_stood_is_told(daemon: SharedDaemon, code: str, line: str) -> None:
    """Its Python stack is taken before its end, in a loop, asleep, and inside a call into C."""
    with daemon.playing(stuck('silent = "600ms"', "stop"), code):
        stood = daemon.heard("stack", child="routine")
        assert line in stood["stack"]
        assert daemon.heard("gone")["life"] == stood["life"]


@pytest.mark.parametrize(
    ("code", "limit"),
    [
        (SLEEPS, 'silent = "400ms"'),
        (WAITS, 'silent = "400ms"'),
        (CLICKS_AND_COUNTS, "repeats = true"),
        (CLICKS_AND_COUNTS, 'progress = "2s"'),
        (SLEEPS, 'longest = "1h"'),
    ],
)
def test_a_slow_life_is_left_alone(daemon: SharedDaemon, code: str, limit: str) -> None:
    """Sleeping, waiting for a picture, or doing the same thing with success is not stuck."""
    with daemon.playing(stuck(limit), code):
        daemon.heard("running")
        let_pass(2.5)
        assert daemon.told("verdict") == []
        assert daemon.status()["phase"] == "running"


def test_a_pause_is_not_silence(daemon: SharedDaemon) -> None:
    """A life that is paused longer than the limit plays on afterwards."""
    with daemon.playing(stuck('silent = "1s"'), "def play(bot):\n    while True: bot.paused\n"):
        daemon.heard("running")
        assert daemon.ask("pause")["ok"]
        let_pass(1.5)
        assert daemon.told("verdict") == []
        assert daemon.ask("resume")["ok"]
        assert daemon.heard("verdict", watch="stuck.silent")["acted"]


def test_a_picture_that_does_not_move_is_stuck(daemon: SharedDaemon, canvas: Painter) -> None:
    """Only where it should move: what moves elsewhere does not excuse it."""
    table = '[stuck]\nstill = "700ms"\nregion = [0, 0, 40, 40]\nthen = "stop"\n'
    with daemon.playing(on(canvas, table), SLEEPS):
        canvas.paint((100, 100, COIN))
        verdict = daemon.heard("verdict", watch="stuck.still")
        assert verdict["why"].startswith("still for 0.")
        assert daemon.heard("stopped")["why"].startswith("stuck: still for")
