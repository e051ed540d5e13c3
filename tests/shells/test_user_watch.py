"""Is the user seen on a real X server, and never the bot taken for the user?"""

import queue
import subprocess
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.desktop import Desktop, eventually
from tests.real_hands import RealHands
from traybot.core.phases import Phase
from traybot.shells import user_watch
from traybot.shells.user_watch import UserWatch
from traybot.system.x11_input import X11Injector

DEADLINE = 5.0
CHORDS = [("stop", "ctrl+shift+f9")]


class Words:
    """Takes what is posted."""

    def __init__(self) -> None:
        self._posted: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.post = self._posted.put

    def next(self) -> str:
        """Give the next word, within the deadline."""
        return self._posted.get(timeout=DEADLINE)

    def silent(self, seconds: float = 0.2) -> bool:
        """Whether nothing comes for so long."""
        try:
            self._posted.get(timeout=seconds)
        except queue.Empty:
            return True
        return False


@pytest.fixture
def words() -> Words:
    """What is posted."""
    return Words()


@pytest.fixture
def user(bare_display: Desktop) -> Iterator[RealHands]:
    """The user's own devices."""
    with closing(RealHands(bare_display.display)) as hands:
        yield hands


@pytest.fixture
def bot(bare_display: Desktop) -> Iterator[X11Injector]:
    """The bot's hands."""
    with closing(X11Injector(bare_display.display)) as bot:
        yield bot


@pytest.fixture
def watch(
    bare_display: Desktop, words: Words, monkeypatch: pytest.MonkeyPatch
) -> Iterator[UserWatch]:
    """What is under test; hands need not be off for a second first."""
    monkeypatch.setattr("traybot.core.user.CALM_SECONDS", 0.0)
    watch = UserWatch(words.post, bare_display.display)
    yield watch
    watch.stop()


def listening(watch: UserWatch, bot: X11Injector, corner: str, takeover: str) -> None:
    """Have it listen while a bot plays, and wait until it does."""
    watch.want(corner, takeover, CHORDS)
    watch.show(Phase.RUNNING)
    eventually(lambda: watch.listens, what="the listening")


def test_a_real_key_takes_over_and_the_bots_does_not(
    watch: UserWatch, words: Words, user: RealHands, bot: X11Injector
) -> None:
    """XTest's keys, buttons and movements are the bot's; the keyboard's own press is the user."""
    listening(watch, bot, "off", "pause")
    code = bot.code_of("w")
    bot.press(code)
    bot.release(code)
    bot.press_button(1)
    bot.release_button(1)
    for place in range(0, 800, 40):
        bot.move(place, place)
    assert words.silent()
    user.press(code)
    assert words.next() == "takeover"
    user.release(code)


def test_a_real_click_takes_over(
    watch: UserWatch, words: Words, user: RealHands, bot: X11Injector
) -> None:
    """A mouse button is a wish, like a key."""
    listening(watch, bot, "off", "pause")
    user.click(1)
    assert words.next() == "takeover"


def test_a_movement_takes_over_and_a_bump_does_not(
    watch: UserWatch, words: Words, user: RealHands, bot: X11Injector
) -> None:
    """The mouse of a bumped desk comes back to its place; a hand goes somewhere."""
    listening(watch, bot, "off", "pause")
    for _ in range(20):
        user.move(20, 5)
        user.move(-20, -5)
    assert words.silent()
    for _ in range(20):
        user.move(8, 3)
    assert words.next() == "takeover"


def test_a_hotkey_takes_nothing_over(
    watch: UserWatch, words: Words, user: RealHands, bot: X11Injector
) -> None:
    """Whoever reaches for a hotkey presses modifiers and its key: that is the hotkey's business."""
    listening(watch, bot, "off", "pause")
    codes = [bot.code_of(name) for name in ("ctrl", "shift", "f9")]
    for code in codes:
        user.press(code)
    for code in codes:
        user.release(code)
    assert words.silent()


def test_the_corner_stops_while_the_bot_moves_the_mouse(
    watch: UserWatch, words: Words, user: RealHands, bot: X11Injector
) -> None:
    """The bot pulls the mouse back at each push, and the hand wins; the bot's own way is none."""
    listening(watch, bot, "top-left", "off")
    bot.move(0, 0)
    bot.move(640, 400)
    assert words.silent()
    for _ in range(60):
        user.move(-30, -20)
        bot.move(640, 400)
    assert words.next() == "corner"


def test_a_corner_is_reached_by_a_real_mouse(
    watch: UserWatch, words: Words, user: RealHands, bot: X11Injector
) -> None:
    """The pointer goes where it is pushed, and other corners say nothing."""
    listening(watch, bot, "bottom-right", "off")
    user.move(-2000, -2000)
    assert words.silent()
    user.move(2000, 2000)
    assert words.next() == "corner"


def test_at_rest_nobody_is_listened_to(
    watch: UserWatch, words: Words, user: RealHands, bot: X11Injector
) -> None:
    """With no bot at play, keys and corner are the user's own."""
    listening(watch, bot, "top-left", "pause")
    watch.show(Phase.IDLE)
    eventually(lambda: not watch.listens, what="the end of the listening")
    user.press(bot.code_of("w"))
    user.move(-2000, -2000)
    assert words.silent()


def test_a_server_that_comes_back_is_listened_to(words: Words) -> None:
    """When X dies the status says so; when it is back, the corner stops again."""
    with Desktop(manager=None) as desktop:
        number = desktop.display
        watch = UserWatch(words.post, number)
        watch.want("top-left", "off", ())
        watch.show(Phase.RUNNING)
        eventually(lambda: watch.listens, what="the listening")
        assert watch.health() == {"corner": "on", "takeover": "off"}
    eventually(lambda: "unsupported: cannot" in watch.health()["corner"], what="the loss")
    options = ["-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(["Xvfb", number, *options], stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: watch.listens, 20, what="the return")
        with closing(RealHands(number)) as user:
            user.move(-2000, -2000)
            assert words.next() == "corner"
    finally:
        watch.stop()
        server.terminate()
        server.wait()


def test_without_a_display_the_status_says_so(
    words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is off is off; what is on and cannot be says why."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr(user_watch, "_RETRY_SECONDS", 0.01)
    watch = UserWatch(words.post)
    try:
        assert watch.health() == {"corner": "off", "takeover": "off"}
        watch.want("off", "pause", ())
        eventually(lambda: "DISPLAY" in watch.health()["takeover"], what="the reason")
        assert watch.health()["corner"] == "off"
        watch.want("off", "off", ())
        assert watch.health() == {"corner": "off", "takeover": "off"}
    finally:
        watch.stop()
        watch.stop()
