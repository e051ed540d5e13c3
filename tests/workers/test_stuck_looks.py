"""Is a life that stands still told from one that is slow, by the numbers it writes?"""

import multiprocessing
import time

import pytest

from traybot.core.repeats import Repeats
from traybot.core.watchfile import WatchSpec
from traybot.shells.memory import Memory
from traybot.workers.doings import Doings
from traybot.workers.stuck_looks import LOOKS

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def memory() -> Memory:
    """What a life writes into."""
    return Memory(SPAWN)


def spec(kind: str, lasting: float = 0.0) -> WatchSpec:
    """Give the watch of a limit."""
    return WatchSpec(name=f"stuck.{kind}", kind=kind, lasting=lasting)


def test_silence_counts_from_the_last_call_on_the_running_clock(memory: Memory) -> None:
    """Ten seconds without a call are silence; a call ends it; a pause does not count."""
    look = LOOKS["silent"](spec("silent", 10.0), memory)
    memory.heartbeat.value = 1.0
    assert [look(at)[0] for at in (5.0, 14.9, 15.0)] == [False, False, True]
    memory.heartbeat.value = 2.0
    assert [look(at)[0] for at in (16.0, 25.9, 26.0)] == [False, False, True]
    assert look(26.0) == (True, "no call of traybot's for 10.0 s")


def test_a_sleep_is_no_silence(memory: Memory) -> None:
    """A life that said when it will wake is excused until then, and no longer."""
    look = LOOKS["silent"](spec("silent", 10.0), memory)
    memory.heartbeat.value = time.monotonic() + 3600.0
    assert [look(at)[0] for at in (0.0, 20.0, 500.0)] == [False] * 3
    memory.heartbeat.value = time.monotonic()
    assert [look(at)[0] for at in (501.0, 510.9, 511.0)] == [False, False, True]


@pytest.mark.parametrize("kind", ["silent", "progress"])
def test_another_life_begins_anew(memory: Memory, kind: str) -> None:
    """Its clock stands at less than its forerunner's did."""
    look = LOOKS[kind](spec(kind, 10.0), memory)
    assert [look(at)[0] for at in (0.0, 10.0, 1.0, 10.9, 11.0)] == [
        *(False, True),
        *(False, False, True),
    ]


def test_progress_is_what_is_counted(memory: Memory) -> None:
    """Any counter that moves is progress, in either direction."""
    look = LOOKS["progress"](spec("progress", 10.0), memory)
    assert not look(0.0)[0]
    memory.counters[3] = -1.0
    assert [look(at)[0] for at in (9.0, 18.9, 19.0)] == [False, False, True]
    assert look(19.0)[1] == "nothing counted for 10.0 s"


def test_the_same_doings_show_until_something_comes_of_them(memory: Memory) -> None:
    """Twelve equal actions are a repeat; what is counted, or another life, wipes them out."""
    look, doings = LOOKS["repeats"](spec("repeats"), memory), Doings(memory)
    for _ in range(11):
        doings.note("click left 3 4")
    assert look(1.0) == (False, "")
    doings.note("click left 3 4")
    assert look(1.0) == (True, "the same action 12 times in 15")
    doings.forget()
    assert look(1.0) == (False, "")
    for turn in range(12):
        doings.note("ab"[turn % 2])
    assert look(1.0) == (True, "two actions in turn, 6 times each")
    Doings(memory)
    assert memory.repeats.value == Repeats.NOTHING
