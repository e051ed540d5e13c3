"""Real games from Debian, for bots to play: is one there, and who ends it?"""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.desktop import eventually
from tests.running import Running, alive
from traybot.core.geometry import Rect
from traybot.system.x11_windows import X11Windows

#: The bots that come with the sources.
EXAMPLES = Path(__file__).parents[2] / "examples" / "bots"
#: How long a game may take to leave when asked, before it is killed.
LEAVE_SECONDS = 5.0
#: How long a bot may play before it dies.
DEATH_SECONDS = 90.0
#: A death nobody sees coming is noticed within this, and the routine gone within that.
LATENCY_MS = 100.0
GONE_MS = 250.0


def require_game(path: str) -> None:
    """Skip where a game is not installed; where everything is checked it must be."""
    if not os.access(path, os.X_OK):
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up(f"no {path} here (install the package {Path(path).name})")


def borrow_bot(home: Path, name: str, **files: str) -> Path:
    """Copy an example into the bots folder of `home`, with some more Python modules in it."""
    folder = home / "bots" / name
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for module, code in files.items():
        (folder / f"{module}.py").write_text(code, encoding="utf-8")
    return folder


@contextmanager
def program_of(running: Running) -> Iterator[int]:
    """Give the process id of the game that a daemon has started; end the game with the block."""
    pid: int = eventually(lambda: running.status()["pids"].get("program"), 10.0, "the game")
    try:
        yield pid
    finally:
        end_game(pid)


def end_game(pid: int) -> None:
    """Ask a game to leave; kill one that stays."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        try:
            eventually(lambda: not alive(pid), LEAVE_SECONDS, f"the end of {pid}")
        except AssertionError:
            continue
        return


def see_a_death(running: Running, windows: X11Windows, title: str, threshold: float) -> None:
    """Hear of a bot's next death, from its verdict to the game that follows."""
    await_death(running)
    verdict = running.heard("verdict")
    assert (verdict["watch"], verdict["acted"]) == ("death", True)
    assert verdict["score"] >= threshold
    assert 0 <= verdict["latency_ms"] <= LATENCY_MS
    window = windows.find(title)
    assert window is not None
    assert Rect(*verdict["rect"]).within(window.rect) == Rect(*verdict["rect"])
    assert running.heard("gone", child="routine")["seen_to_gone_ms"] <= GONE_MS
    running.heard("recovered", watch="death")


def await_death(running: Running) -> None:
    """Wait until a bot has died once more than was heard of."""
    heard = sum(one["event"] == "verdict" for one in running.events)
    eventually(lambda: running.status()["deaths"] > heard, DEATH_SECONDS, "a death")


def stop_without_the_game(running: Running, game: int) -> None:
    """Stop the bot, then the daemon: the routine goes, nothing is held, the game stays."""
    assert running.ask("stop")["ok"]
    running.heard("gone", child="routine")
    summary = running.end()
    assert (summary["held_left"], summary["children_left"]) == (0, 0)
    assert alive(game)


def counted(running: Running, name: str) -> int:
    """Give a counter of the bot that plays."""
    return int(running.status()["counters"].get(name, 0))
