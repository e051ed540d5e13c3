"""Fault 14: a hotkey's handler freezes, Windows drops the hook, releases are swallowed.

Windows' own calls are replaced: what is here of Windows is its messages, and what a hook is told.
"""

import queue
import threading
from collections.abc import Iterator

import keyboard
import pytest

from tests.desktop import eventually
from tests.shells.fake_windows import CODES, FakeHook, FakeWindows
from tests.shells.test_keyboard_hotkeys import FakeKeyboard
from traybot.shells.keyboard_hotkeys import KeyboardHotkeys
from traybot.shells.windows_hotkeys import BITS, LOOK_MS, WindowsHotkeys

CHORDS = [("stop", "ctrl+shift+f9"), ("panic", "ctrl+shift+f10")]
PLACE = BITS["ctrl"] | BITS["shift"], CODES["f10"]
DEADLINE = 5.0


@pytest.fixture
def windows() -> FakeWindows:
    """A Windows on which another program has panic's chord."""
    return FakeWindows(PLACE)


@pytest.fixture
def hook() -> FakeHook:
    """What hears every key, until Windows drops it."""
    return FakeHook()


@pytest.fixture
def hotkeys(windows: FakeWindows, hook: FakeHook) -> Iterator[WindowsHotkeys]:
    """Hotkeys of which panic needs the hook."""
    hotkeys = WindowsHotkeys(lambda _: None, windows, CODES.get, hook)
    hotkeys.bind(CHORDS)
    yield hotkeys
    hotkeys.stop()


def test_a_press_after_a_frozen_handler_is_heard(windows: FakeWindows, hook: FakeHook) -> None:
    """The kernel keeps the presses: one during the freeze and one after it are both heard."""
    heard: queue.SimpleQueue[str] = queue.SimpleQueue()
    thaw = threading.Event()

    def post(action: str) -> None:
        heard.put(action)
        thaw.wait(DEADLINE)

    hotkeys = WindowsHotkeys(post, windows, CODES.get, hook)
    try:
        hotkeys.bind(CHORDS)
        for _ in range(3):
            windows.press("ctrl", "shift", "f9")
        assert heard.get(timeout=DEADLINE) == "stop"
        assert heard.empty()
        thaw.set()
        assert [heard.get(timeout=DEADLINE) for _ in range(2)] == ["stop", "stop"]
    finally:
        thaw.set()
        hotkeys.stop()


def test_a_dropped_hook_is_set_anew(
    hotkeys: WindowsHotkeys, windows: FakeWindows, hook: FakeHook
) -> None:
    """Keys were pressed and the hook heard none: it is set anew within two seconds."""
    assert windows.tick_ms == LOOK_MS
    windows.keys_pressed = True
    windows.time_passes()
    eventually(lambda: hook.revived == 1, what="the new hook")


def test_a_hook_that_hears_is_left_alone(
    hotkeys: WindowsHotkeys, windows: FakeWindows, hook: FakeHook
) -> None:
    """Neither with keys that it heard, nor with no keys at all."""
    windows.keys_pressed, hook.heard = True, 3
    windows.time_passes()
    assert hotkeys.bind(CHORDS)  # answered after the look
    windows.keys_pressed = False
    windows.time_passes()
    assert hotkeys.bind(CHORDS)
    assert hook.revived == 0


def test_a_swallowed_release_silences_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """F9's release was lost behind the lock screen: after it the very next press is heard."""
    library = FakeKeyboard()
    monkeypatch.setattr(keyboard, "hook", library.hook)
    monkeypatch.setattr(keyboard, "key_to_scan_codes", library.key_to_scan_codes)
    monkeypatch.setattr(keyboard, "is_pressed", lambda name: name in library.held)
    heard: list[str] = []
    hotkeys = KeyboardHotkeys(heard.append)
    hotkeys.bind(CHORDS)
    library.held = {"ctrl", "shift"}
    library.event("down", "f9")
    hotkeys.revive()
    library.event("down", "f9", after=0.2)
    assert heard == ["stop", "stop"]
    hotkeys.stop()


def test_the_library_is_made_to_listen_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no call of its own for that; a listener that never began is left alone."""

    class Listener:
        """Stands for the library's own."""

        def __init__(self) -> None:
            self.listening, self.begins = False, 0

        def start_if_necessary(self) -> None:
            """Begin if it does not listen."""
            if not self.listening:
                self.listening, self.begins = True, self.begins + 1

    listener = Listener()
    monkeypatch.setattr(keyboard, "_listener", listener)
    hotkeys = KeyboardHotkeys(lambda _: None)
    hotkeys.revive()
    assert listener.begins == 0
    listener.start_if_necessary()
    hotkeys.revive()
    assert listener.begins == 2
