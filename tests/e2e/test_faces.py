"""Do tray and hotkeys command the whole daemon, and does it run on without either?"""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot, x_keys
from tests.shells.tray_client import Bus

pytestmark = pytest.mark.e2e

#: How long a finger stays down, and up between two presses: no person is faster.
FINGER_SECONDS = 0.03
PLAYER = "def play(bot):\n    while True:\n        bot.sleep(0.01)\n"
HOLDER = "def play(bot):\n    with bot.keys.hold('shift'):\n        bot.sleep(3600)\n"


@pytest.fixture
def panel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """A desktop with a panel, which this test and its daemon use."""
    with Desktop(tray="xfce4-panel") as desktop:
        for name, value in desktop.env.items():
            monkeypatch.setenv(name, value)
        yield desktop


def press(desktop: Desktop, *keys: str) -> None:
    """Press keys together and let them go, at the pace of a person's hands."""
    hand = threading.Event()
    with closing(Display(desktop.display)) as display:
        codes = [display.keysym_to_keycode(XK.string_to_keysym(key)) for key in keys]
        for code in codes:
            xtest.fake_input(display, X.KeyPress, code)
        display.sync()
        hand.wait(FINGER_SECONDS)
        for code in reversed(codes):
            xtest.fake_input(display, X.KeyRelease, code)
        display.sync()
        hand.wait(FINGER_SECONDS)


def enabled(bus: Bus, label: str) -> bool:
    """Tell whether a line of the menu can be clicked."""
    return any(line.get("label") == label and line.get("enabled", True) for line in bus.menu())


def test_the_tray_starts_pauses_and_stops_a_bot(panel: Desktop, home: Path) -> None:
    """The icon names the phase, and its menu's items do what they say."""
    make_bot(home, "player", PLAYER)
    address = panel.env["DBUS_SESSION_BUS_ADDRESS"]
    with Running(faces=True) as running, closing(Bus(address)) as bus:
        eventually(bus.labels, 15.0, "an icon with a menu in the tray")
        assert running.status()["tray"] == "StatusNotifierItem"
        eventually(lambda: enabled(bus, "Start"), 10.0, "a bot to start")
        bus.click("Start")
        running.heard("running")
        eventually(lambda: "running" in str(bus.labels()), 10.0, "the phase in the menu")
        bus.click("Pause")
        running.heard("paused")
        eventually(lambda: enabled(bus, "Resume"), 10.0, "an item to resume")
        bus.click("Resume")
        running.heard("resumed")
        bus.click("Stop")
        running.heard("stopped")
        bus.click("Quit")
        assert running.heard("summary")["children_left"] == 0


def test_the_hotkeys_start_pause_and_stop_a_bot(desktop: Desktop, home: Path) -> None:
    """The default chords work from anywhere, and stop works while the bot holds Shift."""
    make_bot(home, "holder", HOLDER)
    with Running(faces=True) as running:
        keys = running.status()["hotkeys"]
        assert {name: key["state"] for name, key in keys.items()} == dict.fromkeys(
            ("toggle", "stop", "panic"), "bound"
        )
        press(desktop, "Control_L", "Shift_L", "F8")
        running.heard("running")
        press(desktop, "Control_L", "Shift_L", "F8")
        running.heard("paused", by="user")
        press(desktop, "Control_L", "Shift_L", "F8")
        running.heard("resumed")
        # What the test pressed and let go was the bot's Shift too: they share X's test keyboard.
        assert running.ask("stop")["ok"]
        assert running.ask("start")["ok"]
        # The bot holds Shift: Control alone is enough for the hand that wants it stopped.
        with x_keys() as held:
            eventually(held.held, 10.0, "the bot's Shift")
            press(desktop, "Control_L", "F9")
        running.heard("stopped", why="stopped by hotkey")
        assert running.ask("start")["ok"]
        press(desktop, "Control_L", "Shift_L", "Alt_L", "F10")
        running.heard("stopped", why="panic by hotkey")


def test_without_a_display_the_daemon_runs_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No display, no bus, no tray: it starts, plays, answers, and says what is missing."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    make_bot(home, "player", "def play(bot):\n    while True:\n        bot.count('n')\n")
    running = Running(faces=True)
    try:
        eventually(lambda: _answers(running), 30.0, "an answer")
        assert running.ask("start")["ok"]
        status = running.status()
        assert status["counters"]["n"] > 0
        assert status["tray"].startswith("none")
        assert "DISPLAY" in status["input"]
        assert all("unsupported" in key["state"] for key in status["hotkeys"].values())
        assert running.ask("stop")["ok"]
    finally:
        summary = running.end()
    assert summary["children_left"] == 0


def _answers(running: Running) -> bool:
    try:
        return running.status()["input"] != "starting"
    except Exception:  # noqa: BLE001  not there yet
        return False
