"""Does the user always have the last word: by the screen's corner, and by taking over?"""

import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.real_hands import RealHands
from tests.running import Running, make_bot
from traybot.core.user import CALM_SECONDS
from traybot.shells.paths import find_paths

pytestmark = pytest.mark.e2e

#: Moves the mouse about as long as it lives, into the corner too.
RESTLESS = """
def play(bot):
    while True:
        for place in ((0, 0), (640, 400), (900, 300)):
            bot.mouse.move(*place)
            bot.count("moves")
"""


def test_the_corner_stops_a_bot_that_moves_the_mouse(bare_display: Desktop, home: Path) -> None:
    """The bot's own way into the corner stops nothing; the user's does, against the bot's moves."""
    make_bot(home, "restless", RESTLESS)
    write(home, '[hotkeys]\ncorner = "top-left"\n')
    with Running("restless", faces=True) as running:
        running.heard("running")
        eventually(lambda: running.status()["counters"].get("moves", 0) > 200, 20.0, "moves")
        assert running.status()["phase"] == "running"
        assert running.status()["corner"] == "on"
        with closing(RealHands(bare_display.display)) as user:
            for _ in range(60):
                user.move(-40, -40)
        running.heard("stopped", why="stopped by corner")


def test_a_real_key_pauses_and_a_hotkey_does_not_fight_it(
    bare_display: Desktop, home: Path
) -> None:
    """A real key pauses as the user would; a hotkey's own keys only do what the hotkey does."""
    make_bot(home, "restless", RESTLESS)
    write(home, '[daemon]\ntakeover = "pause"\n')
    with (
        Running("restless", faces=True) as running,
        closing(RealHands(bare_display.display)) as user,
    ):
        running.heard("running")
        eventually(lambda: running.status()["takeover"] == "on", what="the listening")
        threading.Event().wait(CALM_SECONDS + 0.2)  # hands off: that is what is under test
        tap(user, W)
        running.heard("paused", by="user")
        assert running.status()["reason"] == "you took over"
        tap(user, CTRL, SHIFT, F8)
        running.heard("resumed")
        tap(user, CTRL, SHIFT, F8)
        running.heard("paused", by="user")
        assert running.status()["reason"] == "by hotkey"


#: How long a finger stays down, and up between two presses: no person is faster.
FINGER_SECONDS = 0.03
#: Keycodes of the usual PC keyboard.
W, CTRL, SHIFT, F8 = 25, 37, 50, 74


def tap(user: RealHands, *codes: int) -> None:
    """Press keys together and let them go."""
    finger = threading.Event()
    for code in codes:
        user.press(code)
    finger.wait(FINGER_SECONDS)
    for code in reversed(codes):
        user.release(code)
    finger.wait(FINGER_SECONDS)


def write(home: Path, text: str) -> None:
    """Write the settings."""
    path = find_paths().settings
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
