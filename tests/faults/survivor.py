"""A daemon of which a test kills or freezes parts, and bots that go on or hang meanwhile."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from tests.desktop import eventually
from tests.running import Running, alive
from traybot.system.x11_input import X11Injector

#: Generous: the machine may be busy with other work.
SECONDS = 15.0
#: A key that a dead process held must be up by then.
UP_SECONDS = 1.0
#: Every process of a daemon that plays, but the daemon.
OURS = ("hands", "manager", "forkserver", "deathwatch", "routine")

WATCHED = '[[watch]]\nname = "never"\nkind = "timer"\nafter = "1h"\nevery = "20ms"\n'
#: Goes round with two keys down, and reads the settings in each round.
PLAYS = """
def play(bot):
    while True:
        with bot.keys.hold("a", "shift"):
            bot.count("rounds")
            bot.count("read" if bot._line.share.settings() else "unread")
            bot.sleep(0.02)
"""
#: Holds two keys until a file appears, then another one.
HOLDS = """
import pathlib
def play(bot):
    with bot.keys.hold("a", "shift"):
        while not pathlib.Path("go").exists():
            bot.sleep(0.01)
    with bot.keys.hold("b"):
        bot.sleep(3600)
"""
#: Holds two keys in a loop that never ends and makes no call of ours.
SPINS = """
def play(bot):
    with bot.keys.hold("a", "shift"):
        while True:
            pass
"""
#: Holds two keys and a mouse button.
HOLDS_THREE = """
def play(bot):
    with bot.keys.hold("a", "ctrl"), bot.mouse.hold("left"):
        while True:
            pass
"""


class Survivor(Running):
    """A daemon of which the test kills parts."""

    def pid(self, name: str) -> int:
        """Wait until there is a process of that name; give its number."""
        return eventually(lambda: self.status()["pids"].get(name, 0), SECONDS, f"the {name}")

    def hit(self, name: str, number: int = signal.SIGKILL) -> int:
        """Send a process a signal; give which it was."""
        pid = self.pid(name)
        os.kill(pid, number)
        if number == signal.SIGKILL:
            eventually(lambda: not alive(pid), what=f"the end of the {name}")
        return pid

    def replaced(self, name: str, pid: int) -> int:
        """Wait until another process has the name; give its number."""
        others = lambda: self.status()["pids"].get(name, pid) != pid  # noqa: E731
        eventually(others, SECONDS, f"another {name}")
        return self.pid(name)

    def count(self, name: str) -> float:
        """Give one of the bot's counters."""
        return float(self.status()["counters"].get(name, 0))

    def goes_round(self, name: str = "rounds", times: int = 5) -> None:
        """Wait until the routine has gone round so many times more."""
        goal = self.count(name) + times
        eventually(lambda: self.count(name) >= goal, SECONDS, f"{times} more {name}")


@contextmanager
def daemon(*arguments: str, faces: bool = False, code: int = 0) -> Iterator[Survivor]:
    """A daemon that must leave in order, with nothing held and nobody left."""
    with Survivor(*arguments, faces=faces) as running:
        yield running
        summary = running.end()
    assert running.process.returncode == code, running.errors
    assert (summary["held_left"], summary["children_left"]) == (0, 0), summary
    assert "Traceback" not in running.errors


def both_held(keys: X11Injector) -> None:
    """Wait until the bots of this file hold their two keys."""
    eventually(lambda: len(keys.held()) == 2, SECONDS, "two keys held")


def none_held(keys: X11Injector, seconds: float = UP_SECONDS) -> None:
    """Wait until nothing is down."""
    eventually(lambda: len(keys.held()) == 0, seconds, "every key up")
