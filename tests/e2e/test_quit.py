"""Is a daemon gone when `quit` returns, and the chosen bot the one that the settings name?"""

from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot, traybot
from traybot.shells.instance import is_locked
from traybot.shells.paths import find_paths

pytestmark = pytest.mark.e2e

LOOKS = "def play(bot):\n    bot.screen.grab()\n"


def test_quit_returns_when_all_is_gone(desktop: Desktop, home: Path) -> None:
    """Also when the daemon has only begun to come up: nothing answers and nothing is locked."""
    assert traybot().returncode == 0
    assert traybot("quit").returncode == 0
    assert not is_locked(find_paths().lock)
    assert traybot("status").returncode == 3


def test_the_chosen_bot_is_chosen_at_once(desktop: Desktop, home: Path) -> None:
    """In a daemon that runs; a name that is none is said where it was set, and in a notice."""
    for name in ("first", "second"):
        make_bot(home, name, LOOKS)
    with Running() as running:
        assert traybot("config", "set", "bots.chosen", "second").stderr == ""
        eventually(lambda: running.status()["bot"] == "second", 10, "the chosen bot")
        told = traybot("config", "set", "bots.chosen", "frist")
        assert 'no bot named frist (did you mean "first"?)' in told.stderr
        assert "frist" in running.heard("notice")["text"]


def test_without_a_display_a_bot_that_looks_is_not_tried_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None will come; one remedy is told."""
    monkeypatch.delenv("DISPLAY", raising=False)
    make_bot(home, "looks", LOOKS)
    run = traybot("run", "looks", "--no-tray", "--no-hotkeys", "--for", "20s")
    assert run.returncode == 5
    assert "there is no display (start traybot inside the desktop session" in run.stderr
    assert run.stderr.count("no display") == 1
