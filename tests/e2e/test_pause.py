"""Does pause mean pause, in both of its steps, and is everything judged anew at resume?"""

from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot, x_keys

pytestmark = pytest.mark.e2e

CALLS = """
def play(bot):
    with bot.keys.hold("a"):
        while True:
            bot.count("rounds")
            bot.sleep(0.002)
"""
NO_CALLS = """
def play(bot):
    with bot.keys.hold("a"):
        while True:
            bot.count("rounds")
"""
LONG_SLEEP = """
def play(bot):
    bot.log("asleep")
    bot.sleep(1.0)
    bot.count("woken")
    bot.sleep(3600)
"""


def rounds(running: Running) -> float:
    """Give how often the routine went round."""
    return running.status()["counters"].get("rounds", 0)


@pytest.mark.parametrize("code", [CALLS, NO_CALLS])
def test_a_pause_stands_still_and_a_resume_plays_on(
    desktop: Desktop, home: Path, code: str
) -> None:
    """A routine parks at its next call, one that makes none is frozen; keys go up meanwhile."""
    suspended = code == NO_CALLS
    make_bot(home, "player", code)
    with x_keys() as keys, Running("player") as running:
        eventually(lambda: rounds(running) > 10 and keys.held(), 10.0, "a routine that plays")
        assert running.ask("pause")["ok"]
        assert running.heard("paused")["suspended"] is suspended
        assert len(keys.held()) == 0
        before = rounds(running)
        assert running.status()["phase"] == "paused"
        assert rounds(running) == before
        assert running.ask("resume")["ok"]
        eventually(lambda: rounds(running) > before + 10, 10.0, "a routine that plays on")
        if not suspended:
            eventually(lambda: len(keys.held()) == 1, 10.0, "the key of the open hold block")
        assert running.ask("stop")["ok"]
        assert len(keys.held()) == 0


def test_a_stop_works_while_paused(desktop: Desktop, home: Path) -> None:
    """A parked or frozen routine is stopped like any other."""
    make_bot(home, "player", NO_CALLS)
    with Running("player") as running:
        eventually(lambda: rounds(running) > 0, 10.0, "a routine that plays")
        assert running.ask("pause")["ok"]
        assert running.ask("stop")["ok"]
        assert running.heard("gone", child="routine")["stop_ms"] < 60
        assert running.status()["phase"] == "idle"


def test_paused_time_does_not_count_for_a_sleep(desktop: Desktop, home: Path) -> None:
    """A sleeping routine parks at once, and sleeps the rest of its time after the resume."""
    make_bot(home, "sleeper", LONG_SLEEP)
    with Running("sleeper") as running:
        eventually(lambda: running.status()["phase"] == "running", 10.0, "running")
        assert running.ask("pause")["ok"]
        assert running.heard("paused")["suspended"] is False
        assert "woken" not in running.status()["counters"]
        assert running.ask("resume")["ok"]
        eventually(lambda: running.status()["counters"].get("woken"), 10.0, "the end of the sleep")


def test_requests_that_make_no_sense_are_refused(desktop: Desktop, home: Path) -> None:
    """Pausing nothing and resuming nothing is answered with code 4 and changes nothing."""
    with Running() as running:
        for wish in ("pause", "resume"):
            answer = running.ask(wish)
            assert (answer["ok"], answer["code"]) == (False, 4)
        assert running.ask("stop")["ok"], "a stop is never refused"
        assert running.status()["phase"] == "idle"
