"""Does everything hold when anything may die? `python bench/chaos.py --kills 100 --seed 1`.

A bot plays with keys and a button going up and down. At random instants one or two of our processes
are killed, told to end, or frozen for a moment. After each blow: nothing that we pressed stays down
once the bot is stopped, no process outlives a killed daemon, and a daemon that lives is back to
playing within five seconds. Fails at the first breach with the story that led to it.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.desktop import Desktop, eventually
from tests.running import Running, alive, make_bot, x_keys

PLAYER = """
import random
def play(bot):
    while True:
        with bot.keys.hold(random.choice(["a", "b", "shift", "ctrl"])):
            bot.count("rounds")
            with bot.mouse.hold("right"):
                bot.sleep(random.random() / 50)
def revive(bot):
    with bot.keys.hold("r"):
        bot.sleep(0.05)
"""
SETTINGS = """
[routine]
run = "routine:play"
[recovery]
run = "routine:revive"
[[watch]]
name = "old"
kind = "timer"
after = "700ms"
every = "10ms"
then = "recover"
"""
ROLES = ("daemon", "hands", "manager", "forkserver", "deathwatch", "routine", "recovery")
BLOWS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP)
BACK_SECONDS = 5.0
GONE_SECONDS = 2.0


class Breach(AssertionError):
    """A promise was broken."""


class Chaos:
    """Blows, and what must be true after each."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.worst = {"back": 0.0, "gone": 0.0}
        self.story: list[str] = []
        self._running: Running | None = None

    def run(self, kills: int) -> None:
        """Strike until so many blows were dealt."""
        dealt = 0
        while dealt < kills:
            running = self._up()
            threading.Event().wait(self._dice.random() * 0.3)
            dealt += self._strike(running)
        self._down()

    def _up(self) -> Running:
        if self._running is None:
            self._running = Running("player")
            self._running.until_up()
            self._await_play(self._running)
        return self._running

    def _strike(self, running: Running) -> int:
        pids = running.status()["pids"]
        roles = [role for role in ROLES if role in pids]
        chosen = self._dice.sample(roles, self._dice.choice((1, 1, 2)))
        blows = [(role, self._dice.choice(BLOWS)) for role in chosen]
        self.story.append(" and ".join(f"{blow.name} to {role}" for role, blow in blows))
        for role, blow in blows:
            self.counts[f"{role} {blow.name}"] += 1
            try:
                os.kill(pids[role], blow)
            except ProcessLookupError:
                continue
        frozen = [pids[role] for role, blow in blows if blow is signal.SIGSTOP]
        if frozen:
            threading.Event().wait(self._dice.random() * 0.3)
            for pid in frozen:
                try:
                    os.kill(pid, signal.SIGCONT)
                except ProcessLookupError:
                    continue
        ended = any(role == "daemon" and blow is not signal.SIGSTOP for role, blow in blows)
        self._after_daemon(running, pids) if ended else self._after_child(running)
        return len(blows)

    def _after_daemon(self, running: Running, pids: dict[str, int]) -> None:
        """Nothing of it is left, and nothing is held."""
        began = time.monotonic()
        self._true(lambda: not any(map(alive, pids.values())), GONE_SECONDS, "all processes gone")
        self.worst["gone"] = max(self.worst["gone"], time.monotonic() - began)
        running.end()
        self._running = None
        self._nothing_held()

    def _after_child(self, running: Running) -> None:
        """It is back to playing; now and then it is stopped, and then nothing is held."""
        began = time.monotonic()
        self._await_play(running)
        self.worst["back"] = max(self.worst["back"], time.monotonic() - began)
        if self._dice.random() < 0.4:
            if not running.ask("stop")["ok"]:
                raise Breach("a stop was refused")
            self._nothing_held()
            running.ask("start", bot="player")
            self._await_play(running)

    def _await_play(self, running: Running) -> None:
        def plays() -> bool:
            before = running.status()
            if "phase" not in before:
                raise Breach(f"the daemon's status is {before}")
            if before["phase"] in {"failed", "idle"}:
                # Five restarts in ten minutes are soon used up here; a person would start it again.
                running.ask("start", bot="player")
            after = running.status()
            rounds = [one["counters"].get("rounds", 0) for one in (before, after)]
            return after["phase"] == "running" and rounds[1] > rounds[0]

        self._true(plays, BACK_SECONDS, "playing again")

    def _nothing_held(self) -> None:
        with x_keys() as keys:
            self._true(lambda: len(keys.held()) == 0, 1.0, f"nothing held: {keys.held()}")

    def _true(self, predicate: object, seconds: float, what: str) -> None:
        try:
            eventually(predicate, seconds, what)  # type: ignore[arg-type]
        except AssertionError as error:
            status = self._running.status() if self._running else {}
            raise Breach(f"{error}; the last blows: {self.story[-5:]}; {status}") from error

    def _down(self) -> None:
        if self._running is not None:
            summary = self._running.end()
            if summary.get("held_left") or summary.get("children_left"):
                raise Breach(f"left behind: {summary}")


def main() -> int:
    """Run; 1 at a breach."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chaos = Chaos(options.seed)
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        os.environ |= {"DISPLAY": desktop.display, "TRAYBOT_HOME": folder}
        make_bot(Path(folder), "player", PLAYER, SETTINGS)
        try:
            chaos.run(options.kills)
        except AssertionError as breach:
            print(f"breach after {sum(chaos.counts.values())} blows: {breach}")
            log = Path(folder) / "state" / "traybot.log"
            print("\n".join(log.read_text().splitlines()[-40:]))
            return 1
    print(f"{sum(chaos.counts.values())} blows, no breach; worst seconds {chaos.worst}")
    for blow, number in sorted(chaos.counts.items()):
        print(f"  {blow:24} {number}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
