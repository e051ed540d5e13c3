"""7: who ignores being asked, and SIGTERM, is killed at the end of its grace."""

import time
from pathlib import Path

import pytest

from tests.desktop import Desktop
from tests.faults.survivor import daemon
from tests.running import make_bot

pytestmark = pytest.mark.e2e

SWALLOWS = """
def play(bot):
    while True:
        try:
            bot.sleep(60)
        except BaseException:
            pass
"""
_SHELL = "trap '' TERM INT HUP; echo deaf; while :; do sleep 60; done"
DEAF = f'[routine]\ncommand = ["sh", "-c", "{_SHELL}"]\n'
GRACE = 'grace = "500ms"\n'


@pytest.mark.parametrize(
    ("code", "settings"), [(SWALLOWS, '[routine]\nrun = "routine:play"\n'), ("", DEAF)]
)
def test_a_deaf_routine_is_killed_after_its_grace(
    desktop: Desktop, home: Path, code: str, settings: str
) -> None:
    """A kind stop takes its grace and little more, is no failure, and so is quitting."""
    make_bot(home, "deaf", code, settings + GRACE)
    with daemon("deaf") as running:
        running.heard("running")
        if not code:
            running.heard("said", text="deaf")  # before that it hears as every program does
        began = time.monotonic()
        assert running.ask("restart")["ok"]
        gone = running.heard("gone", child="routine")
        assert gone["ending"] == "killed"
        assert gone["stop_ms"] >= 500.0
        running.heard("running")
        assert time.monotonic() - began < 5.0
        assert "failed" not in [one["event"] for one in running.events]
