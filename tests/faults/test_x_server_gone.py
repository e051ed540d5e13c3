"""The X server dies and comes back. The daemon lives on, says so, and its hotkeys work again."""

import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.real_hands import RealHands
from tests.running import Running, make_bot
from traybot.system.x11_input import X11Injector

pytestmark = pytest.mark.e2e


def test_hotkeys_come_back_with_the_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a server each chord is unsupported and says why; with the next one it is bound."""
    make_bot(home, "sleeper", "def play(bot):\n    bot.sleep(3600)\n")
    with Desktop(manager=None) as desktop:
        monkeypatch.setenv("DISPLAY", desktop.display)
        running = Running(faces=True)
        try:
            running.until_up()
            eventually(lambda: states(running) == {"bound"}, 10.0, "the hotkeys")
        except BaseException:
            running.end()
            raise
    try:
        eventually(lambda: all("unsupported" in one for one in states(running)), 10.0, "the loss")
        with server(desktop.display):
            eventually(lambda: states(running) == {"bound"}, 20.0, "the hotkeys again")
            assert running.ask("start")["ok"]
            with (
                closing(RealHands(desktop.display)) as user,
                closing(X11Injector(desktop.display)) as keys,
            ):
                for name in ("ctrl", "shift", "f9"):
                    user.press(keys.code_of(name))
                running.heard("stopped", why="stopped by hotkey")
            running.end()
    finally:
        running.end()


def states(running: Running) -> set[str]:
    """Give the states of the hotkeys, each once."""
    return {key["state"] for key in running.status()["hotkeys"].values()}


@contextmanager
def server(display: str) -> Iterator[None]:
    """Run an X server of this number."""
    options = ["-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"]
    process = subprocess.Popen(["Xvfb", display, *options], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()
