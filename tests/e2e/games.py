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

#: The bots that come with the sources.
EXAMPLES = Path(__file__).parents[2] / "examples" / "bots"
#: How long a game may take to leave when asked, before it is killed.
LEAVE_SECONDS = 5.0


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
