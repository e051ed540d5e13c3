"""Are the user's hands told from the bot's on Windows and macOS? Stand-ins speak for both here."""

import queue
import select
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from tests.system.fake_hands import KEYBOARD, MONITORS, MOUSE, MacHands, WindowsHands
from tests.system.fake_sessions import SECONDS, until
from traybot.core.geometry import Rect
from traybot.core.phases import Phase
from traybot.errors import BackendUnavailable
from traybot.shells.user_watch import UserWatch
from traybot.system.macos_input import MacKeys
from traybot.system.macos_user import MacUser
from traybot.system.user_hands import UserHands
from traybot.system.windows_user import MODIFIERS, Mouse, WindowsUser

pytestmark = pytest.mark.anywhere

CHORDS = [("stop", "ctrl+shift+f9"), ("toggle", "")]
WINDOWS_KEYS = {"f9": 0x78, "w": 0x57}


@contextmanager
def windows() -> Iterator[tuple[Any, UserHands, dict[str, int]]]:
    """Windows, what listens to it, and its keys."""
    desk = WindowsHands()
    with closing(WindowsUser(desk, WINDOWS_KEYS.get)) as hands:
        yield desk, hands, WINDOWS_KEYS


@contextmanager
def macos() -> Iterator[tuple[Any, UserHands, dict[str, int]]]:
    """macOS, likewise."""
    desk = MacHands()
    with closing(MacUser(desk)) as hands:
        yield desk, hands, {name: MacKeys().code_of(name) or 0 for name in ("f9", "w")}


ways = pytest.mark.parametrize("way", [windows, macos])


def heard(hands: UserHands) -> list[tuple[bool, float, float]]:
    """Give what has come: each was delivered whole before this is asked."""
    return [(touch.pressed, touch.dx, touch.dy) for touch in hands.heard()]


@ways
def test_the_users_presses_and_ways_are_heard_and_the_bots_are_not(way: Any) -> None:  # noqa: ANN401  one of two
    """Keys, buttons and movements, told by who sends them; the descriptor wakes who waits."""
    with way() as (desk, hands, keys):
        hands.listen(presses=True, motion=True)
        for bots in (True, False):
            desk.key(keys["w"], bots=bots)
            desk.click(bots=bots)
            desk.move(5, -3, bots=bots)
        assert select.select([hands.fileno()], [], [], SECONDS)[0]
        assert heard(hands) == [(True, 0, 0), (True, 0, 0), (False, 5, -3)]
        assert not select.select([hands.fileno()], [], [], 0)[0]


@ways
def test_only_what_is_wanted_is_heard(way: Any) -> None:  # noqa: ANN401  one of two
    """For the corner movements alone; for nothing, nothing."""
    with way() as (desk, hands, keys):
        desk.key(keys["w"])
        desk.move(1, 1)
        hands.listen(presses=False, motion=True)
        desk.key(keys["w"])
        desk.click()
        desk.move(2, 2)
        hands.listen(presses=False, motion=False)
        desk.move(3, 3)
        assert heard(hands) == [(False, 2, 2)]


@ways
def test_a_hotkeys_key_takes_nothing_over(way: Any) -> None:  # noqa: ANN401  one of two
    """Whoever reaches for a hotkey would have paused before it; others count on."""
    with way() as (desk, hands, keys):
        hands.ignore(CHORDS)
        hands.listen(presses=True, motion=False)
        desk.key(keys["f9"])
        assert heard(hands) == []
        desk.key(keys["w"])
        assert heard(hands) == [(True, 0, 0)]


@ways
def test_the_screen_is_around_all_monitors(way: Any) -> None:  # noqa: ANN401  one of two
    """Also of one that lies left of the first."""
    with way() as (desk, hands, _keys):
        assert (hands.screen, hands.monitors) == (Rect(-500, 0, 1500, 800), MONITORS)
        assert hands.pointer() == desk.place


def test_windows_modifiers_say_nothing_by_themselves() -> None:
    """On macOS they are events of another kind, for which nobody asks."""
    with windows() as (desk, hands, _keys):
        hands.listen(presses=True, motion=False)
        for code in MODIFIERS:
            desk.key(code)
        assert heard(hands) == []


def test_a_touchpad_without_a_device_moves_and_a_place_without_one_is_a_bots() -> None:
    """Precision touchpads have none; programs send places, as a rule."""
    with windows() as (desk, hands, _keys):
        hands.listen(presses=True, motion=True)
        desk.raw(Mouse(0, 0, 7, 0))
        desk.raw(Mouse(0, 0, 30000, 30000, places=True))
        assert heard(hands) == [(False, 7, 0)]


def test_a_device_that_tells_places_has_gone_the_way_between_them() -> None:
    """A remote desktop's mouse: its first place is no movement."""
    with windows() as (desk, hands, _keys):
        hands.listen(presses=True, motion=True)
        for x in (32768, 32768, 16384):
            desk.raw(Mouse(MOUSE, 0, x, 0, places=True))
        desk.raw(Mouse(KEYBOARD, 0, 0, 0, places=True))
        assert heard(hands) == [(False, -375, 0)]


@pytest.mark.parametrize(("desk", "make"), [(WindowsHands, WindowsUser), (MacHands, MacUser)])
def test_a_refusal_says_why(desk: Any, make: Any) -> None:  # noqa: ANN401  one of two
    """The status tells it, and it is tried again."""
    with pytest.raises(BackendUnavailable, match="allow input monitoring"):
        make(desk(fault="allow input monitoring"))


@ways
def test_corner_and_takeover_work(way: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401  one of two
    """From the hand to the word for the engine, by the same watch as on X."""
    monkeypatch.setattr("traybot.core.user.CALM_SECONDS", 0.0)
    words: queue.SimpleQueue[str] = queue.SimpleQueue()
    with way() as (desk, hands, keys):
        watch = UserWatch(words.put, connect=lambda _display: hands)
        try:
            watch.want("top-left", "pause", CHORDS)
            watch.show(Phase.RUNNING)
            until(lambda: watch.listens)
            desk.key(keys["w"], bots=True)
            desk.key(keys["w"])
            assert words.get(timeout=SECONDS) == "takeover"
            desk.place = (-500, 100)
            desk.move(-60, -60)
            assert words.get(timeout=SECONDS) == "corner"
            assert watch.health() == {"corner": "on", "takeover": "on"}
        finally:
            watch.stop()
