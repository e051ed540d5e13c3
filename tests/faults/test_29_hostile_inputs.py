"""29: whatever lies in a bot's folder, or its code does, only that bot fails, and says why."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop import Desktop
from tests.e2e.shared import SharedDaemon, shared_daemon
from tests.running import make_bot
from traybot.shells.paths import find_paths

pytestmark = pytest.mark.e2e

#: What a routine does, and what is told of it.
ENDS = {
    "raises": ("raise ValueError('so')", "ValueError: so at routine.py:3"),
    "raises what nobody catches": ("raise BaseException('so')", "BaseException: so"),
    "interrupts": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "leaves": ("import sys; sys.exit(3)", "sys.exit(3)"),
    "leaves at once": ("import os; os._exit(3)", "exit code 3"),
    "writes to nowhere": ("import ctypes; ctypes.string_at(0)", "killed by signal 11"),
    "aborts": ("import os; os.abort()", "killed by signal 6"),
    "wants too much": ("bytearray(1 << 46)", "MemoryError"),
    "goes too deep": ("f = lambda: f(); f()", "RecursionError"),
    "eats every descriptor": (
        "import os\n    while True: os.dup(1)",
        "OSError",
    ),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the daemon of this file keeps its files."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def daemon(desktop: Desktop, home: Path) -> Iterator[SharedDaemon]:
    """One daemon that outlives them all."""
    with shared_daemon(home) as daemon:
        pids = daemon.status()["pids"]
        yield daemon
        kept = {name: daemon.status()["pids"].get(name) for name in pids}
        assert kept == pids, "no process of ours was lost over any of it"


@pytest.mark.parametrize("what", ENDS)
def test_a_life_that_ends_badly_says_how(daemon: SharedDaemon, what: str) -> None:
    """The reason is told; nobody else is harmed, and the next bot plays."""
    code, told = ENDS[what]
    never = '[routine]\nrun = "routine:play"\nrestart = "never"\n'
    with daemon.playing(never, f"\ndef play(bot):\n    {code}\n"):
        assert told in daemon.heard("failed")["why"]


def test_where_c_code_broke_stands_in_the_log(daemon: SharedDaemon, home: Path) -> None:
    """Python's own fault handler says which line had called it."""
    never = '[routine]\nrun = "routine:play"\nrestart = "never"\n'
    with daemon.playing(never, "\nimport ctypes\ndef play(bot):\n    ctypes.string_at(0)\n"):
        daemon.heard("failed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAYBOT_HOME", str(home))
        log = find_paths().log.read_text(encoding="utf-8")
    assert "Segmentation fault" in log
    assert 'routine.py", line 4 in play' in log


def test_a_life_is_the_first_to_go_when_memory_runs_out(daemon: SharedDaemon) -> None:
    """The kernel is told whom to choose: a life, and never the daemon or hands."""
    with daemon.playing('[routine]\nrun = "routine:play"\n'):
        pids = daemon.status()["pids"]
        scores = {
            name: int(Path(f"/proc/{pid}/oom_score_adj").read_text()) for name, pid in pids.items()
        }
    assert scores["routine"] == 1000
    assert max(score for name, score in scores.items() if name != "routine") < 1000


@pytest.mark.parametrize("what", ["folder", "bot.toml", "routine.py", "templates"])
def test_a_bot_that_others_may_write_to_is_refused(
    daemon: SharedDaemon, home: Path, what: str
) -> None:
    """Its code runs with all that its user may do, so nobody else may put any there."""
    folder = make_bot(home, f"open-{what}", "def play(bot): pass\n")
    (folder / "templates").mkdir()
    path = folder if what == "folder" else folder / what
    path.chmod(0o777)
    answer = daemon.ask("start", bot=folder.name)
    assert answer["code"] == 5
    assert "others may write to it (take that right away: chmod" in answer["text"]
    path.chmod(0o755)
    assert daemon.ask("start", bot=folder.name)["code"] in {0, 1}
    daemon.ask("stop")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_bot_of_somebody_else_is_refused(daemon: SharedDaemon, home: Path) -> None:
    """Whoever owns a file may write to it, whatever its mode says."""
    folder = make_bot(home, "foreign", "def play(bot): pass\n")
    os.chown(folder / "routine.py", 65534, 65534)
    answer = daemon.ask("start", bot="foreign")
    assert answer["code"] == 5
    assert "belongs to somebody else" in answer["text"]
