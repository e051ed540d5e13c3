"""Does the example bot play a real game? xjump: climbed in, died in, brought back, left running."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.games import EXAMPLES, borrow_bot, program_of, require_game
from tests.running import Running, alive
from traybot.core.geometry import Rect
from traybot.system.x11_windows import X11Windows

GAME = "/usr/games/xjump"
TITLE = "^xjump$"
DEATHS = 3

#: The example's own routine, which lives for minutes, gets too sleepy to play after its first
#: seconds: it looks at three pictures a second. The lives after the last death stay awake.
SLEEPY = f"""
import threading
import routine

def play(bot):
    if bot.life < {2 * DEATHS}:
        threading.Timer(4.0, setattr, (routine, "LOOK", 0.3)).start()
    routine.play(bot)
"""

#: A death nobody sees coming is noticed within this, and the routine gone within that.
LATENCY_MS = 100.0
GONE_MS = 250.0
#: Nobody at the keys lives for 6 s, and climbs nothing.
FLOORS = 20
CLIMB_SECONDS = 40.0


@pytest.fixture
def windows(desktop: Desktop) -> Iterator[X11Windows]:
    """The windows on the desktop, on a connection of the test's own."""
    require_game(GAME)
    with closing(X11Windows()) as windows:
        yield windows


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_three_deaths_three_recoveries_and_it_plays_on(windows: X11Windows, home: Path) -> None:
    """Each death is seen at once and ends the routine; a new game begins, and is climbed in."""
    folder = borrow_bot(home, "xjump", sleepy=SLEEPY)
    plan = folder / "bot.toml"
    plan.write_text(plan.read_text().replace('"routine:play"', '"sleepy:play"'))
    with Running(str(folder)) as running, program_of(running) as game:
        for _ in range(DEATHS):
            running.heard("running")
            before = floors(running)
            see_a_death(running, windows)
            assert floors(running) >= before + 4, "it climbed before it fell asleep"
        running.heard("running")
        climb(running, floors(running) + 6)
        stop_without_the_game(running, windows, game)
        summary = running.end()
        assert alive(game), "the game outlives the daemon"
    assert (summary["deaths"], summary["recoveries"]) == (DEATHS, DEATHS)
    assert (summary["held_left"], summary["children_left"]) == (0, 0)


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(120)
def test_the_example_climbs_as_it_stands(windows: X11Windows, home: Path) -> None:
    """Started from its folder it begins a game by itself and climbs twenty floors in one life."""
    with Running(str(EXAMPLES / "xjump")) as running, program_of(running) as game:
        running.heard("running")
        climb(running, FLOORS)
        assert running.status()["deaths"] == 0
        stop_without_the_game(running, windows, game)
        summary = running.end()
        assert alive(game), "the game outlives the daemon"
    assert (summary["held_left"], summary["children_left"]) == (0, 0)


def see_a_death(running: Running, windows: X11Windows) -> None:
    """Hear of one death, from its verdict to the game that follows."""
    verdict = running.heard("verdict")
    assert (verdict["watch"], verdict["acted"]) == ("death", True)
    assert verdict["score"] > 0.9
    assert 0 <= verdict["latency_ms"] <= LATENCY_MS
    window = windows.find(TITLE)
    assert window is not None
    assert Rect(*verdict["rect"]).within(window.rect) == Rect(*verdict["rect"])
    gone = running.heard("gone", child="routine")
    assert gone["seen_to_gone_ms"] <= GONE_MS
    running.heard("recovered", watch="death")


def stop_without_the_game(running: Running, windows: X11Windows, game: int) -> None:
    """Stop the bot; its routine goes and the game stays."""
    assert running.ask("stop")["ok"]
    running.heard("gone", child="routine")
    assert running.status()["phase"] == "idle"
    assert alive(game)
    assert windows.find(TITLE) is not None


def climb(running: Running, wanted: int) -> None:
    """Wait until so many floors were climbed in all lives."""
    eventually(lambda: floors(running) >= wanted, CLIMB_SECONDS, f"floor {wanted}")


def floors(running: Running) -> int:
    """Ask how many floors were climbed in all lives."""
    counters: dict[str, Any] = running.status()["counters"]
    return int(counters.get("floors", 0))
