"""What does X input do beyond the common contract: layouts, lent keys, a server that is grabbed?"""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest
from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest

from tests.desktop import Desktop, eventually
from tests.system.x11_window import WitnessWindow, witness
from traybot.errors import BackendUnavailable, BotError
from traybot.system.base import HeldInput
from traybot.system.x11_input import X11Injector
from traybot.system.x11_keysyms import keysyms_of_character

XK_ISO_NEXT_GROUP = 0xFE08


@pytest.fixture
def injector(bare_display: Desktop) -> Iterator[X11Injector]:
    """An injector on a server of its own."""
    with closing(X11Injector(bare_display.display)) as injector:
        yield injector


@pytest.fixture
def window(bare_display: Desktop, injector: X11Injector) -> Iterator[WitnessWindow]:
    """A window that has the focus there."""
    with witness(bare_display.display) as window:
        yield window


@pytest.fixture
def other(bare_display: Desktop) -> Iterator[Display]:
    """Another program's connection to the same server."""
    with bare_display.connection() as connection:
        yield connection


def use_layout(desktop: Desktop, *options: str) -> None:
    """Change the keyboard's layout, as a user does."""
    subprocess.run(["setxkbmap", *options], env=desktop.env, check=True, capture_output=True)


def rows(connection: Display) -> list[tuple[int, ...]]:
    """Give the keysyms of each key, from keycode 8 on."""
    return connection.get_keyboard_mapping(8, 248)


def enter(injector: X11Injector, text: str) -> None:
    """Press and release what types a text, in one go."""
    for codes in injector.strokes(text):
        for code in codes:
            injector.press(code)
        for code in reversed(codes):
            injector.release(code)


def tap(injector: X11Injector, key: str) -> None:
    """Press a key and let it go."""
    code = injector.code_of(key)
    injector.press(code)
    injector.release(code)


def reads(window: WitnessWindow, text: str) -> bool:
    """Whether exactly this text has arrived, by the keysyms of its key events."""
    keysyms = window.keysyms()
    return len(keysyms) == len(text) and all(
        keysym in keysyms_of_character(character)
        for keysym, character in zip(keysyms, text, strict=True)
    )


@pytest.mark.parametrize("layout", ["us", "de", "fr", "gr"])
def test_a_text_arrives_on_every_layout(
    bare_display: Desktop, injector: X11Injector, window: WitnessWindow, layout: str
) -> None:
    """What is on the keyboard is typed by its keys, AltGr too; what is not, by lent ones."""
    use_layout(bare_display, layout)
    text = "Hé!€ß {[@]} 1a-Я;ω"
    enter(injector, text)
    eventually(lambda: reads(window, text), what="the text")


def test_what_a_german_keyboard_has_is_not_lent(
    bare_display: Desktop, injector: X11Injector, other: Display
) -> None:
    """Characters that Shift or AltGr reach change nothing on the keyboard."""
    use_layout(bare_display, "de")
    before = rows(other)
    injector.strokes("Grüße, 5 € @ {x}")
    assert rows(other) == before


def test_the_second_layout_is_typed_by_its_own_keys(
    bare_display: Desktop, injector: X11Injector, window: WitnessWindow, other: Display
) -> None:
    """While the user has switched to Russian, Russian text needs no lent key, and English does."""
    use_layout(bare_display, "us,ru", "-option", "grp:menu_toggle")
    switch = next(code for code, row in enumerate(rows(other), 8) if XK_ISO_NEXT_GROUP in row)
    injector.press(switch)
    injector.release(switch)
    window.forget()
    before = rows(other)
    enter(injector, "Привет")
    assert rows(other) == before
    enter(injector, ", Bob")
    eventually(lambda: reads(window, "Привет, Bob"), what="the text")


def test_caps_lock_does_not_change_the_text(injector: X11Injector, window: WitnessWindow) -> None:
    """While CapsLock is on, text arrives as it was written all the same."""
    tap(injector, "caps_lock")
    window.forget()
    enter(injector, "aB1!éÉ")
    eventually(lambda: reads(window, "aB1!éÉ"), what="the text")


def test_lent_keys_are_taken_back(injector: X11Injector, other: Display) -> None:
    """After `close` the keyboard is as it was before."""
    before = rows(other)
    injector.strokes("Ж雪é")
    assert rows(other) != before
    injector.close()
    assert rows(other) == before


def test_lent_keys_are_lent_again(injector: X11Injector, window: WitnessWindow) -> None:
    """Many foreign characters, a few at a time, all arrive, though keys are fewer."""
    text = "".join(chr(0x4E00 + number) for number in range(60))
    for start in range(0, len(text), 10):
        window.forget()
        piece = text[start : start + 10]
        enter(injector, piece)
        eventually(partial(reads, window, piece), what="the text")


def test_too_many_foreign_characters_at_once_are_refused(injector: X11Injector) -> None:
    """A text that has more of them than keys are free says so, and how to go on."""
    with pytest.raises(BotError, match=r"different characters.*shorter pieces"):
        injector.strokes("".join(chr(0x4E00 + number) for number in range(100)))


def test_keys_follow_the_layout(bare_display: Desktop, injector: X11Injector) -> None:
    """After the user changes the layout, a letter is where the new layout has it."""
    assert injector.code_of("z") == 52
    use_layout(bare_display, "de")
    eventually(lambda: injector.code_of("z") == 29, what="the German z")
    assert injector.code_of("ö") == 47


def test_closing_lets_go_of_nothing(bare_display: Desktop, injector: X11Injector) -> None:
    """What was pressed stays pressed after `close`, and the next injector sees and ends it."""
    code = injector.code_of("w")
    injector.press(code)
    injector.press_button(3)
    injector.close()
    with closing(X11Injector(bare_display.display)) as successor:
        assert successor.held() == HeldInput(frozenset({code}), frozenset({3}))
        successor.release(code)
        successor.release_button(3)
        assert not len(successor.held())


def test_a_button_the_server_lacks_is_refused(injector: X11Injector) -> None:
    """A refusal by the server is an error of this press, and the next call works."""
    with pytest.raises(BotError, match="mouse button 15"):
        injector.press_button(15)
    injector.move(5, 5)
    assert injector.pointer() == (5, 5)


def test_the_wheel_turns_by_notches(injector: X11Injector, window: WitnessWindow) -> None:
    """Up, down, left and right arrive as the buttons of X that mean them, one a notch."""
    injector.move(*window.center)
    injector.scroll(1, -2)
    injector.scroll(-1, 1)
    presses = [
        "press button 7",
        "press button 5",
        "press button 5",
        "press button 6",
        "press button 4",
    ]
    eventually(
        lambda: [line for line in window.heard() if line.startswith("press")] == presses,
        what="the notches",
    )


def test_a_place_outside_the_screen_is_its_edge(injector: X11Injector) -> None:
    """The pointer stays on the screen, however far away it is sent."""
    injector.move(-(10**6), 10**6)
    assert injector.pointer() == (0, 799)


def test_a_grabbed_server_does_not_stop_the_hands(injector: X11Injector, other: Display) -> None:
    """While a program has grabbed the whole server, keys can still be let go."""
    code = injector.code_of("w")
    injector.press(code)
    other.grab_server()
    other.sync()
    injector.release(code)
    assert not len(injector.held())
    other.ungrab_server()
    other.sync()


def test_everything_pressed_is_told(injector: X11Injector) -> None:
    """`pressed_anywhere` reads from the system itself what is down on all devices together."""
    code = injector.code_of("w")
    injector.press(code)
    injector.press_button(1)
    assert injector.pressed_anywhere() == HeldInput(frozenset({code}), frozenset({1}))
    injector.release(code)
    injector.release_button(1)
    assert injector.pressed_anywhere() == HeldInput()


def test_what_another_program_sends_by_xtest_is_told_too(
    injector: X11Injector, other: Display
) -> None:
    """A key that another input library of the bot holds down shows, and can be let go."""
    code = injector.code_of("w")
    xtest.fake_input(other, X.KeyPress, code)
    other.sync()
    assert injector.held().keys == {code}
    injector.release(code)
    assert not len(injector.held())


def test_the_numbers_of_signs_agree_with_the_library(injector: X11Injector) -> None:
    """The keys of a plain keyboard are the ones that python-xlib finds for their keysyms."""
    with closing(Display()) as library:
        for name, keysym in [("a", XK.XK_a), ("enter", XK.XK_Return), ("kp_5", XK.XK_KP_5)]:
            assert injector.code_of(name) == library.keysym_to_keycode(keysym)


def test_without_a_server_there_is_no_injector() -> None:
    """Where no X server answers the reason is told at once, with a remedy."""
    with pytest.raises(BackendUnavailable, match=r"cannot reach the X server.*set DISPLAY"):
        X11Injector(":987")


def test_a_server_that_went_away_is_told() -> None:
    """After the server's end each call says so, and `close` still works."""
    with Desktop(manager=None) as desktop:
        injector = X11Injector(desktop.display)
        code = injector.code_of("w")
    for call in (lambda: injector.press(code), lambda: injector.release(code), injector.held):
        with pytest.raises(BackendUnavailable, match="the X server is gone"):
            call()
    injector.close()
