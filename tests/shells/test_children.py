"""Is each life started, heard, ended and explained, however it behaves?"""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop import eventually
from tests.running import alive
from tests.shells.family import Held, family

SLEEPS = "def play(bot):\n    bot.sleep(3600)\n"
SPINS = "def play(bot):\n    while True: pass\n"


@pytest.fixture(scope="module")
def kin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """One family for every test that leaves it as it was."""
    with family(tmp_path_factory.mktemp("family")) as held:
        held.warm_up()
        yield held


numbers = itertools.count(1)


@pytest.fixture
def life(kin: Held) -> Iterator[int]:
    """The number of a life that nobody had before; it is over after the test."""
    number = next(numbers)
    yield number
    kin.do("kill", life=number)
    kin.until(lambda look: not look["pids"], "the end of the life")


def play(text: str) -> str:
    """Give a routine of one line."""
    return f"import os, signal, sys, time\ndef play(bot):\n    {text}\n"


ENDINGS = {
    "it returns": ("pass", "done", ""),
    "sys.exit()": ("sys.exit()", "done", ""),
    "sys.exit(3)": ("sys.exit(3)", "crashed", "sys.exit(3) at routine.py:3"),
    "it raises": ("raise RuntimeError('no luck')", "crashed", "no luck at routine.py:3"),
    "os._exit(0)": ("os._exit(0)", "done", ""),
    "os._exit(7)": ("os._exit(7)", "crashed", "exit code 7"),
    "SIGKILL": ("os.kill(os.getpid(), signal.SIGKILL)", "killed", "killed by signal 9"),
    "SIGTERM": ("os.kill(os.getpid(), signal.SIGTERM)", "killed", "killed by signal 15"),
    "a segmentation fault": ("os.kill(os.getpid(), signal.SIGSEGV)", "killed", "signal 11"),
    "SystemExit of a text": ("raise SystemExit('over')", "crashed", "over"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "crashed", "KeyboardInterrupt"),
    "a broken stdout": ("sys.stdout = None", "done", ""),
    "a closed stdout": ("sys.stdout.close()", "done", ""),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_an_end_is_explained(kin: Held, life: int, how: str) -> None:
    """What the last words say counts, else the exit code; the reason is for a person."""
    text, ending, why = ENDINGS[how]
    kin.start(play(text), life)
    exited = kin.heard("ChildExited", life=life)
    assert exited["ending"] == ending, kin.errors()
    assert why in exited["why"]


PROGRAMS: dict[str, tuple[list[str], str, str]] = {
    "exits with 0": (["true"], "done", ""),
    "exits with 1": (["false"], "crashed", "exit code 1"),
    "exits with our code for a bad bot": (["sh", "-c", "exit 20"], "crashed", "exit code 20"),
    "exits with our code for an asked end": (["sh", "-c", "exit 10"], "crashed", "exit code 10"),
    "is no program": (["no-such-program-anywhere"], "invalid", "cannot run"),
}


@pytest.mark.parametrize("what", PROGRAMS)
def test_a_programs_end_is_its_own_affair(kin: Held, life: int, what: str) -> None:
    """A foreign program's exit codes mean nothing but good and bad."""
    command, ending, why = PROGRAMS[what]
    kin.start("", life, run="", command=command)
    kin.heard("ChildReady", life=life)
    kin.do("free", life=life)
    exited = kin.heard("ChildExited", life=life)
    assert exited["ending"] == ending
    assert why in exited["why"]


def test_a_program_begins_when_the_gate_is_opened(kin: Held, life: int) -> None:
    """It knows no gate: before that it would press unwatched. It can be asked to leave."""
    kin.start("", life, run="", command=["sh", "-c", "echo begun >&2"])
    kin.heard("ChildReady", life=life)
    kin.do("ask", life=life)
    kin.heard("ChildExited", life=life)
    assert f"bot.routine.{life}:begun" not in kin.errors()


def test_a_program_is_asked_by_sigterm(kin: Held, life: int) -> None:
    """It has no line to us, so it hears what every program hears."""
    script = "trap 'exit 0' TERM; echo up >&2; while :; do sleep 0.01; done"
    kin.start("", life, run="", command=["sh", "-c", script])
    kin.heard("ChildReady", life=life)
    kin.do("free", life=life)
    eventually(lambda: f"bot.routine.{life}:up" in kin.errors(), what="the program's trap")
    kin.do("ask", life=life)
    assert kin.heard("ChildExited", life=life)["ending"] == "done"


def test_last_words_are_heard(kin: Held, life: int) -> None:
    """What a life says right before its end is told before its end."""
    kin.start(play("bot.count('laps', 3); print('bye'); print('unfinished', end='')"), life)
    kin.heard("ChildReady", life=life)
    kin.heard("ChildExited", life=life)
    assert kin.look()["counters"]["laps"] >= 3
    eventually(lambda: f"bot.routine.{life}:bye" in kin.errors(), what="the line in the log")
    assert f"bot.routine.{life}:unfinished" in kin.errors()


def test_nothing_reaches_the_daemons_standard_output(kin: Held, life: int) -> None:
    """Prints go to the log line by line, and so do errors; stdout is the daemon's own."""
    kin.start(play("print('a'); print('b', file=sys.stderr); os.write(1, b'raw\\n')"), life)
    kin.heard("ChildExited", life=life)
    # `heard` would have failed on a line that is no JSON.
    log = kin.errors()
    assert f"bot.routine.{life}:a" in log
    assert f"bot.routine.{life}:b" in log


def test_a_line_without_an_end_is_not_kept_for_ever(kin: Held, life: int) -> None:
    """Who prints dot after dot sees them in the log before the end of the line."""
    kin.start(play("for _ in range(5000): print('.', end='')\n    bot.sleep(3600)"), life)
    eventually(lambda: f"bot.routine.{life}:" + 2000 * "." in kin.errors(), 10.0, "dots")


def test_it_is_killed_whatever_it_does(kin: Held, life: int) -> None:
    """A spinning life that ignores signals is gone at once, as ended by us."""
    ignores = "for n in (2, 15, 1): signal.signal(n, signal.SIG_IGN)\n    while True: pass"
    kin.start(play(ignores), life)
    kin.heard("ChildReady", life=life)
    pid = kin.look()["pids"]["routine"]
    kin.do("kill", life=life)
    exited = kin.heard("ChildExited", life=life)
    assert (exited["ending"], exited["why"]) == ("killed", "ended by traybot")
    assert not alive(pid)


def test_a_life_can_be_killed_before_it_is_born(kin: Held, life: int) -> None:
    """A stop right after a start ends a life that has no process yet; nothing is left of it."""
    for number in range(life * 1000, life * 1000 + 20):
        kin.start(SPINS, number)
        kin.do("kill", life=number)
        assert kin.heard("ChildExited", life=number)["ending"] == "killed"
    assert kin.look()["pids"] == {}


def test_a_life_that_ends_at_once_is_told_once(kin: Held, life: int) -> None:
    """However short it is, it gets ready, ends, and is not told of again."""
    for number in range(life * 1000, life * 1000 + 20):
        kin.start(play("os._exit(0)"), number)
        kin.heard("ChildReady", life=number)
        kin.heard("ChildExited", life=number)
    assert kin.look()["pids"] == {}


def test_asking_ends_a_life_at_its_next_call(kin: Held, life: int) -> None:
    """It leaves through its `finally` blocks, and says that it was asked."""
    text = "try: bot.sleep(3600)\n    finally: print('cleaned up')"
    kin.start(play(text), life)
    kin.heard("ChildReady", life=life)
    kin.do("free", life=life)
    kin.do("ask", life=life)
    assert kin.heard("ChildExited", life=life)["ending"] == "left"
    assert "cleaned up" in kin.errors()


def test_a_frozen_life_stands_still_and_goes_on(kin: Held, life: int) -> None:
    """Suspended it makes no step, resumed it goes on, and suspended it can be killed."""
    kin.start(play("while True: bot._birth.memory.heartbeat.value += 1; bot.count('steps')"), life)

    def steps() -> float:
        return float(kin.look()["counters"].get("steps", 0))

    eventually(lambda: steps() > 0, 10.0, "steps")
    kin.do("suspend", life=life)
    pid = kin.look()["pids"]["routine"]
    eventually(lambda: _state(pid) == "T", what="the freeze")
    before = steps()
    assert steps() == before
    kin.do("resume", life=life)
    eventually(lambda: steps() > before, 10.0, "more steps")
    kin.do("suspend", life=life)
    kin.do("kill", life=life)
    kin.heard("ChildExited", life=life)


def _state(pid: int) -> str:
    with Path(f"/proc/{pid}/stat").open() as stat:
        return stat.read().rpartition(")")[2].split()[0]


BROKEN = [
    {"say": "end", "ending": "nonsense"},
    {"say": "end"},
    {"say": "counter"},
    {"say": "verdict", "watch": "x"},
    {"say": ["odd"]},
    {},
]


def test_a_life_that_says_nonsense_is_no_harm(kin: Held, life: int) -> None:
    """Broken words are passed over, and the next life is started and heard as ever."""
    words = f"for one in {BROKEN!r}: bot._line.tell(one)\n    os._exit(0)"
    kin.start(play(words), life)
    assert kin.heard("ChildExited", life=life)["ending"] == "done"
    kin.start(SLEEPS, life + 100_000)
    kin.heard("ChildReady", life=life + 100_000)
    kin.do("kill", life=life + 100_000)


def test_the_group_of_the_server_is_never_hit(kin: Held, life: int) -> None:
    """Ending a life that is just being born ends neither its siblings nor their server."""
    kin.start(SLEEPS, life)
    kin.heard("ChildReady", life=life)
    server = kin.look()["forkserver"]
    for number in range(life * 1000, life * 1000 + 20):
        kin.start(SLEEPS, number)
        kin.do("kill", life=number)
        kin.heard("ChildExited", life=number)
    look = kin.look()
    assert look["forkserver"] == server
    assert alive(look["pids"]["routine"])
    os.kill(server, 0)
