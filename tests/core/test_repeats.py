"""Is the same thing done again and again told from play that only looks alike?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybot.core.repeats import REMEMBERED, Repeats, repeats

pytestmark = pytest.mark.anywhere


@pytest.mark.parametrize(
    ("actions", "shown"),
    [
        ("", Repeats.NOTHING),
        ("a" * 11, Repeats.NOTHING),
        ("a" * 12, Repeats.SAME),
        ("a" * 12 + "bcd", Repeats.SAME),
        ("aaabaaabaaabaaa", Repeats.SAME),
        ("a" * 12 + "bcde", Repeats.NOTHING),
        ("ab" * 5, Repeats.NOTHING),
        ("ab" * 6, Repeats.IN_TURN),
        ("xyz" + "ab" * 6, Repeats.IN_TURN),
        ("ab" * 6 + "c", Repeats.NOTHING),
        ("abc" * 5, Repeats.NOTHING),
        ("aabb" * 3, Repeats.NOTHING),
    ],
)
def test_twelve_of_fifteen_or_six_times_in_turn(actions: str, shown: Repeats) -> None:
    """Exactly these are repeats."""
    assert repeats(actions) is shown


@given(st.text("abc", max_size=60))
def test_only_the_last_actions_count(actions: str) -> None:
    """What is older than the remembered ones changes nothing."""
    assert repeats(actions) is repeats(actions[-REMEMBERED:])
