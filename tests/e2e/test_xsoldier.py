"""Does the example bot play xsoldier? Its end is a text with ships flying behind it."""

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
from tests.running import Running, alive, x_keys
from traybot.system.x11_windows import X11Windows

GAME = "/usr/games/xsoldier"
TITLE = "^xsoldier$"
DEATHS = 2
#: How long the bot may take to move so often, on a busy machine.
MOVES = 30
MOVES_SECONDS = 40.0

#: The example's own routine loses five ships in a minute or two. This one fires but stays where it
#: is, in a game four times as fast: not ten seconds, and no score that anybody would write down.
STANDING = """
import routine

routine.choose = lambda view: 0
play = routine.play
"""
PACE = {'"35001"': '"9000"', '"routine:play"': '"standing:play"'}

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def windows(desktop: Desktop) -> Iterator[X11Windows]:
    """The windows on the desktop, on a connection of the test's own."""
    require_game(GAME)
    with closing(X11Windows()) as windows:
        yield windows


@pytest.mark.timeout(300)
def test_each_game_over_is_seen_and_a_new_game_begun(windows: X11Windows, home: Path) -> None:
    """Whatever flies behind the words, the routine is gone at once, and soon fires again."""
    folder = borrow_bot(home, "xsoldier", standing=STANDING)
    plan = folder / "bot.toml"
    for old, new in PACE.items():
        assert old in plan.read_text()
        plan.write_text(plan.read_text().replace(old, new))
    with x_keys() as keys, Running(str(folder)) as running, program_of(running) as game:
        for _ in range(DEATHS):
            eventually(keys.held, MOVES_SECONDS, "the key that fires")
            see_a_death(running, windows, TITLE, threshold=0.7)
        running.heard("running")
        eventually(keys.held, MOVES_SECONDS, "the key that fires")
        stop_without_the_game(running, game)


@pytest.mark.timeout(120)
def test_the_example_plays_as_it_stands(windows: X11Windows, home: Path) -> None:
    """Started from its folder it begins a game by itself, fires, and keeps out of the way."""
    with (
        x_keys() as keys,
        Running(str(EXAMPLES / "xsoldier")) as running,
        program_of(running) as game,
    ):
        running.heard("running")
        eventually(lambda: counted(running, "moves") >= MOVES, MOVES_SECONDS, f"{MOVES} moves")
        eventually(keys.held, MOVES_SECONDS, "the key that fires")
        assert running.status()["deaths"] == 0
        stop_without_the_game(running, game)
        assert not keys.held()
        assert alive(game)
