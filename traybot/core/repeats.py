"""Does a bot do the same thing again and again? A look at its last few actions.

The numbers are those that a long-lived game bot ended stuck runs by: twelve of fifteen, or two in
turn, six times each (AzurLaneAutoScript's click record).
"""

from collections import Counter
from collections.abc import Sequence
from enum import IntEnum

from traybot.text import _

#: So many actions are remembered.
REMEMBERED = 15
_SAME = 12
_TURNS = 6


class Repeats(IntEnum):
    """What the last actions show."""

    NOTHING = 0
    SAME = 1
    IN_TURN = 2


WORDS = {
    Repeats.SAME: _("the same action {count} times in {last}").format(count=_SAME, last=REMEMBERED),
    Repeats.IN_TURN: _("two actions in turn, {count} times each").format(count=_TURNS),
}


def repeats(actions: Sequence[str]) -> Repeats:
    """Look at the last actions, oldest first."""
    last = actions[-REMEMBERED:]
    if last and Counter(last).most_common(1)[0][1] >= _SAME:
        return Repeats.SAME
    turns = last[-2 * _TURNS :]
    if len(turns) == 2 * _TURNS and turns[0] != turns[1] and _alternate(turns):
        return Repeats.IN_TURN
    return Repeats.NOTHING


def _alternate(turns: Sequence[str]) -> bool:
    return len(set(turns[::2])) == 1 and len(set(turns[1::2])) == 1
