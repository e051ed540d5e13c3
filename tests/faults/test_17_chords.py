"""Fault 17: chords that are taken, given twice, misspelt, on other layouts. Each says how it is."""

import queue
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from Xlib import X
from Xlib.display import Display

from tests.desktop import Desktop, eventually
from tests.real_hands import RealHands
from tests.running import Running, make_bot, traybot
from traybot.shells.hotkeys import X11Hotkeys
from traybot.shells.paths import find_paths
from traybot.system.x11_input import X11Injector

DEADLINE = 5.0

Heard = queue.SimpleQueue[str]


@pytest.fixture
def heard() -> Heard:
    """The actions that were heard."""
    return queue.SimpleQueue()


@pytest.fixture
def hotkeys(bare_display: Desktop, heard: Heard) -> Iterator[X11Hotkeys]:
    """Hotkeys on a display of this test's own, with no chord yet."""
    hotkeys = X11Hotkeys(heard.put, bare_display.display)
    yield hotkeys
    hotkeys.stop()


@pytest.fixture
def user(bare_display: Desktop) -> Iterator[RealHands]:
    """The user's own keyboard."""
    with closing(RealHands(bare_display.display)) as user:
        yield user


def layout(desktop: Desktop, *words: str) -> None:
    """Give the keyboard another layout."""
    subprocess.run(["setxkbmap", *words], env=desktop.env, check=True, capture_output=True)


def code_of(desktop: Desktop, key: str) -> int:
    """Where a key is now."""
    with closing(X11Injector(desktop.display)) as keys:
        return keys.code_of(key)


def press(user: RealHands, *codes: int) -> None:
    """Press keys together and let them go."""
    for code in codes:
        user.press(code)
    for code in reversed(codes):
        user.release(code)


def grab(display: Display, code: int) -> None:
    """Take a key with Control and Shift, as another program does."""
    display.screen().root.grab_key(
        code,
        X.ControlMask | X.ShiftMask,
        owner_events=False,
        pointer_mode=X.GrabModeAsync,
        keyboard_mode=X.GrabModeAsync,
    )
    display.sync()


@pytest.mark.e2e
def test_the_status_tells_each_chord_apart(bare_display: Desktop, home: Path) -> None:
    """One chord is another program's, one the X server keeps, one is fine: that one works."""
    make_bot(home, "sleeper", "def play(bot):\n    bot.sleep(3600)\n")
    write(home, '[hotkeys]\ntoggle = "ctrl+alt+f8"\n')
    with bare_display.connection() as other:
        grab(other, code_of(bare_display, "f10"))
        with Running(faces=True) as running, closing(RealHands(bare_display.display)) as user:
            states = {name: key["state"] for name, key in running.status()["hotkeys"].items()}
            assert states["panic"].startswith("taken: another program")
            assert states["toggle"].startswith("unsupported: X keeps")
            assert states["stop"] == "bound"
            found = traybot("doctor").stdout
            assert "FAULT hotkey.panic" in found
            assert "ok    hotkey.stop" in found
            assert running.ask("start")["ok"]
            press(user, *(code_of(bare_display, key) for key in ("ctrl", "shift", "f9")))
            running.heard("stopped", why="stopped by hotkey")


def write(home: Path, text: str) -> None:
    """Write the settings."""
    path = find_paths().settings
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("wrong", "line", "told"),
    [
        ('stop = "ctrl+f7"\npanic = "ctrl+f7"', 3, "is the hotkey for"),
        ('stop = "ctrl+shift+f99"', 2, "unknown key"),
        ('stop = "ctrl+shift"', 2, "no key besides its modifiers"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_line(
    home: Path, wrong: str, line: int, told: str
) -> None:
    """A chord given twice, a key that no keyboard has: the line is named, and nothing crashes."""
    write(home, f"[hotkeys]\n{wrong}\n")
    make_bot(home, "sleeper", "def play(bot):\n    bot.sleep(3600)\n")
    ended = traybot("run", "sleeper", "--no-tray", "--for", "1s")
    assert ended.returncode == 5
    assert f"line {line}:" in ended.stderr
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_two_actions_with_one_chord_are_told(hotkeys: X11Hotkeys) -> None:
    """Should it come so far, the safer action has it, and the other is told who."""
    states = hotkeys.bind([("toggle", "ctrl+f7"), ("stop", "ctrl+f7"), ("panic", "ctrl+f99")])
    assert states["stop"] == "bound"
    assert states["toggle"] == "taken: stop has it"
    assert states["panic"].startswith("unsupported: the hotkey")


def test_alt_gr_does_not_matter(
    bare_display: Desktop, hotkeys: X11Hotkeys, heard: Heard, user: RealHands
) -> None:
    """On a German keyboard AltGr is a level of its own: a chord works with it held, too."""
    layout(bare_display, "de")
    hotkeys.bind([("stop", "ctrl+shift+f9"), ("toggle", "ctrl+alt+z")])
    codes = [code_of(bare_display, key) for key in ("alt_gr", "ctrl", "shift", "f9")]
    press(user, *codes)
    assert heard.get(timeout=DEADLINE) == "stop"
    eventually(lambda: released(bare_display), what="every key up")
    press(user, *(code_of(bare_display, key) for key in ("ctrl", "alt", "z")))
    assert heard.get(timeout=DEADLINE) == "toggle"


def released(desktop: Desktop) -> bool:
    """Whether no key is down."""
    with closing(X11Injector(desktop.display)) as keys:
        return not len(keys.pressed_anywhere())


def test_a_layout_without_the_key_is_told_and_back_again(
    bare_display: Desktop, hotkeys: X11Hotkeys, heard: Heard, user: RealHands
) -> None:
    """Switched to Greek there is no ö to press; switched to German there is, and it works."""
    layout(bare_display, "de")
    assert hotkeys.bind([("toggle", "ctrl+ö"), ("stop", "ctrl+shift+f9")])["toggle"] == "bound"
    layout(bare_display, "gr")
    eventually(lambda: "no key" in hotkeys.states()["toggle"], what="the loss of the key")
    assert hotkeys.states()["stop"] == "bound"
    press(user, *(code_of(bare_display, key) for key in ("ctrl", "shift", "f9")))
    assert heard.get(timeout=DEADLINE) == "stop"
    layout(bare_display, "de")
    eventually(lambda: hotkeys.states()["toggle"] == "bound", what="the return of the key")
    press(user, code_of(bare_display, "ctrl"), code_of(bare_display, "ö"))
    assert heard.get(timeout=DEADLINE) == "toggle"


def test_a_chord_that_gets_free_is_had_at_the_next_binding(
    bare_display: Desktop, hotkeys: X11Hotkeys
) -> None:
    """The other program has gone: waking up or a change of settings binds it."""
    with bare_display.connection() as other:
        grab(other, code_of(bare_display, "f9"))
        assert hotkeys.bind([("stop", "ctrl+shift+f9")])["stop"].startswith("taken")
    eventually(
        lambda: hotkeys.bind([("stop", "ctrl+shift+f9")])["stop"] == "bound", what="the chord"
    )
