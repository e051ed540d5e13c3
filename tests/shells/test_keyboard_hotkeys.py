"""Are hotkeys heard through the `keyboard` library? Its functions are replaced here."""

from collections.abc import Callable

import keyboard
import pytest
from keyboard import KeyboardEvent

from traybot.shells.keyboard_hotkeys import KeyboardHotkeys

CODES = {"f8": 66, "f9": 67, "f10": 68, "page up": 73, "a": 30}
CHORDS = [("toggle", "ctrl+shift+f8"), ("stop", "ctrl+shift+f9"), ("panic", "ctrl+shift+f10")]


class FakeKeyboard:
    """Stands for the library: what is held, and who wants to be told."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.hooks: list[Callable[[KeyboardEvent], object]] = []
        self.now = 100.0

    def hook(self, callback: Callable[[KeyboardEvent], object]) -> Callable[[], None]:
        """Like keyboard.hook."""
        self.hooks.append(callback)
        return lambda: self.hooks.remove(callback)

    def key_to_scan_codes(self, name: str) -> tuple[int, ...]:
        """Like keyboard.key_to_scan_codes."""
        if name not in CODES:
            raise ValueError(f"Key name {name!r} is not mapped to any known key.")
        return (CODES[name],)

    def event(self, kind: str, name: str, *, after: float = 0.1) -> None:
        """Let something happen to a key, so many seconds later."""
        self.now += after
        event = KeyboardEvent(kind, CODES[name], name, self.now)  # type: ignore[arg-type]
        for hook in list(self.hooks):
            hook(event)

    def press(self, name: str, *held: str) -> None:
        """Press a key and let it go, with others held."""
        self.held = set(held)
        self.event("down", name)
        self.event("up", name)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> FakeKeyboard:
    """The library's functions, replaced."""
    library = FakeKeyboard()
    monkeypatch.setattr(keyboard, "hook", library.hook)
    monkeypatch.setattr(keyboard, "key_to_scan_codes", library.key_to_scan_codes)
    monkeypatch.setattr(keyboard, "is_pressed", lambda name: name in library.held)
    return library


@pytest.fixture
def posted() -> list[str]:
    """The actions that came, in order."""
    return []


@pytest.fixture
def hotkeys(library: FakeKeyboard, posted: list[str]) -> KeyboardHotkeys:
    """What is under test, with the usual chords."""
    hotkeys = KeyboardHotkeys(posted.append)
    assert hotkeys.bind(CHORDS) == {"toggle": "bound", "stop": "bound", "panic": "bound"}
    return hotkeys


def test_a_chord_is_heard(
    hotkeys: KeyboardHotkeys, library: FakeKeyboard, posted: list[str]
) -> None:
    """Each chord posts its action; the key without its modifiers posts none."""
    for key in ("f8", "f9", "f10"):
        library.press(key, "ctrl", "shift")
    library.press("f8")
    library.press("a", "ctrl", "shift")
    assert posted == ["toggle", "stop", "panic"]


def test_only_safety_chords_are_heard_with_more_held(
    hotkeys: KeyboardHotkeys, library: FakeKeyboard, posted: list[str]
) -> None:
    """With Alt held too stop is heard, since the bot may hold it; toggle is another chord then."""
    library.press("f8", "ctrl", "shift", "alt")
    library.press("f9", "ctrl", "shift", "alt", "windows")
    assert posted == ["stop"]


def test_a_held_chord_is_heard_once(
    hotkeys: KeyboardHotkeys, library: FakeKeyboard, posted: list[str]
) -> None:
    """Repeats of a held key post nothing, the next press does."""
    library.held = {"ctrl", "shift"}
    for _ in range(20):
        library.event("down", "f9", after=0.03)
    library.event("up", "f9")
    assert posted == ["stop"]
    library.press("f9", "ctrl", "shift")
    assert posted == ["stop", "stop"]


def test_a_release_that_was_never_heard_silences_nothing(
    hotkeys: KeyboardHotkeys, library: FakeKeyboard, posted: list[str]
) -> None:
    """When the lock screen swallowed a release, the chord is heard again a moment later."""
    library.held = {"ctrl", "shift"}
    library.event("down", "f9")
    library.event("down", "f9", after=60.0)
    assert posted == ["stop", "stop"]


def test_of_one_chord_for_two_actions_the_safer_wins(
    library: FakeKeyboard, posted: list[str]
) -> None:
    """A chord that was given twice stops."""
    KeyboardHotkeys(posted.append).bind([("toggle", "ctrl+f9"), ("stop", "ctrl+f9")])
    library.press("f9", "ctrl")
    assert posted == ["stop"]


def test_keys_are_called_as_the_library_calls_them(
    library: FakeKeyboard, posted: list[str]
) -> None:
    """Names that differ are translated."""
    assert KeyboardHotkeys(posted.append).bind([("toggle", "win+PgUp")]) == {"toggle": "bound"}
    library.press("page up", "windows")
    assert posted == ["toggle"]


@pytest.mark.parametrize(
    ("chord", "why"),
    [("f12", "debugger"), ("ctrl+f88", "no key"), ("ctrl+f13", "not mapped"), ("", "empty")],
)
def test_a_bad_chord_harms_no_other(
    hotkeys: KeyboardHotkeys, library: FakeKeyboard, posted: list[str], chord: str, why: str
) -> None:
    """It alone is unsupported, with the reason."""
    states = hotkeys.bind([("toggle", chord), ("stop", "ctrl+shift+f9")])
    assert states["toggle"].startswith("unsupported: ")
    assert why in states["toggle"]
    library.press("f9", "ctrl", "shift")
    assert posted == ["stop"]


def test_a_library_that_does_not_work_is_told(
    library: FakeKeyboard, posted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the library cannot listen, each action is unsupported and nothing is raised."""

    def refuse(callback: object) -> None:
        raise AssertionError  # what the library does on Linux without its devices

    monkeypatch.setattr(keyboard, "hook", refuse)
    states = KeyboardHotkeys(posted.append).bind(CHORDS[:1])
    assert states == {"toggle": "unsupported: the keyboard cannot be heard"}


def test_new_chords_replace_the_old(
    hotkeys: KeyboardHotkeys, library: FakeKeyboard, posted: list[str]
) -> None:
    """After a change of settings only the new chords are heard, by one hook still."""
    hotkeys.bind([("toggle", "ctrl+a")])
    library.press("f8", "ctrl", "shift")
    library.press("a", "ctrl")
    assert posted == ["toggle"]
    assert len(library.hooks) == 1


def test_after_stop_nothing_is_heard(
    hotkeys: KeyboardHotkeys, library: FakeKeyboard, posted: list[str]
) -> None:
    """The hook is gone, and a second stop does nothing."""
    hotkeys.stop()
    hotkeys.stop()
    assert not library.hooks
    assert not posted
