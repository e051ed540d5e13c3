"""Does `bot` do what its authors are told? Seeing, counting, saying, reading, in a real routine."""

import itertools
from collections.abc import Iterator

import pytest

from tests.desktop import Desktop
from tests.e2e.painter import COIN, FLAG, SKULL, Painter, painter
from tests.e2e.shared import PLAY, SharedDaemon, on, shared_daemon
from tests.vision.scenes import resized
from traybot.core.geometry import Rect

pytestmark = pytest.mark.e2e


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


def test_a_picture_of_the_window_is_taken(daemon: SharedDaemon, canvas: Painter) -> None:
    """`grab` gives the window's pixels, or a region's as far as it is inside; `color` gives one."""
    canvas.fill(Rect(10, 20, 30, 40), (200, 100, 50))
    daemon.play_through(
        on(canvas),
        """
        whole = bot.screen.grab()
        assert (whole.shape, whole.dtype) == ((240, 320, 4), np.uint8)
        assert (whole[20:60, 10:40, :3] == (50, 100, 200)).all()
        assert (whole[20:60, 9, :3] == (90, 90, 90)).all()
        part = bot.screen.grab((10, 20, 30, 40))
        assert (part == whole[20:60, 10:40]).all()
        assert bot.screen.grab((300, 220, 100, 100)).shape == (20, 20, 4)
        assert bot.screen.color(39, 59) == (200, 100, 50)
        assert bot.screen.color(40, 59) == (90, 90, 90)
        """,
    )


def test_pictures_are_found_by_their_place_in_the_window(
    daemon: SharedDaemon, canvas: Painter
) -> None:
    """`find` and `find_all` give places that count from the window, in a region too."""
    large = resized(COIN, 60, 45)
    canvas.paint((50, 40, SKULL), (200, 150, SKULL), (120, 10, FLAG), (10, 150, large))
    daemon.play_through(
        on(canvas),
        """
        flag = bot.screen.find("flag.png")
        assert (flag.rect.as_list(), flag.center) == ([120, 10, 40, 30], (140, 25))
        assert flag.score > 0.99 and flag.template == "flag.png"
        skulls = bot.screen.find_all("skull.png")
        assert sorted(one.rect.as_list() for one in skulls) == [
            [50, 40, 40, 30],
            [200, 150, 40, 30],
        ]
        assert len(bot.screen.find_all("skull.png", limit=1)) == 1
        there = bot.screen.find("skull.png", region=(180, 120, 100, 100))
        assert there.rect.as_list() == [200, 150, 40, 30]
        assert bot.screen.find("flag.png", region=(180, 120, 100, 100)) is None
        assert bot.screen.find("coin.png") is None
        assert bot.screen.find("coin.png", scales=(1, 1.5)).rect.as_list() == [10, 150, 60, 45]
        """,
    )


WAITS = """
def play(bot):
    bot.count("began")
    found = bot.screen.wait("skull.png", timeout=20)
    bot.count("seen at", found.rect.x)
    bot.screen.wait_gone("skull.png", timeout=20)
    bot.count("gone")
    bot.screen.wait_still(0.5, timeout=20)
"""


def test_waits_end_when_it_is_so(daemon: SharedDaemon, canvas: Painter) -> None:
    """`wait`, `wait_gone` and `wait_still` look until they see it, and then go on at once."""
    with daemon.playing(on(canvas), WAITS):
        canvas.paint((50, 40, FLAG))
        daemon.until_counted("began")
        assert not daemon.told("gone")
        canvas.paint((50, 40, SKULL))
        daemon.until_counted("seen at")
        canvas.paint((50, 40, FLAG))
        daemon.until_counted("gone")
        for step in itertools.takewhile(lambda n: n < 60, itertools.count()):
            canvas.paint((step, 40, FLAG))
            daemon.status()
        assert not daemon.told("gone")
        assert daemon.heard("gone")["ending"] == "done"


def test_a_wait_in_vain_is_a_timeout(daemon: SharedDaemon, canvas: Painter) -> None:
    """Each wait raises `NotSeen` after its time, which `except TimeoutError` catches."""
    canvas.paint((50, 40, SKULL))
    daemon.play_through(
        on(canvas),
        """
        waits = [
            lambda: bot.screen.wait("flag.png", timeout=0.2),
            lambda: bot.screen.wait_gone("skull.png", timeout=0.2),
            lambda: bot.screen.wait_still(5, timeout=0.2),
        ]
        for wait in waits:
            began = time.monotonic()
            try:
                wait()
            except TimeoutError as error:
                assert type(error).__name__ == "NotSeen" and "0.2 s" in str(error), error
                assert 0.2 <= time.monotonic() - began < 2
            else:
                raise AssertionError("it waits for what is there")
        """,
    )


#: What a routine does wrong, and words of the one line that tells.
MISTAKES = {
    "waits in vain": (
        'bot.screen.wait("flag.png", timeout=0.1)',
        "crashed",
        ["cannot see flag.png within 0.1 s", "routine.py:3"],
    ),
    "names no picture": (
        'bot.screen.find("nothing.png")',
        "invalid",
        ["nothing.png", "no such file", "routine.py:3"],
    ),
    "looks beside the window": (
        "bot.screen.grab((400, 0, 10, 10))",
        "crashed",
        ["[400, 0, 10, 10]", "outside the window", "routine.py:3"],
    ),
    "names no key": (
        'bot.keys.tap("spcae")',
        "crashed",
        ["spcae", 'did you mean "space"', "routine.py:3"],
    ),
    "names no button": (
        'bot.mouse.click(button="thumb")',
        "crashed",
        ["thumb", "left", "routine.py:3"],
    ),
    "clicks at half a place": ("bot.mouse.click(x=3)", "crashed", ["both x and y", "routine.py:3"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_line(
    daemon: SharedDaemon, canvas: Painter, mistake: str
) -> None:
    """A routine that fails says in one line what, and in which line of its code."""
    line, ending, words = MISTAKES[mistake]
    settings = on(canvas).replace(PLAY, PLAY + 'restart = "never"\n')
    with daemon.playing(settings, f"\ndef play(bot):\n    {line}\n"):
        gone = daemon.heard("gone", child="routine")
        assert gone["ending"] == ending
        assert all(word in gone["why"] for word in words), gone["why"]
        assert "\n" not in gone["why"]
        assert gone["why"] in daemon.heard("failed")["why"]


def test_counters_add_up_over_lives(daemon: SharedDaemon, canvas: Painter) -> None:
    """The status shows the sums; a restart of the routine loses nothing."""
    code = """
def play(bot):
    bot.count("laps of this test")
    bot.count("gold of this test", by=2.5)
    bot.sleep(0.1)
    assert bot.life != FIRST, "on to the next life"
    bot.sleep(60)
"""
    first = daemon.status()["life"] + 1
    with daemon.playing(on(canvas), code.replace("FIRST", str(first))):
        daemon.heard("backoff")
        daemon.until_counted("laps of this test", 2)
        assert daemon.counted("gold of this test") == 5.0


def test_a_33rd_counter_is_one_too_many(daemon: SharedDaemon) -> None:
    """`ValueError` names it; the others go on counting; another bot has 32 of its own."""
    for _ in range(2):
        daemon.play_through(
            PLAY,
            """
            for number in range(32):
                bot.count(f"{bot.name} {number}", number)
            try:
                bot.count("one more")
            except ValueError as error:
                assert "32" in str(error) and "one more" in str(error)
            else:
                raise AssertionError("33 counters")
            bot.count(f"{bot.name} 31")
            """,
        )
        counters = daemon.status()["counters"]
        assert list(counters.values()) == [*map(float, range(31)), 32.0]


def test_what_is_said_stands_in_the_log(daemon: SharedDaemon) -> None:
    """`bot.log` and `print` both; the daemon's own output stays clean."""
    body = "bot.log('said by bot.log')\nprint('said by', 'print')\nbot.log(3)\n"
    with daemon.playing(PLAY, f"def play(bot):\n{body}".replace("\n", "\n    ")) as folder:
        daemon.heard("stopped")
        log = (folder.parent.parent / "state" / "traybot.log").read_text(encoding="utf-8")
    assert "said by bot.log" in log
    assert "said by print" in log


def test_settings_are_read_as_attributes(daemon: SharedDaemon) -> None:
    """Sections and options by name; an `AttributeError` for what is not there or is to be set."""
    daemon.play_through(
        PLAY,
        """
        assert bot.settings.daemon.log_level == "info"
        assert bot.settings.section("hotkeys")["stop"] == "ctrl+shift+f9"

        def refused(act):
            try:
                act()
            except AttributeError:
                return True
            return False

        assert refused(lambda: bot.settings.nothing)
        assert refused(lambda: bot.settings.daemon.nothing)
        assert refused(lambda: setattr(bot.settings, "daemon", 1))
        assert refused(lambda: setattr(bot.settings.daemon, "log_level", "debug"))
        assert bot.settings.daemon.log_level == "info"
        assert bot.name.startswith("bot") and bot.life > 0
        assert bot.messages.take() == [] and list(bot.messages) == []
        """,
    )


def test_a_routine_can_see_that_a_pause_is_asked_for(daemon: SharedDaemon) -> None:
    """`paused` tells it without standing still, so that it can come to a good place first."""
    code = """
def play(bot):
    while True:
        while not bot.paused:
            bot.count("spins")
        bot.count("pauses seen")
        bot.sleep(0)
"""
    with daemon.playing(PLAY, code):
        daemon.until_counted("spins")
        before = daemon.counted("pauses seen")
        assert daemon.ask("pause")["ok"]
        assert daemon.heard("paused")["suspended"] is False
        assert daemon.counted("pauses seen") == before + 1
        assert daemon.ask("resume")["ok"]
        daemon.go_round(10, "spins")
