"""33: hands is killed with keys down, or in the middle of pressing: nothing stays down."""

import random
from pathlib import Path

import pytest

from tests.desktop import eventually
from tests.e2e.shared import let_pass
from tests.faults.survivor import HOLDS, SECONDS, WATCHED, both_held, daemon, none_held
from tests.running import make_bot
from traybot.system.x11_input import X11Injector

pytestmark = pytest.mark.e2e

#: Presses and releases as fast as it can.
TAPS = """
def play(bot):
    while True:
        bot.keys.tap("a", "shift", hold=0.0)
        bot.count("rounds")
"""
TIMES = 3


def test_a_killed_hands_leaves_nothing_down(home: Path, keys: X11Injector) -> None:
    """What it held is up at once; another takes its place, and the same life presses on."""
    folder = make_bot(home, "player", HOLDS, WATCHED)
    with daemon("player") as running:
        both_held(keys)
        routine = running.pid("routine")
        hands = running.hit("hands")
        none_held(keys)
        running.replaced("hands", hands)
        (folder / "go").touch()
        eventually(lambda: keys.held().keys == {keys.code_of("b")}, SECONDS, "the next press")
        assert running.pid("routine") == routine
        assert running.status()["input"] == "ok"


def test_a_hands_killed_in_the_middle_of_a_tap_leaves_nothing_down(
    home: Path, keys: X11Injector
) -> None:
    """At whatever instant: what it had pressed is up, and the same life taps on with the next."""
    make_bot(home, "player", TAPS, WATCHED)
    dice = random.Random(33)
    with daemon("player") as running:
        for _ in range(TIMES):
            running.goes_round()
            let_pass(dice.random() * 0.01)
            hands = running.hit("hands")
            running.replaced("hands", hands)
            running.goes_round()
        assert running.status()["life"] == 1
        assert running.ask("stop")["ok"]
        none_held(keys)
