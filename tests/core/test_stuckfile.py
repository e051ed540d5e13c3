"""Does the table `[stuck]` become the watches that it stands for?"""

import pytest

from tests.core.files import LEAST, sound, told
from traybot.core.geometry import Rect
from traybot.core.verdicts import Verdict

pytestmark = pytest.mark.anywhere


def test_without_the_table_nothing_is_stuck() -> None:
    """No limit is set by itself: a bot may be slow."""
    assert sound(LEAST).watches == ()
    assert sound(LEAST + "[stuck]\n").watches == ()


def test_each_limit_is_a_watch() -> None:
    """With the table's `then`, and the options that its kind takes."""
    plan = sound(
        LEAST
        + """
        [stuck]
        silent = "30s"
        progress = "5m"
        still = "10s"
        region = [1, 2, 30, 40]
        tolerance = 3
        repeats = true
        longest = "2h"
        then = "recover"
        """
    )
    by_name = {watch.name: watch for watch in plan.watches}
    assert {name: watch.kind for name, watch in by_name.items()} == {
        "stuck.silent": "silent",
        "stuck.progress": "progress",
        "stuck.still": "still",
        "stuck.repeats": "repeats",
        "stuck.longest": "timer",
    }
    assert {watch.then for watch in plan.watches} == {"recover"}
    assert (by_name["stuck.silent"].lasting, by_name["stuck.progress"].lasting) == (30.0, 300.0)
    still = by_name["stuck.still"]
    assert (still.lasting, still.region, still.tolerance) == (10.0, Rect(1, 2, 30, 40), 3)
    assert by_name["stuck.longest"].after == 7200.0


def test_a_stuck_life_is_restarted_unless_told_otherwise() -> None:
    """And it is looked for often enough to notice a short limit in time."""
    (watch,) = sound(LEAST + '[stuck]\nsilent = "500ms"\n').watches
    assert (watch.then, watch.every) == ("restart", 0.25)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('silent = "0s"', "silent: must be a duration"),
        ("repeats = 3", "repeats: must be true or false"),
        ('then = "explode"', "then: must be one of"),
        ('mute = "3s"', 'unknown option "mute"'),
    ],
)
def test_a_mistake_is_named(line: str, what: str) -> None:
    """With its place in the file."""
    assert any(what in problem for problem in told(f"{LEAST}[stuck]\n{line}\n"))


def test_its_names_cannot_be_taken() -> None:
    """A watch of the same name could not be told from it."""
    table = '[[watch]]\nname = "stuck.silent"\nkind = "timer"\nafter = "1s"\n'
    assert any("taken by the table [stuck]" in problem for problem in told(LEAST + table))


def test_a_verdict_says_why() -> None:
    """A person reads what stood still, not the name of a watch."""
    stuck = Verdict("stuck.silent", "restart", 1, 0.0, 0.0, why="no call of traybot's for 31.0 s")
    assert stuck.stuck
    assert stuck.sentence == "stuck: no call of traybot's for 31.0 s"
    assert Verdict("death", "stop", 1, 0.0, 0.0).sentence == "death was seen"
