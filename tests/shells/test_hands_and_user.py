"""Does hands leave what the user holds alone? A nested X server stands for the real keyboard."""

import shutil
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.desktop import Desktop, eventually
from tests.shells.handled import Handled, hands_process
from tests.system.test_users_keys import nested
from traybot.system.x11_input import X11Injector


@pytest.fixture
def user(bare_display: Desktop) -> Iterator[X11Injector]:
    """The user's hands; this process and what it starts use the display inside theirs."""
    if shutil.which("Xephyr") is None:
        pytest.skip("no Xephyr here (install the package xserver-xephyr)")
    process, display = nested(bare_display)
    try:
        with closing(X11Injector(bare_display.display)) as user, pytest.MonkeyPatch.context() as on:
            user.move(400, 300)
            on.setenv("DISPLAY", display)
            yield user
    finally:
        process.terminate()
        process.wait(20.0)


@pytest.fixture
def seen(user: X11Injector) -> Iterator[X11Injector]:
    """What is down on any device of the inner display."""
    with closing(X11Injector()) as seen:
        eventually(lambda: seen.pointer() == (400, 300), what="the user's mouse")
        yield seen


@pytest.fixture
def handled(seen: X11Injector) -> Iterator[Handled]:
    """A hands process on the inner display."""
    with hands_process() as (handled, _):
        yield handled


@pytest.mark.parametrize("everything", [False, True])
def test_what_the_user_holds_stays_down(
    user: X11Injector, seen: X11Injector, handled: Handled, *, everything: bool
) -> None:
    """Letting go, even of everything, ends our presses alone, and so does leaving."""
    held, ours = user.code_of("w"), seen.code_of("up")
    user.press(held)
    user.press_button(1)
    eventually(lambda: seen.pressed_anywhere().keys == {held}, what="the user's press")
    guest = handled.let_in()
    assert "no" not in guest.ask("press", key="up")
    assert seen.pressed_anywhere().keys == {held, ours}
    assert handled.let_go(everything=everything) == 1
    assert seen.pressed_anywhere().keys == {held}
    assert seen.pressed_anywhere().buttons == {1}
    handled.control.send({"do": "leave"})
    assert handled.left() == 0
    assert seen.pressed_anywhere().keys == {held}
    user.release(held)
    user.release_button(1)
    eventually(lambda: not len(seen.pressed_anywhere()), what="the user's release")
