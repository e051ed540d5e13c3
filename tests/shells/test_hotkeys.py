"""Does a hotkey arrive whatever else is held, once, and without harm to the program in front?"""

import queue
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from Xlib import X
from Xlib.display import Display
from Xlib.ext import xtest

from tests.desktop import Desktop, eventually
from tests.system.x11_window import witness
from traybot.shells.hotkeys import NullHotkeys, X11Hotkeys, choose_hotkeys
from traybot.system.base import Hotkeys
from traybot.system.x11_input import X11Injector

CHORDS = [
    ("toggle", "ctrl+shift+f8"),
    ("stop", "ctrl+shift+f9"),
    ("panic", "ctrl+shift+f10"),
]
#: From a key press to its action; the machine may be busy.
DEADLINE = 5.0
#: A key that is held this long repeats about twenty times.
LONG_HELD = 1.5


class Ear:
    """Takes what hotkeys post, and waits for it."""

    def __init__(self) -> None:
        self._posted: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.post: Callable[[str], None] = self._posted.put

    def next(self) -> str:
        """Give the next action, within the deadline."""
        return self._posted.get(timeout=DEADLINE)

    def silent(self, seconds: float = 0.2) -> bool:
        """Whether nothing comes for so long."""
        try:
            self._posted.get(timeout=seconds)
        except queue.Empty:
            return True
        return False


@pytest.fixture
def ear() -> Ear:
    """Who hears the hotkeys."""
    return Ear()


@pytest.fixture
def user(bare_display: Desktop) -> Iterator[X11Injector]:
    """Who presses the keys."""
    with closing(X11Injector(bare_display.display)) as user:
        yield user


@pytest.fixture
def hotkeys(bare_display: Desktop, ear: Ear) -> Iterator[X11Hotkeys]:
    """What is under test, with the usual chords."""
    with listening(ear, bare_display.display) as hotkeys:
        assert hotkeys.bind(CHORDS) == {"toggle": "bound", "stop": "bound", "panic": "bound"}
        yield hotkeys


@contextmanager
def listening(ear: Ear, display: str) -> Iterator[X11Hotkeys]:
    """Listen for the time of a `with` block."""
    hotkeys = X11Hotkeys(ear.post, display)
    try:
        yield hotkeys
    finally:
        hotkeys.stop()


@contextmanager
def holding(user: X11Injector, *names: str) -> Iterator[None]:
    """Hold keys together, pressed in this order."""
    codes = [user.code_of(name) for name in names]
    for code in codes:
        user.press(code)
    try:
        yield
    finally:
        for code in reversed(codes):
            user.release(code)


def press(user: X11Injector, chord: str) -> None:
    """Press the keys of a chord and let them go."""
    with holding(user, *chord.split("+")):
        pass


@pytest.mark.parametrize(("action", "chord"), CHORDS)
def test_a_pressed_chord_is_heard(
    hotkeys: X11Hotkeys, ear: Ear, user: X11Injector, action: str, chord: str
) -> None:
    """Pressing a chord posts its action, once."""
    press(user, chord)
    assert ear.next() == action
    assert ear.silent()


@pytest.mark.parametrize("lock", ["num_lock", "caps_lock", "scroll_lock"])
@pytest.mark.parametrize(("action", "chord"), CHORDS[:2])
def test_locks_do_not_matter(
    hotkeys: X11Hotkeys, ear: Ear, user: X11Injector, action: str, chord: str, lock: str
) -> None:
    """A chord is heard while NumLock, CapsLock or ScrollLock is on."""
    press(user, lock)
    press(user, chord)
    assert ear.next() == action


@pytest.mark.parametrize("more", ["alt", "super", "alt_gr", "right_shift", "right_ctrl"])
@pytest.mark.parametrize(("action", "chord"), CHORDS[1:])
def test_safety_chords_are_heard_with_more_held(
    hotkeys: X11Hotkeys, ear: Ear, user: X11Injector, action: str, chord: str, more: str
) -> None:
    """Stop and panic are heard though the bot holds a further modifier."""
    with holding(user, more):
        press(user, chord)
    assert ear.next() == action


def test_other_chords_are_not_heard_with_more_held(
    hotkeys: X11Hotkeys, ear: Ear, user: X11Injector
) -> None:
    """With Alt held too it is another chord, which may be another program's."""
    with holding(user, "alt"):
        press(user, "ctrl+shift+f8")
    press(user, "shift+f8")
    assert ear.silent()


def test_the_second_layout_does_not_matter(
    bare_display: Desktop, hotkeys: X11Hotkeys, ear: Ear, user: X11Injector
) -> None:
    """A chord is heard while the user has switched to Russian."""
    setxkbmap = ["setxkbmap", "us,ru", "-option", "grp:menu_toggle"]
    subprocess.run(setxkbmap, env=bare_display.env, check=True, capture_output=True)
    user.press(135)  # the key that switches, called menu before
    user.release(135)
    press(user, "ctrl+shift+f8")
    assert ear.next() == "toggle"


def test_a_held_chord_is_heard_once(hotkeys: X11Hotkeys, ear: Ear, user: X11Injector) -> None:
    """Auto-repeat posts nothing, and the next press is heard again."""
    with holding(user, "ctrl", "shift", "f8"):
        assert ear.next() == "toggle"
        assert ear.silent(LONG_HELD)
    for _ in range(3):
        eventually(lambda: not len(user.pressed_anywhere()))
        assert ear.silent(0.05)  # nobody presses faster
        press(user, "ctrl+shift+f8")
        assert ear.next() == "toggle"


def test_the_program_in_front_does_not_see_the_chords_key(
    bare_display: Desktop, hotkeys: X11Hotkeys, ear: Ear, user: X11Injector
) -> None:
    """A hotkey is ours alone: a game that uses F8 itself does not act on it."""
    f8 = user.code_of("f8")
    with witness(bare_display.display) as window:
        press(user, "ctrl+shift+f8")
        assert ear.next() == "toggle"
        press(user, "a")
        eventually(lambda: f"press {user.code_of('a')}" in window.heard(), what="the other key")
        assert f"press {f8}" not in window.heard()


def test_the_program_in_front_hears_every_release(
    bare_display: Desktop, hotkeys: X11Hotkeys, ear: Ear, user: X11Injector
) -> None:
    """After the action, what the bot and the user let go of is let go for the game too."""
    with witness(bare_display.display) as window:
        up, ctrl = user.code_of("up"), user.code_of("ctrl")
        user.press(up)
        with holding(user, "ctrl", "shift", "f9"):
            assert ear.next() == "stop"
            user.release(up)
        eventually(lambda: f"release {ctrl}" in window.heard(), what="the user's release")
        assert f"release {up}" in window.heard()


def test_a_release_in_the_same_moment_is_passed_on(
    bare_display: Desktop, hotkeys: X11Hotkeys, ear: Ear, user: X11Injector
) -> None:
    """A key that the bot lets go while the grab lasts is let go for the game too."""
    with witness(bare_display.display) as window, bare_display.connection() as hasty:
        up, f9 = user.code_of("up"), user.code_of("f9")
        user.press(up)
        with holding(user, "ctrl", "shift"):
            # In one packet, so that nobody can act in between.
            xtest.fake_input(hasty, X.KeyPress, f9)
            xtest.fake_input(hasty, X.KeyRelease, up)
            hasty.sync()
            assert ear.next() == "stop"
            eventually(lambda: f"release {up}" in window.heard(), what="the release")
            user.release(f9)


def test_a_taken_chord_is_told_and_others_work(
    bare_display: Desktop, ear: Ear, user: X11Injector
) -> None:
    """What another program has grabbed is reported as taken; the other chords are heard."""
    with bare_display.connection() as other, listening(ear, bare_display.display) as hotkeys:
        grab(other, user.code_of("f9"), X.ControlMask | X.ShiftMask)
        states = hotkeys.bind(CHORDS)
        assert states.pop("stop").startswith("taken")
        assert states == {"toggle": "bound", "panic": "bound"}
        press(user, "ctrl+shift+f9")
        press(user, "ctrl+shift+f10")
        assert ear.next() == "panic"


def grab(connection: Display, code: int, mask: int) -> None:
    """Take a chord, as another program does."""
    root = connection.screen().root
    root.grab_key(
        code,
        mask,
        owner_events=False,
        pointer_mode=X.GrabModeAsync,
        keyboard_mode=X.GrabModeAsync,
    )
    connection.sync()


def test_of_one_chord_for_two_actions_the_safer_wins(
    bare_display: Desktop, ear: Ear, user: X11Injector
) -> None:
    """A chord that was given twice stops, and the other action is told who has it."""
    with listening(ear, bare_display.display) as hotkeys:
        states = hotkeys.bind([("toggle", "ctrl+f7"), ("stop", "control+F7"), ("show", "ctrl+f6")])
        assert states == {"stop": "bound", "toggle": "taken: stop has it", "show": "bound"}
        press(user, "ctrl+f7")
        assert ear.next() == "stop"
        assert ear.silent()


def test_new_chords_replace_the_old(hotkeys: X11Hotkeys, ear: Ear, user: X11Injector) -> None:
    """After a change of settings only the new chords are heard."""
    assert hotkeys.bind([("toggle", "ctrl+alt+p")]) == {"toggle": "bound"}
    press(user, "ctrl+shift+f8")
    press(user, "ctrl+alt+p")
    assert ear.next() == "toggle"
    assert ear.silent()


def test_chords_follow_the_layout(
    bare_display: Desktop, hotkeys: X11Hotkeys, ear: Ear, user: X11Injector
) -> None:
    """After the user changes the layout, a letter's chord is where the letter is now."""
    hotkeys.bind([("toggle", "ctrl+alt+z")])
    american = user.code_of("z")
    subprocess.run(["setxkbmap", "de"], env=bare_display.env, check=True, capture_output=True)
    eventually(lambda: user.code_of("z") != american, what="the German layout")

    def heard() -> bool:
        press(user, "ctrl+alt+z")
        return not ear.silent()

    eventually(heard, what="the chord")


@pytest.mark.parametrize(
    ("chord", "why"),
    [
        ("ctrl+alt+f8", "consoles"),
        ("ctrl+shift+f88", "did you mean"),
        ("ctrl+shift", "no key"),
        ("", "empty"),
        ("ctrl+ж", "this keyboard has no key"),
    ],
)
def test_a_chord_that_cannot_be_heard_says_why(
    hotkeys: X11Hotkeys, ear: Ear, user: X11Injector, chord: str, why: str
) -> None:
    """A bad chord harms no other: it alone is unsupported, with the reason."""
    states = hotkeys.bind([("toggle", chord), ("stop", "ctrl+shift+f9")])
    assert states["stop"] == "bound"
    assert states["toggle"].startswith("unsupported: ")
    assert why in states["toggle"]


def test_a_failing_listener_goes_on(
    bare_display: Desktop, user: X11Injector, caplog: pytest.LogCaptureFixture
) -> None:
    """When acting on a hotkey fails, that is logged, and the next press is heard."""
    ear = Ear()
    failures = iter([RuntimeError("on purpose")])

    def post(action: str) -> None:
        for failure in failures:
            raise failure
        ear.post(action)

    failing = Ear()
    failing.post = post
    with listening(failing, bare_display.display) as hotkeys:
        hotkeys.bind(CHORDS)
        press(user, "ctrl+shift+f9")
        eventually(lambda: "on purpose" in caplog.text, what="the log")
        eventually(lambda: hotkeys.states().get("stop") == "bound", what="the second beginning")
        press(user, "ctrl+shift+f9")
        assert ear.next() == "stop"


def test_stopping_frees_the_chords(bare_display: Desktop, hotkeys: X11Hotkeys) -> None:
    """After `stop` other programs can have the chords; a second `stop` does nothing."""
    hotkeys.stop()
    hotkeys.stop()
    other = Ear()
    with listening(other, bare_display.display) as successor:
        assert set(successor.bind(CHORDS).values()) == {"bound"}
    assert hotkeys.bind(CHORDS)["stop"].startswith("unsupported")


def test_a_server_that_goes_and_comes_back_is_found_again(ear: Ear) -> None:
    """When X dies the thread lives on quietly; when X is back the chords are heard again."""
    with Desktop(manager=None) as desktop:
        number = desktop.display
        hotkeys = X11Hotkeys(ear.post, number)
        assert hotkeys.bind(CHORDS)["stop"] == "bound"
    eventually(lambda: hotkeys.states()["stop"].startswith("unsupported"), what="the loss")
    assert hotkeys.bind(CHORDS[:2])["stop"].startswith("unsupported: cannot")
    options = ["-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(["Xvfb", number, *options], stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: hotkeys.states().get("stop") == "bound", 20, what="the return")
        with closing(X11Injector(number)) as user:
            press(user, "ctrl+shift+f9")
            assert ear.next() == "stop"
    finally:
        hotkeys.stop()
        server.terminate()
        server.wait()


def test_stopping_without_a_server_returns(ear: Ear) -> None:
    """After the server's end `stop` ends the thread at once."""
    with Desktop(manager=None) as desktop:
        hotkeys = X11Hotkeys(ear.post, desktop.display)
        hotkeys.bind(CHORDS)
    hotkeys.stop()
    assert not hotkeys.listens


def test_where_nothing_can_be_heard_every_action_says_why() -> None:
    """Without a way to listen each hotkey is unsupported, with the reason."""
    hotkeys: Hotkeys = NullHotkeys("no desktop")
    assert hotkeys.bind(CHORDS[:1]) == {"toggle": "unsupported: no desktop"}
    hotkeys.stop()


def test_the_way_that_works_here_is_chosen(
    bare_display: Desktop, ear: Ear, user: X11Injector
) -> None:
    """On an X display hotkeys are heard by grabs."""
    hotkeys = choose_hotkeys(ear.post)
    try:
        assert hotkeys.bind(CHORDS)["stop"] == "bound"
        press(user, "ctrl+shift+f9")
        assert ear.next() == "stop"
    finally:
        hotkeys.stop()


def test_on_wayland_the_limits_are_told(
    bare_display: Desktop, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where X is only a guest of Wayland a hotkey is bound, and says when it is heard."""
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    hotkeys = choose_hotkeys(ear.post)
    try:
        assert hotkeys.bind(CHORDS)["stop"].startswith("bound: heard only while an X11 window")
    finally:
        hotkeys.stop()


@pytest.mark.parametrize("display", [None, ":987", "nonsense"])
def test_without_a_display_none_is_chosen(
    ear: Ear, monkeypatch: pytest.MonkeyPatch, display: str | None
) -> None:
    """Where no X server answers the reason is told for each action, and nothing fails."""
    monkeypatch.delenv("DISPLAY", raising=False)
    if display:
        monkeypatch.setenv("DISPLAY", display)
    hotkeys = choose_hotkeys(ear.post)
    states = hotkeys.bind(CHORDS)
    hotkeys.stop()
    assert all(state.startswith("unsupported: ") and len(state) > 20 for state in states.values())
