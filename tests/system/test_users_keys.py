"""Is a key that the user holds left alone? A nested X server stands for the user's real keyboard.

What XTest sends to the outer server reaches the inner one as its own keyboard and mouse, a device
apart from the inner server's XTEST devices: as real hands do on a real desk.
"""

import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from tests.desktop import Desktop, eventually
from tests.system.x11_window import WitnessWindow, witness
from traybot.system.base import HeldInput
from traybot.system.x11_input import X11Injector

START_SECONDS = 20.0


@dataclass(frozen=True)
class Desk:
    """A user and a bot at one desktop."""

    #: Presses the real keys and buttons.
    user: X11Injector
    #: The injector under test.
    bot: X11Injector
    window: WitnessWindow


@pytest.fixture
def desk(bare_display: Desktop) -> Iterator[Desk]:
    """An inner display whose keyboard and mouse are moved through the outer one."""
    if shutil.which("Xephyr") is None:
        pytest.skip("no Xephyr here (install the package xserver-xephyr)")
    process, display = nested(bare_display)
    try:
        with (
            closing(X11Injector(bare_display.display)) as user,
            closing(X11Injector(display)) as bot,
            witness(display) as window,
        ):
            # The outer server gives keys to the window under the pointer: the inner display.
            user.move(400, 300)
            eventually(lambda: bot.pointer() == (400, 300), what="the user's mouse")
            bot.move(*window.center)
            yield Desk(user, bot, window)
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def nested(outer: Desktop) -> tuple[subprocess.Popen[bytes], str]:
    """Start the inner server; it takes a free number and tells which."""
    ours, theirs = os.pipe()
    options = f"-screen 800x600 -nolisten tcp -noreset -displayfd {theirs}"
    with (outer.folder / "Xephyr.log").open("wb") as log:
        process = subprocess.Popen(
            ["Xephyr", *options.split()], env=outer.env, pass_fds=[theirs], stdout=log, stderr=log
        )
    os.close(theirs)
    with open(ours, "rb") as pipe:  # noqa: PTH123 -- a descriptor, not a path
        heard = select.select([pipe], [], [], START_SECONDS)[0] and pipe.readline()
    if not heard:
        process.terminate()
        process.wait(START_SECONDS)
        pytest.fail("Xephyr did not come up")
    return process, f":{heard.decode().strip()}"


def test_what_the_user_holds_is_not_ours(desk: Desk) -> None:
    """Keys and buttons of the real keyboard and mouse do not show among what we hold."""
    code = desk.bot.code_of("w")
    desk.user.press(code)
    desk.user.press_button(1)
    eventually(lambda: desk.bot.pressed_anywhere() == held(code, 1), what="the user's press")
    assert not len(desk.bot.held())
    desk.user.release(code)
    desk.user.release_button(1)
    eventually(lambda: not len(desk.bot.pressed_anywhere()), what="the user's release")


@pytest.mark.parametrize("key", ["w", "shift", "ctrl"])
def test_a_release_too_many_does_not_end_the_users_press(desk: Desk, key: str) -> None:
    """Letting go of a key that only the user holds leaves it down, for programs too."""
    code = desk.bot.code_of(key)
    desk.user.press(code)
    eventually(lambda: desk.window.heard() == [f"press {code}"], what="the user's press")
    desk.bot.release(code)
    assert desk.bot.pressed_anywhere().keys == {code}
    assert f"release {code}" not in desk.window.heard()
    desk.user.release(code)
    eventually(lambda: desk.window.heard()[-1] == f"release {code}", what="the user's release")


def test_a_buttons_release_too_many_does_not_end_the_users_press(desk: Desk) -> None:
    """Letting go of a mouse button that only the user holds leaves it down."""
    desk.user.press_button(1)
    eventually(lambda: desk.window.heard() == ["press button 1"], what="the user's press")
    desk.bot.release_button(1)
    assert desk.bot.pressed_anywhere().buttons == {1}
    assert desk.window.heard() == ["press button 1"]
    desk.user.release_button(1)
    eventually(lambda: desk.window.heard()[-1] == "release button 1", what="the user's release")


def test_each_hand_tells_its_own(desk: Desk) -> None:
    """While user and bot hold different keys, we are told ours, and letting go ends ours alone."""
    ours, theirs = desk.bot.code_of("up"), desk.bot.code_of("w")
    desk.user.press(theirs)
    eventually(lambda: desk.bot.pressed_anywhere().keys == {theirs}, what="the user's press")
    desk.bot.press(ours)
    assert desk.bot.held() == HeldInput(frozenset({ours}))
    assert desk.bot.pressed_anywhere().keys == {ours, theirs}
    for code in desk.bot.held().keys:
        desk.bot.release(code)
    assert desk.bot.pressed_anywhere().keys == {theirs}
    desk.user.release(theirs)


def test_nothing_stays_down_when_both_held_the_same(desk: Desk) -> None:
    """A key that user and bot held together is up, everywhere, when both have let go."""
    code = desk.bot.code_of("w")
    desk.user.press(code)
    eventually(lambda: desk.bot.pressed_anywhere().keys == {code}, what="the user's press")
    desk.bot.press(code)
    desk.bot.release(code)
    desk.user.release(code)
    eventually(lambda: not len(desk.bot.pressed_anywhere()), what="the end")
    assert not len(desk.bot.held())


def held(code: int, button: int) -> HeldInput:
    """Give one key and one button."""
    return HeldInput(frozenset({code}), frozenset({button}))
