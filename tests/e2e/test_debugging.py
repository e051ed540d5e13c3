"""Does who writes a bot see in the foreground what it says, and what the slip was that ended it?"""

from pathlib import Path

import pytest

from tests.desktop import Desktop
from tests.running import Running, make_bot

pytestmark = pytest.mark.e2e

SLIPS = """\
def play(bot):
    print("hello")
    bot.screen.wiat("start.png")
"""
NEVER = '[routine]\nrun = "routine:play"\nrestart = "never"\n'
OTHER = '[routine]\ncommand = ["sh", "-c", "echo out; echo wrong >&2"]\nrestart = "never"\n'


def test_what_a_bot_prints_is_told(desktop: Desktop, home: Path) -> None:
    """As an event of its own, before the end; the end names the word that was meant."""
    make_bot(home, "slips", SLIPS, NEVER)
    with Running("slips") as running:
        assert running.heard("said", life=1, text="hello")["child"] == "routine"
        assert 'did you mean "wait"?' in running.heard("gone", life=1)["why"]


def test_what_another_program_prints_is_told(desktop: Desktop, home: Path) -> None:
    """Both of its outputs."""
    make_bot(home, "other", "", OTHER)
    with Running("other") as running:
        running.heard("said", life=1, text="out")
        running.heard("said", life=1, text="wrong")
