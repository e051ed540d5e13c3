"""8: wishes, crashes and stops in any order end where the last wish says; nothing runs twice."""

import os
import random
import signal
import threading
from pathlib import Path

import psutil
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.core import chances
from tests.core.bots import make_plan
from tests.core.world import PLAYER, World
from tests.desktop import Desktop, eventually
from tests.faults.survivor import PLAYS, SECONDS, WATCHED, Survivor, daemon
from tests.running import make_bot
from traybot.core import events as e
from traybot.core.phases import Phase

WISHES = 40


class Wishes(RuleBasedStateMachine):
    """A person, a deathwatch and fate, at any time; the laws are checked throughout."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(make_plan(recovery="routine:revive"), make_plan("xjump"))

    def _tell(self, found: list[chances.Chance], which: int) -> None:
        if found and not self.world.state.gone:
            found[which % len(found)][1]()

    @rule(which=st.integers(0, 99))
    def wish(self, which: int) -> None:
        """Somebody wants something."""
        self._tell([*chances.wishes(self.world), *chances.ends(self.world)[:3]], which)

    @rule(which=st.integers(0, 99))
    def answer(self, which: int) -> None:
        """Somebody who owes an answer gives it."""
        self._tell(chances.answers(self.world), which)

    @rule(which=st.integers(0, 99))
    def crash(self, which: int) -> None:
        """A process ends by itself."""
        self._tell(chances.ends_by_itself(self.world), which)

    @rule(which=st.integers(0, 99))
    def see(self, which: int) -> None:
        """The deathwatch concludes something."""
        self._tell(chances.sights(self.world), which)

    @rule(which=st.integers(0, 99))
    def wait(self, which: int) -> None:
        """A timer's time comes."""
        self._tell(chances.timers(self.world), which)

    @precondition(lambda self: not self.world.state.gone)
    @rule(last=st.sampled_from([e.StopRequested, e.StartRequested]))
    def converge(self, last: type[e.Request]) -> None:
        """Left alone after a last wish, what is so is what was wished for."""
        self.world.ask(e.StopRequested)
        self.world.settle()
        assert self.world.phase() is Phase.IDLE
        assert self.world.processes == {}
        if last is e.StartRequested:
            self.world.ask(last, bot="koules")
            self.world.settle()
            assert self.world.phase() is Phase.RUNNING
            assert PLAYER in self.world.processes

    @invariant()
    def nothing_is_lost(self) -> None:
        """No request is answered twice."""
        assert all(count <= 1 for count in self.world.laws.answered.values())


Wishes.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestWishes = Wishes.TestCase


@pytest.mark.e2e
def test_a_real_daemon_obeys_the_last_wish(desktop: Desktop, home: Path) -> None:
    """Two people wish at random while lives are killed: never two at once, and stop is the end."""
    make_bot(home, "player", PLAYS, WATCHED)
    with daemon("player") as running:
        running.goes_round()
        people = [
            threading.Thread(target=_wish, args=(running, random.Random(seed), seed == 1))
            for seed in (1, 2)
        ]
        for person in people:
            person.start()
        while any(person.is_alive() for person in people):
            assert _players(running.process.pid) <= 1
        assert running.ask("stop")["ok"]
        assert running.status()["phase"] == "idle"
        eventually(lambda: _players(running.process.pid) == 0, SECONDS, "no player")
        assert running.ask("start", bot="player")["ok"]
        running.goes_round()


def _wish(running: Survivor, dice: random.Random, kills: bool) -> None:  # noqa: FBT001  a thread's argument
    for _ in range(WISHES // 2):
        word = dice.choice(["start", "stop", "pause", "resume", "toggle", "restart", "reload"])
        running.ask(word, **({"bot": "player"} if word == "start" else {}))
        victim = running.status()["pids"].get(dice.choice(["routine", "deathwatch"]))
        if kills and victim and dice.random() < 0.3:
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                continue


def _players(daemon_pid: int) -> int:
    """Count the routines alive, by the kernel's table: a life names itself to nobody else."""
    count = 0
    for process in psutil.Process(daemon_pid).children(recursive=True):
        try:
            mark = process.environ().get("TRAYBOT_LIFE", "")
            count += ":routine:" in mark and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
    return count
