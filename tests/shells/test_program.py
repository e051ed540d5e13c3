"""Is the bot's program started as if its user had started it, and never ended by us?"""

import os
import signal
from collections.abc import Iterator
from multiprocessing.connection import wait
from pathlib import Path

import psutil
import pytest

from tests.core.bots import make_plan
from tests.desktop import eventually
from tests.running import alive
from traybot.core.botfile import BotPlan
from traybot.core.events import Event, ProgramExited
from traybot.shells import signals
from traybot.shells.earlier_program import EarlierProgram
from traybot.shells.program import Program
from traybot.system import choose
from traybot.system.base import LIFE_MARK, MARK


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """A program that has not been started; what runs of it afterwards is ended."""
    program = Program(choose.processes(), tmp_path / "programs.json")
    started: set[int] = set()
    start = program.start

    def noted(plan: BotPlan) -> None:
        start(plan)
        started.add(program.pid or 0)

    program.start = noted  # type: ignore[method-assign]  # to know whom to end
    yield program
    for pid in started - {0}:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)

    def collected() -> bool:
        program.collect()
        return not any(map(psutil.pid_exists, started - {0}))

    eventually(collected, what="the collecting")


def plan(folder: Path, *command: str) -> BotPlan:
    """A bot with this program."""
    return make_plan(folder=str(folder), program=command)


def ended(program: Program) -> ProgramExited:
    """Wait for the end as the engine would."""
    waitables = program.waitables()
    assert program.seconds_left() == 0.0 or wait(waitables, 10.0)
    found: list[Event] = []

    def told() -> bool:
        found.extend(program.collect())
        return bool(found)

    eventually(told, what="the end")
    (event,) = found
    assert isinstance(event, ProgramExited)
    assert program.collect() == []
    return event


def test_its_end_is_told_once(program: Program, tmp_path: Path) -> None:
    """With its exit code; before that nothing is told, and afterwards it can be started again."""
    for code in (0, 3):
        program.start(plan(tmp_path, "sh", "-c", f"exit {code}"))
        assert program.pid
        assert ended(program).code == code
        assert not program.pid


def test_one_that_runs_is_not_started_again(program: Program, tmp_path: Path) -> None:
    """The second start of the same bot finds it there."""
    program.start(plan(tmp_path, "sleep", "3600"))
    pid = program.pid
    program.start(plan(tmp_path, "sleep", "3600"))
    assert program.pid == pid
    assert program.collect() == []


def test_another_bots_program_is_another(program: Program, tmp_path: Path) -> None:
    """The former one goes on living, and its end is nobody's affair any more."""
    program.start(plan(tmp_path / "..", "sleep", "3600"))
    first = program.pid or 0
    program.start(plan(tmp_path, "sleep", "3600"))
    assert program.pid != first
    assert alive(first)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: not alive(first), what="its end")
    assert program.collect() == []


UNFIT = {"there is no such program": "no-such-program-anywhere", "no program can": "zero\0byte"}


@pytest.mark.parametrize("command", UNFIT.values(), ids=UNFIT)
def test_one_that_cannot_be_started_is_told(program: Program, tmp_path: Path, command: str) -> None:
    """At once, as an end without a code; and the next start is tried, not taken for done."""
    program.start(plan(tmp_path / "..", "sleep", "3600"))
    program.start(plan(tmp_path, command))
    assert program.seconds_left() == 0.0
    failed = ended(program)
    assert (failed.code, command.split("\0", maxsplit=1)[0] in failed.why) == (None, True)
    assert program.seconds_left() is None
    assert program.pid is None
    program.start(plan(tmp_path, "true"))
    assert ended(program).code == 0


def test_the_next_daemon_finds_the_one_that_runs(program: Program, tmp_path: Path) -> None:
    """It outlives its daemon, so the next one starts no second copy; its end is seen as well."""
    program.start(plan(tmp_path, "sleep", "3600"))
    pid = program.pid
    assert pid
    second = Program(choose.processes(), tmp_path / "programs.json")
    second.start(plan(tmp_path, "sleep", "3600"))
    assert second.pid == pid
    assert second.collect() == []
    os.kill(pid, signal.SIGKILL)
    eventually(program.collect, what="its end, seen by its parent")
    assert ended(second).code == 0, "how it ended cannot be known"


def test_one_that_ends_while_it_is_looked_at_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's two questions are two moments, and the engine asks them."""
    found = EarlierProgram(psutil.Process())

    def gone(process: psutil.Process) -> str:
        raise psutil.NoSuchProcess(process.pid)

    assert found.poll() is None
    monkeypatch.setattr(psutil.Process, "status", gone)
    assert found.poll() == 0


@pytest.mark.parametrize("note", ["", "[]", '{"FOLDER": {"pid": 1, "born": 5.0}}', '{"FOLDER": 7}'])
def test_a_note_that_means_nothing_starts_another_one(
    program: Program, tmp_path: Path, note: str
) -> None:
    """A number that another process has by now is no program of ours."""
    (tmp_path / "programs.json").write_text(note.replace("FOLDER", str(tmp_path)))
    program.start(plan(tmp_path, "sleep", "3600"))
    assert program.pid not in {None, 1}


#: Leaves a little after it was asked to.
SLOW = ("sh", "-c", "trap 'sleep 0.3; exit 7' TERM; touch up; while :; do sleep 0.05; done")


def test_after_a_restart_it_is_another_one(program: Program, tmp_path: Path) -> None:
    """It is asked to leave, and started when it has; nobody waits for that."""
    program.start(plan(tmp_path, *SLOW))
    eventually((tmp_path / "up").exists, what="the program")
    first = program.pid
    program.restart(plan(tmp_path, "sleep", "3600"))
    assert program.pid == first
    eventually(lambda: program.collect() or program.pid not in {None, first}, what="the next one")
    assert program.collect() == []


def test_one_that_is_let_be_is_not_started_again(program: Program, tmp_path: Path) -> None:
    """Whoever stops in the middle of a restart has stopped that too; its end is told."""
    program.start(plan(tmp_path, *SLOW))
    eventually((tmp_path / "up").exists, what="the program")
    program.restart(plan(tmp_path, "sleep", "3600"))
    program.leave()
    assert ended(program).code == 7
    assert program.pid is None
    assert program.seconds_left() is None


def test_one_that_is_wanted_while_it_leaves_comes_back(program: Program, tmp_path: Path) -> None:
    """A start finds it on its way out: that is no running program."""
    program.start(plan(tmp_path, *SLOW))
    eventually((tmp_path / "up").exists, what="the program")
    first = program.pid
    program.restart(plan(tmp_path, *SLOW))
    program.leave()
    program.start(plan(tmp_path, "sleep", "3600"))
    eventually(lambda: program.collect() or program.pid not in {None, first}, what="the next one")


def test_it_is_its_users_own(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its bot's folder and a session of its own, with no mark of ours and no blocked signal."""
    monkeypatch.setenv(MARK, "ours")
    monkeypatch.setenv(LIFE_MARK, "ours:routine:1")
    monkeypatch.setenv("ITS_OWN", "kept")
    script = "env; pwd; grep SigBlk /proc/self/status; ps -o sid= -p $$"
    with signals.kept():
        signals.block()
        program.start(plan(tmp_path, "sh", "-c", f"({script}) > said.txt; exec sleep 3600"))
        assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) >= signals.our_signals()
    said = eventually(lambda: _lines(tmp_path / "said.txt", 4), what="its words")
    assert "ITS_OWN=kept" in said
    assert not any(line.startswith((MARK, LIFE_MARK)) for line in said)
    assert said[-3] == str(tmp_path)
    assert int(said[-2].split()[1], 16) == 0
    assert int(said[-1]) == program.pid


def _lines(file: Path, least: int) -> list[str]:
    lines = file.read_text().splitlines() if file.exists() else []
    return lines if len(lines) >= least and lines[-1].strip().isdigit() else []


def test_it_outlives_us(program: Program, tmp_path: Path) -> None:
    """Released it runs on, and nobody warns that it does."""
    program.start(plan(tmp_path, "sleep", "3600"))
    pid = program.pid or 0
    program.release()
    assert alive(pid)
    os.kill(pid, signal.SIGKILL)
    assert os.waitpid(pid, 0)[0] == pid
