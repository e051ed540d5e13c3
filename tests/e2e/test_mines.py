"""Does the example bot play GNOME's Mines? Played by the mouse, begun anew by a button."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.games import (
    EXAMPLES,
    borrow_bot,
    counted,
    program_of,
    require_game,
    see_a_death,
    stop_without_the_game,
)
from tests.running import Running
from traybot.system.x11_windows import X11Windows

GAME = "/usr/games/gnome-mines"
TITLE = "^Mines$"
DEATHS = 3
#: How long the bot may take to open some squares, and to win a game.
OPEN_SECONDS = 30.0
WIN_SECONDS = 90.0

#: The example's own routine wins more games than it loses. This one opens one square after another.
CARELESS = """
import board
import routine

routine.next_square = lambda seen: next(one for one in board.every_square() if one not in seen)
play, revive = routine.play, routine.revive
"""

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def windows(
    desktop: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[X11Windows]:
    """The windows on the desktop, where the game finds no settings and no best times."""
    require_game(GAME)
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    # Without a bus it cannot find another one of its kind, nor leave helpers behind.
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    monkeypatch.setenv("GSETTINGS_BACKEND", "memory")
    monkeypatch.setenv("NO_AT_BRIDGE", "1")
    with closing(X11Windows()) as windows:
        yield windows


@pytest.mark.timeout(300)
def test_each_mine_is_seen_and_a_new_game_begun(windows: X11Windows, home: Path) -> None:
    """The mine that went off is found in whichever square, and a click on Play Again follows."""
    folder = borrow_bot(home, "mines", careless=CARELESS)
    plan = folder / "bot.toml"
    plan.write_text(plan.read_text().replace('"routine:play"', '"careless:play"'))
    with Running(str(folder)) as running, program_of(running) as game:
        for _ in range(DEATHS):
            see_a_death(running, windows, TITLE, threshold=0.9)
        before = counted(running, "opened")
        eventually(lambda: counted(running, "opened") > before, OPEN_SECONDS, "another square")
        stop_without_the_game(running, game)


def give_the_focus_back(running: Running) -> None:
    """Click the game as its user would: now and then openbox focuses nothing after a dialog."""
    if "is not in front" in running.status()["waits_for"]:
        subprocess.run(["wmctrl", "-a", "Mines"], check=False)


@pytest.mark.timeout(200)
def test_the_example_wins_as_it_stands(windows: X11Windows, home: Path) -> None:
    """Started from its folder it thinks, wins a game, closes the best times, and plays on."""
    with Running(str(EXAMPLES / "mines")) as running, program_of(running) as game:
        eventually(lambda: counted(running, "won") >= 1, WIN_SECONDS, "a game that is won")
        before = counted(running, "opened")

        def plays_on() -> bool:
            give_the_focus_back(running)
            return counted(running, "opened") > before + 3

        eventually(plays_on, OPEN_SECONDS, "another game")
        stop_without_the_game(running, game)
