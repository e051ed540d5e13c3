"""Is what a life started gone with it, wherever it hid, and collected as well?"""

import itertools
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.desktop import eventually
from tests.running import alive
from tests.shells.family import Held, family

#: Ways to have a grandchild: each prints "child PID" and leaves it running.
KINDS = {
    "in the group": "tell(subprocess.Popen(['sleep', '3600']).pid)",
    "in a session of its own": (
        "tell(subprocess.Popen(['sleep', '3600'], start_new_session=True).pid)"
    ),
    "a shell with a child": (
        "tell(subprocess.Popen(['sh', '-c', 'sleep 3600 & wait'], start_new_session=True).pid)"
    ),
    "a session in a session": (
        "code = 'import subprocess, time; "
        'print("child", subprocess.Popen(["sleep", "3600"], start_new_session=True).pid, '
        "flush=True); time.sleep(3600)'\n"
        "    one = subprocess.Popen([sys.executable, '-c', code], start_new_session=True,"
        " stdout=subprocess.PIPE, text=True)\n"
        "    print(one.stdout.readline(), end='')"
    ),
    "forked": "fork(lambda: None)",
    "ignoring signals": (
        "tell(subprocess.Popen(['sh', '-c', 'trap \"\" TERM HUP INT; while :; do sleep 1; done'])"
        ".pid)"
    ),
}
PREFACE = """
import os, signal, subprocess, sys, time

def tell(pid):
    print("child", pid)

def fork(first):
    pid = os.fork()
    if pid == 0:
        first()
        while True:
            time.sleep(1)
    tell(pid)

def play(bot):
    """
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def kin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """One family for every test that leaves it as it was."""
    with family(tmp_path_factory.mktemp("family")) as held:
        held.warm_up()
        yield held


def start(held: Held, life: int, kind: str, then: str) -> list[int]:
    """Start a life that has a grandchild; give the grandchild's and its children's numbers."""
    held.start(f"{PREFACE}{KINDS[kind]}\n    {then}\n", life)
    mark = f"bot.routine.{life}:child "

    def told() -> int:
        lines = [line for line in held.errors().splitlines() if mark in line]
        return int(lines[-1].rpartition(" ")[2]) if lines else 0

    pid = eventually(told, 10.0, "the grandchild's number")
    if kind == "a shell with a child":
        eventually(lambda: psutil.Process(pid).children(), what="the shell's child")
    return [pid, *(one.pid for one in psutil.Process(pid).children(recursive=True))]


def no_zombies(held: Held) -> bool:
    """Whether the daemon has collected every child that is dead."""
    children = psutil.Process(held.process.pid).children()
    return all(one.status() != psutil.STATUS_ZOMBIE for one in children)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ["killed", "crashed", "done"])
def test_a_grandchild_goes_with_its_life(kin: Held, kind: str, end: str) -> None:
    """However the life ends nothing that it started outlives it, and no zombie stays."""
    life = next(numbers)
    ways = {"killed": "bot.sleep(3600)", "crashed": "1 / 0", "done": "return"}
    pids = start(kin, life, kind, "bot._line._channel.wait(None); " + ways[end])
    assert all(map(alive, pids))
    if end == "killed":
        kin.do("kill", life=life)
    else:
        kin.do("free", life=life)
    assert kin.heard("ChildExited", life=life)["ending"] == end
    eventually(lambda: not any(map(alive, pids)), what="the grandchild's end")
    eventually(lambda: no_zombies(kin), what="the collecting of what is dead")


def test_a_grandchild_that_ends_by_itself_leaves_no_zombie(kin: Held) -> None:
    """Left behind in the group and dead before or after its life, it is collected."""
    life = next(numbers)
    code = "for _ in range(5): subprocess.Popen(['sleep', '0.05'])\n    os._exit(0)"
    kin.start(PREFACE + code, life)
    kin.heard("ChildExited", life=life)
    eventually(lambda: no_zombies(kin), what="the collecting of what is dead")


def test_the_sweep_spares_who_is_not_meant(kin: Held) -> None:
    """Another life's grandchildren and the daemon's other children live on."""
    first, second = next(numbers), next(numbers)
    spared = start(kin, first, "in a session of its own", "bot.sleep(3600)")
    pids = start(kin, second, "in a session of its own", "bot.sleep(3600)")
    kin.do("kill", life=second)
    kin.heard("ChildExited", life=second)
    eventually(lambda: not any(map(alive, pids)), what="the grandchild's end")
    assert all(map(alive, spared))
    kin.do("kill", life=first)
    kin.heard("ChildExited", life=first)
    eventually(lambda: not any(map(alive, spared)), what="the other grandchild's end")


@pytest.mark.parametrize("kind", KINDS)
def test_the_end_of_all_sweeps_too(tmp_path: Path, kind: str) -> None:
    """When the daemon leaves, be it that its engine failed, nothing is left."""
    with family(tmp_path) as held:
        pids = start(held, 1, kind, "while True: pass")
    assert not any(map(alive, pids))


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_daemon_leaves_no_grandchild(tmp_path: Path, kind: str) -> None:
    """A SIGKILL of the daemon is the end of lives, groups and sessions that came from it."""
    with family(tmp_path, hands=True) as held:
        pids = start(held, 1, kind, "while True: pass")
        marked = held.look()["marked"]
        assert set(pids) <= set(marked)
        os.kill(held.process.pid, signal.SIGKILL)
        eventually(lambda: not any(map(alive, marked)), 5.0, "the end of all")
