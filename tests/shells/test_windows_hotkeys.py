"""Are Windows' own hotkeys asked for, heard and given back? Its calls are replaced here."""

import queue
from collections.abc import Iterator

import pytest

from tests.desktop import eventually
from tests.shells.fake_windows import CODES, FakeHook, FakeWindows
from traybot.shells.windows_hotkeys import BITS, WindowsHotkeys

CHORDS = [("toggle", "ctrl+shift+f8"), ("stop", "ctrl+shift+f9"), ("panic", "ctrl+shift+f10")]
CTRL_SHIFT = BITS["ctrl"] | BITS["shift"]
DEADLINE = 5.0

Heard = queue.SimpleQueue[str]


@pytest.fixture
def heard() -> Heard:
    """The actions that were heard."""
    return queue.SimpleQueue()


@pytest.fixture
def windows() -> FakeWindows:
    """A Windows on which another program has ctrl+shift+f10."""
    return FakeWindows((CTRL_SHIFT, CODES["f10"]))


@pytest.fixture
def hook() -> FakeHook:
    """What hears every key."""
    return FakeHook()


@pytest.fixture
def hotkeys(heard: Heard, windows: FakeWindows, hook: FakeHook) -> Iterator[WindowsHotkeys]:
    """What is under test."""
    hotkeys = WindowsHotkeys(heard.put, windows, CODES.get, hook)
    yield hotkeys
    hotkeys.stop()
    hotkeys.stop()
    assert not windows.registered
    assert not hook.chords


def test_each_chord_says_how_it_is(hotkeys: WindowsHotkeys, hook: FakeHook) -> None:
    """What Windows gives is bound; what another program has is heard by the hook besides."""
    assert hotkeys.bind(CHORDS) == {
        "toggle": "bound",
        "stop": "bound",
        "panic": "bound: another program listens to it, too",
    }
    assert hook.chords == [("panic", "ctrl+shift+f10")]
    assert hotkeys.states()["stop"] == "bound"


def test_what_the_hook_cannot_hear_is_taken(hotkeys: WindowsHotkeys, hook: FakeHook) -> None:
    """With neither way the chord is somebody else's, and the status says so."""
    hook.works = False
    assert hotkeys.bind(CHORDS)["panic"] == "taken: another program listens to it"


def test_a_press_is_heard_and_safety_with_more_held(
    hotkeys: WindowsHotkeys, windows: FakeWindows, heard: Heard
) -> None:
    """Stop fires while the bot holds Alt and the Windows key; toggle is exact."""
    hotkeys.bind(CHORDS)
    assert windows.press("ctrl", "shift", "f8")
    assert windows.press("ctrl", "shift", "alt", "super", "f9")
    assert not windows.press("ctrl", "shift", "alt", "f8")
    assert [heard.get(timeout=DEADLINE) for _ in range(2)] == ["toggle", "stop"]


def test_new_chords_replace_the_old(hotkeys: WindowsHotkeys, windows: FakeWindows) -> None:
    """What is no longer wanted is given back to other programs."""
    hotkeys.bind(CHORDS)
    assert hotkeys.bind([("toggle", "ctrl+alt+k")]) == {"toggle": "bound"}
    assert set(windows.registered) == {(BITS["ctrl"] | BITS["alt"], CODES["k"])}
    assert windows.tick_ms == 0


@pytest.mark.parametrize(
    ("chord", "why"),
    [
        ("f12", "debugger"),
        ("ctrl+f7", "no key"),
        ("ctrl+alt_gr+k", 'no hotkey with "alt_gr"'),
        ("ctrl+", "nothing on one side"),
    ],
)
def test_a_chord_that_cannot_be_heard_says_why(
    hotkeys: WindowsHotkeys, chord: str, why: str
) -> None:
    """It alone is unsupported."""
    states = hotkeys.bind([("toggle", chord), ("stop", "ctrl+shift+f9")])
    assert states["toggle"].startswith("unsupported: ")
    assert why in states["toggle"]
    assert states["stop"] == "bound"


def test_the_safer_action_has_a_chord_that_is_given_twice(hotkeys: WindowsHotkeys) -> None:
    """Also one that the safer action needs for more held."""
    states = hotkeys.bind([("toggle", "ctrl+shift+alt+f9"), ("stop", "ctrl+shift+f9")])
    assert states == {"toggle": "taken: stop has it", "stop": "bound"}


def test_a_failure_is_logged_and_the_next_press_heard(
    windows: FakeWindows, hook: FakeHook, caplog: pytest.LogCaptureFixture
) -> None:
    """A stop key does not die with one failure."""
    heard: Heard = queue.SimpleQueue()
    failures = iter([RuntimeError("on purpose")])

    def post(action: str) -> None:
        for failure in failures:
            raise failure
        heard.put(action)

    hotkeys = WindowsHotkeys(post, windows, CODES.get, hook)
    try:
        hotkeys.bind(CHORDS)
        windows.press("ctrl", "shift", "f9")
        windows.press("ctrl", "shift", "f9")
        assert heard.get(timeout=DEADLINE) == "stop"
        eventually(lambda: "on purpose" in caplog.text, what="the log")
    finally:
        hotkeys.stop()
