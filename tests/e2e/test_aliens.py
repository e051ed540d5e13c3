"""Does the example bot play pygame's aliens? When that game is over the program vanishes."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.games import await_death, borrow_bot, counted, end_game, stop_without_the_game
from tests.running import Document, Running

DEATHS = 2
#: How long the game may take to be there and be shot in, on a busy machine.
SHOTS_SECONDS = 30.0
#: From the program's end to the verdict: the process table is read five times a second.
SEEN_SECONDS = 1.0

#: The example's own routine lives for half a minute. This one does not dodge.
BRAVE = """
import routine

routine.away = lambda x, bombs: 0
play = routine.play
"""


@pytest.fixture
def brave(desktop: Desktop, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example, with a game that no other on this machine is taken for."""
    if find_spec("pygame") is None:
        pytest.skip("no pygame here (install it into this Python)")
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    folder = borrow_bot(home, "aliens", brave=BRAVE)
    plan = folder / "bot.toml"
    text = plan.read_text()
    for old, new in {
        '["python3", "-m", "pygame.examples.aliens"]': f"{command(home)}",
        'process = "python3"': f'process = "{Path(sys.executable).name}"',
        r"aliens$": f"aliens {re.escape(str(home))}$",
        '"routine:play"': '"brave:play"',
    }.items():
        assert old in text
        text = text.replace(old, new)
    plan.write_text(text)
    return folder


def command(home: Path) -> list[str]:
    """Give the game's command line; what it does not know at its end it does not mind."""
    return [sys.executable, "-m", "pygame.examples.aliens", str(home)]


@contextmanager
def no_game_left(home: Path) -> Iterator[None]:
    """End the game that is there when a block ends: it is not the one that was there first."""
    try:
        yield
    finally:
        for process in psutil.process_iter(["cmdline"]):
            if process.info["cmdline"] == command(home):
                end_game(process.pid)


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_program_that_vanishes_is_seen_said_and_started_again(brave: Path, home: Path) -> None:
    """Each end of the game ends a life; the daemon starts the game, and the bot plays on in it."""
    with no_game_left(home), Running(str(brave)) as running:
        games = [playing(running)]
        for _ in range(DEATHS):
            see_it_vanish(running)
            games.append(playing(running))
        assert len(set(games)) == DEATHS + 1
        stop_without_the_game(running, games[-1])


def playing(running: Running) -> int:
    """Wait until the bot shoots; give the process id of its game."""
    before = counted(running, "shots")
    eventually(lambda: counted(running, "shots") >= before + 5, SHOTS_SECONDS, "five shots")
    return int(running.status()["pids"]["program"])


def see_it_vanish(running: Running) -> None:
    """Hear of the end of the program, from two sides, and of what was done about it."""
    await_death(running)
    running.heard("recovered", watch="gone")
    exited, verdict = (last(running, name) for name in ("program_exited", "verdict"))
    assert exited["code"] == 0
    assert verdict["acted"]
    assert abs(verdict["t"] - exited["t"]) <= SEEN_SECONDS
    running.heard("running")


def last(running: Running, event: str) -> Document:
    """Give the newest event of a kind."""
    return next(one for one in reversed(running.events) if one["event"] == event)
