"""Does every way to send input keep the contract of `system.base.Injector`?

pynput stands for Windows and macOS here, sending to X: its own part of the way is what runs, the
systems' part is not.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial

import pytest

from tests.desktop import Desktop, eventually
from tests.system.x11_window import WitnessWindow, witness
from traybot.errors import BotError
from traybot.system.base import KEY_CODES, HeldInput, Injector
from traybot.system.portable_input import PortableInjector
from traybot.system.recorded_input import RecordingInjector
from traybot.system.x11_connection import connect, disconnect
from traybot.system.x11_input import X11Injector
from traybot.system.x11_keymap import Keymap
from traybot.system.x11_keysyms import keysyms_of_character
from traybot.system.x11_state import XTestDevices

EVERYDAY = "a z 0 9 f1 f12 up left enter esc space tab backspace shift ctrl alt super kp_5 - ;"


@dataclass(frozen=True)
class Rig:
    """An injector, and somebody who sees what it does."""

    injector: Injector
    #: What became of a key: "press", "release", in order.
    fate_of_key: Callable[[int], list[str]]
    #: Likewise of a mouse button.
    fate_of_button: Callable[[int], list[str]]
    #: Whether exactly this text has arrived since the last `forget`.
    read: Callable[[str], bool]
    forget: Callable[[], None]
    #: What this back end can be held to typing.
    text: str = "Hé!€ß x-9ЖÉ"


@pytest.fixture(params=["recorded", "x11", "portable"])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """Every back end that can run here."""
    if request.param == "recorded":
        yield recorded_rig()
        return
    desktop: Desktop = request.getfixturevalue("desktop")
    make = X11Injector if request.param == "x11" else lambda: PortableInjector(XKeys())
    with witness(desktop.display) as window, closing(make()) as injector:
        injector.move(*window.center)
        rig = x11_rig(injector, window)
        # On X, which it is not used for, pynput mixes up the levels of its third borrowed key.
        yield replace(rig, text="Hé!€ß x-9") if request.param == "portable" else rig


def x11_rig(injector: Injector, window: WitnessWindow) -> Rig:
    """The witness is a window that has the focus."""

    def fate(what: str) -> list[str]:
        return [line.split()[0] for line in window.heard() if line.split(maxsplit=1)[1] == what]

    def read(text: str) -> bool:
        keysyms = window.keysyms()
        return len(keysyms) == len(text) and all(
            keysym in keysyms_of_character(character)
            for keysym, character in zip(keysyms, text, strict=True)
        )

    return Rig(
        injector,
        lambda code: fate(str(code)),
        lambda number: fate(f"button {number}"),
        read,
        window.forget,
    )


def recorded_rig() -> Rig:
    """The witness is the recording itself."""
    injector = RecordingInjector()

    def fate(what: str) -> list[str]:
        return [line.split()[0] for line in injector.calls if line.split(maxsplit=1)[1] == what]

    def read(text: str) -> bool:
        return injector.typed() == text

    return Rig(
        injector,
        lambda code: fate(injector.name_of(code)),
        lambda number: fate(f"button {number}"),
        read,
        injector.calls.clear,
    )


class XKeys:
    """Satisfies `portable_input.KeyTable`, so that pynput can be seen to press: X's own keys."""

    #: Numbers below an X keyboard's first.
    spare_codes: Sequence[int] = range(1, 8)

    def __init__(self) -> None:
        connection = connect()
        self._keymap = Keymap(XTestDevices(connection).keymap())
        disconnect(connection)

    def code_of(self, name: str) -> int | None:
        """Give the keycode."""
        return next(iter(self._keymap.codes_of(name)), None)

    def stroke(self, character: str) -> tuple[int, ...] | None:
        """Give the keycodes."""
        return self._keymap.stroke(character, layout=0, caps=False)

    def vk_of(self, code: int) -> int:
        """Give the keysym: pynput calls those virtual keys on X."""
        return next(filter(None, self._keymap.rows[code]))


@contextmanager
def holding(injector: Injector, codes: list[int], buttons: list[int]) -> Iterator[None]:
    """Let go at the end, also of a test that fails."""
    try:
        for code in codes:
            injector.press(code)
        for button in buttons:
            injector.press_button(button)
        yield
    finally:
        for code in reversed(codes):
            injector.release(code)
        for button in buttons:
            injector.release_button(button)


def enter(injector: Injector, text: str) -> None:
    """Type as `bot.keys.type` does: hold, tap, let go, one character after the other."""
    for codes in injector.strokes(text):
        for code in codes:
            injector.press(code)
        for code in reversed(codes):
            injector.release(code)


def test_every_keyboard_has_the_everyday_keys(rig: Rig) -> None:
    """A key that every keyboard has also has a code, and no two have the same."""
    codes = [rig.injector.code_of(name) for name in EVERYDAY.split()]
    assert all(0 <= code < KEY_CODES for code in codes)
    assert len(set(codes)) == len(codes)


def test_names_of_one_key_mean_one_code(rig: Rig) -> None:
    """It does not matter which of its names a key is called by."""
    pairs = [("enter", "Return"), ("esc", "escape"), ("ctrl", "Control"), ("page_up", "PgUp")]
    for one, other in pairs:
        assert rig.injector.code_of(one) == rig.injector.code_of(other)


@pytest.mark.parametrize("name", ["retrun", "", "a b", "!"])
def test_what_is_no_key_is_refused(rig: Rig, name: str) -> None:
    """A word that names no key is the author's mistake, and so is a sign that needs Shift."""
    with pytest.raises(BotError, match="cannot press"):
        rig.injector.code_of(name)


def test_a_press_arrives_once_and_its_release_too(rig: Rig) -> None:
    """What is pressed and let go is seen as one press and one release, in that order."""
    code = rig.injector.code_of("a")
    rig.injector.press(code)
    rig.injector.release(code)
    eventually(lambda: rig.fate_of_key(code) == ["press", "release"])


def test_a_key_is_held_from_press_to_release(rig: Rig) -> None:
    """`held` shows a key while it is down, and only then."""
    code = rig.injector.code_of("shift")
    with holding(rig.injector, [code], []):
        assert rig.injector.held() == HeldInput(frozenset({code}))
    assert not len(rig.injector.held())


def test_many_keys_and_buttons_are_held_at_once(rig: Rig) -> None:
    """Twenty keys and three buttons are all told, and all gone after their releases."""
    codes = [rig.injector.code_of(name) for name in "abcdefghijklmnopqrst"]
    with holding(rig.injector, codes, [1, 2, 3]):
        assert rig.injector.held() == HeldInput(frozenset(codes), frozenset({1, 2, 3}))
    assert rig.injector.held() == HeldInput()


def test_letting_go_of_what_is_not_held_does_nothing(rig: Rig) -> None:
    """A release too many reaches nobody and fails nowhere, whatever the number."""
    code = rig.injector.code_of("a")
    rig.injector.release(code)
    for button in (1, 9, 15):
        rig.injector.release_button(button)
    assert rig.fate_of_key(code) == []
    assert rig.fate_of_button(1) == []
    assert not len(rig.injector.held())


def test_pressing_twice_holds_once(rig: Rig) -> None:
    """One release ends a key that was pressed two times."""
    code = rig.injector.code_of("x")
    rig.injector.press(code)
    with holding(rig.injector, [code], []):
        pass
    assert not len(rig.injector.held())


@pytest.mark.parametrize("number", [-1, 256, 1000])
def test_there_is_no_key_outside_the_codes(rig: Rig, number: int) -> None:
    """A number that cannot be a code is refused, and nothing is pressed."""
    with pytest.raises(BotError, match="cannot press key"):
        rig.injector.press(number)
    assert not len(rig.injector.held())


@pytest.mark.parametrize("button", [1, 2, 3, 8, 9])
def test_a_mouse_button_arrives(rig: Rig, button: int) -> None:
    """Each button that mice have is seen to go down and up."""
    with holding(rig.injector, [], [button]):
        assert rig.injector.held() == HeldInput(buttons=frozenset({button}))
    eventually(lambda: rig.fate_of_button(button) == ["press", "release"])


@pytest.mark.parametrize("button", [-1, 0, 100])
def test_there_is_no_button_of_any_number(rig: Rig, button: int) -> None:
    """A number that no button has is refused."""
    with pytest.raises(BotError, match="cannot press mouse button"):
        rig.injector.press_button(button)


def test_the_pointer_is_where_it_was_moved(rig: Rig) -> None:
    """After a move the pointer is at that pixel, at once."""
    for place in [(10, 20), (640, 400), (0, 0)]:
        rig.injector.move(*place)
        assert rig.injector.pointer() == place


def test_the_wheel_holds_nothing(rig: Rig) -> None:
    """Turning the wheel in all directions leaves no button down."""
    rig.injector.scroll(2, -3)
    rig.injector.scroll(-1, 1)
    assert not len(rig.injector.held())


def test_text_arrives_as_it_was_written(rig: Rig) -> None:
    """Capitals, signs and characters that are on no key arrive, each as itself."""
    for character in rig.text:
        rig.forget()
        enter(rig.injector, character)
        eventually(partial(rig.read, character), what=f"the character {character}")
    assert not len(rig.injector.held())


def test_each_character_has_its_stroke(rig: Rig) -> None:
    """There is one stroke for each character, and the same for the same."""
    strokes = rig.injector.strokes("aAa\n")
    assert [stroke[-1] for stroke in strokes] == [
        *[rig.injector.code_of("a")] * 3,
        rig.injector.code_of("enter"),
    ]
    assert strokes[0] == strokes[2] != strokes[1]


def test_no_key_means_a_control_character(rig: Rig) -> None:
    """A character that nobody can type is refused before anything of the text is."""
    with pytest.raises(BotError, match="cannot type"):
        rig.injector.strokes("ab\x07")
    assert not len(rig.injector.held())


def test_closing_twice_is_closing_once(rig: Rig) -> None:
    """The second `close` does nothing."""
    rig.injector.close()
    rig.injector.close()
