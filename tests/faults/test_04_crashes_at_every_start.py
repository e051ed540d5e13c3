"""4: a routine that crashes at once on every start is tried five times more, then given up."""

import time
from pathlib import Path

import psutil
import pytest

from tests.core import chapters
from tests.core.bots import make_plan
from tests.desktop import Desktop
from tests.e2e.shared import let_pass
from tests.faults.survivor import daemon
from tests.running import make_bot
from traybot.core.phases import Phase


def test_the_waits_double_and_one_notice_tells_the_end() -> None:
    """0.5, 1, 2, 4, 8 s; then `failed`, which no timer ends."""
    world = chapters.starting()
    waits = []
    for _ in range(5):
        assert any("Report backoff" in word for word in world.exits())
        waits.append(world.timers["phase"].at - world.now)
        world.fires()
    assert [round(wait, 3) for wait in waits] == [0.5, 1.0, 2.0, 4.0, 8.0]
    world.exits()
    world.settle()
    assert world.phase() is Phase.FAILED
    assert len(world.laws.notices) == 1
    while world.timers:
        world.fires(next(iter(world.timers)))
    assert world.phase() is Phase.FAILED


@pytest.mark.e2e
def test_a_failed_bot_costs_nothing(desktop: Desktop, home: Path) -> None:
    """Once it has been given up all our processes together use less than 1 % of a core."""
    settings = '[routine]\nrun = "routine:play"\nrestart = "never"\n'
    make_bot(home, "broken", "def play(bot): raise ValueError('so')", settings)
    with daemon("broken", code=1) as running:
        running.heard("failed")
        running.pid("manager")
        pids = running.status()["pids"].values()
        before, began = _cpu(pids), time.monotonic()
        let_pass(2.0)
        assert _cpu(pids) - before < 0.01 * (time.monotonic() - began) + 0.01, "a tick is 0.01 s"


def test_the_plan_says_how_often() -> None:
    """With `never` there is no second try."""
    world = chapters.playing(make_plan(restart="never"))
    world.exits()
    world.settle()
    assert world.phase() is Phase.FAILED


def _cpu(pids: object) -> float:
    times = [psutil.Process(pid).cpu_times() for pid in pids]  # type: ignore[attr-defined]
    return sum(one.user + one.system for one in times)
