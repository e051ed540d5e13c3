"""Do lives come from a warm spare as they do from a forkserver, and does a lost spare matter?"""

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.desktop import eventually
from tests.running import alive
from tests.shells.family import Document, Held, family

pytestmark = pytest.mark.slow

SLEEPS = "def play(bot):\n    bot.count('rounds')\n    bot.sleep(3600)\n"


@pytest.fixture
def kin(tmp_path: Path) -> Iterator[Held]:
    """A family whose lives come from spares; one waits."""
    with family(tmp_path, spare=True) as held:
        held.warm_up()
        yield held


def gone(pid: int) -> bool:
    """Whether a process is."""
    return not alive(pid)


def waiting(look: Document) -> bool:
    """Whether a spare is there and no life."""
    return bool(look["forkserver"] and not look["pids"])


def test_a_life_is_the_process_that_waited(kin: Held) -> None:
    """It has loaded everything before; while it lives the next one gets ready."""
    spare = kin.until(waiting, "a spare")["forkserver"]
    kin.start(SLEEPS)
    kin.heard("ChildReady", life=1)
    look = kin.until(lambda look: look["forkserver"] not in {None, spare}, "the next spare")
    assert look["pids"] == {"routine": spare}
    kin.do("free", life=1)
    kin.until(lambda look: look["counters"] == {"rounds": 1.0}, "its count")
    kin.do("kill", life=1)
    assert kin.heard("ChildExited", life=1)["ending"] == "killed"


ENDINGS = {
    "it returns": ("pass", "done", ""),
    "it raises": ("raise RuntimeError('no luck')", "crashed", "no luck at routine.py:3"),
    "os._exit(7)": ("os._exit(7)", "crashed", "exit code 7"),
    "SIGKILL": ("os.kill(os.getpid(), 9)", "killed", "killed by signal 9"),
}


def test_an_end_is_explained(kin: Held) -> None:
    """By its last words or its exit code, one life after the other."""
    for life, (text, ending, why) in enumerate(ENDINGS.values(), 1):
        kin.start(f"import os\ndef play(bot):\n    {text}\n", life)
        ended = kin.heard("ChildExited", life=life)
        assert ended["ending"] == ending
        assert why in ended["why"]


def test_a_lost_spare_is_replaced(kin: Held) -> None:
    """Whoever killed it: the next start finds out, and begins all the same."""
    spare = kin.until(waiting, "a spare")["forkserver"]
    os.kill(spare, signal.SIGKILL)
    eventually(lambda: not alive(spare), what="its end")
    kin.start(SLEEPS)
    kin.heard("ChildReady", life=1)
    kin.do("kill", life=1)
    kin.heard("ChildExited", life=1)


def test_a_frozen_spare_holds_nobody_up(kin: Held) -> None:
    """A life that is to end before it is born ends; the next one comes from another spare."""
    spare = kin.until(waiting, "a spare")["forkserver"]
    os.kill(spare, signal.SIGSTOP)
    births = kin.look()["births"]
    kin.start(SLEEPS)
    kin.until(lambda look: look["births"] > births, "a birth that has begun")
    kin.do("kill", life=1)
    assert kin.heard("ChildExited", life=1)["ending"] == "killed"
    eventually(lambda: not alive(spare), 10.0, "the end of the frozen one")
    kin.start(SLEEPS, 2)
    kin.heard("ChildReady", life=2)
    kin.do("kill", life=2)
    kin.heard("ChildExited", life=2)


def test_spare_and_life_die_with_the_daemon(tmp_path: Path) -> None:
    """Even when that is killed: the one that waits no less than the one that lives."""
    with family(tmp_path, spare=True) as kin:
        kin.start(SLEEPS)
        kin.heard("ChildReady", life=1)
        look = kin.until(lambda look: look["forkserver"] not in look["pids"].values(), "a spare")
        kin.process.kill()
        kin.process.wait(10.0)
        for pid in (look["forkserver"], *look["pids"].values()):
            eventually(partial(gone, pid), 10.0, "its end")
