"""29: a routine takes all memory there is; the kernel ends it, and nobody else."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.faults.survivor import SECONDS, Survivor
from tests.running import make_bot, x_keys

pytestmark = pytest.mark.e2e

#: Enough for all of us, and soon eaten.
BYTES = 500_000_000
#: Version 1 of the kernel's control groups, and version 2 where the root has the controller.
V1, V2 = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
GREEDY = """
import pathlib
def play(bot):
    with bot.keys.hold("a", "shift"):
        bot.count("begun")
        while not pathlib.Path("go").exists(): bot.sleep(0.01)
        eaten = []
        while True:
            eaten.append(bytearray(b"x" * 10_000_000))
"""


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group with little memory; who is written to its `cgroup.procs` is in it."""
    v1 = (V1 / "memory.limit_in_bytes").exists()
    folder = (V1 if v1 else V2) / f"traybot-test-{os.getpid()}"
    try:
        folder.mkdir()
        limit = folder / ("memory.limit_in_bytes" if v1 else "memory.max")
        limit.write_text(str(BYTES), encoding="ascii")
    except OSError as error:
        with suppress(OSError):
            folder.rmdir()
        pytest.skip(f"no control group for memory can be made here: {error}")
    yield folder
    eventually(lambda: not (folder / "cgroup.procs").read_text(), SECONDS, "an empty group")
    folder.rmdir()


def test_the_kernel_ends_the_routine_and_nobody_else(
    group: Path, home: Path, desktop: Desktop
) -> None:
    """Its keys go up, it is told how it ended, and all other processes are the same as before."""
    watch = '[[watch]]\nname = "never"\nkind = "timer"\nafter = "1h"\n'
    folder = make_bot(home, "greedy", GREEDY, watch)
    with x_keys() as keys, Survivor("greedy") as running:
        eventually(lambda: running.status()["counters"].get("begun"), SECONDS, "the routine")
        running.pid("deathwatch")
        before = running.status()["pids"]
        for pid in before.values():
            (group / "cgroup.procs").write_text(str(pid), encoding="ascii")
        (folder / "go").touch()
        assert "killed by signal 9" in running.heard("backoff")["why"]
        eventually(lambda: len(keys.held()) == 0, SECONDS, "its keys up")
        after = running.status()["pids"]
        for name in set(before) - {"routine"}:
            assert after[name] == before[name], f"{name} lives on"
        assert running.ask("stop")["ok"]
