"""When does a watch fire? Looks in, verdicts out."""

import pytest

from traybot.core.watch import WatchState, decided, first_by_priority, look, pending, rearmed
from traybot.core.watchfile import WatchSpec

pytestmark = pytest.mark.anywhere

DEATH = WatchSpec("death")


SIGHTS = {"x": True, ".": False, "?": None}


class Watching:
    """A watch that is shown one thing after another; a look each tenth of a second."""

    def __init__(self, spec: WatchSpec) -> None:
        """Begin with nothing seen."""
        self.spec, self.state, self.at = spec, WatchState(), 0.0

    def shown(self, sights: str) -> str:
        """Take some looks (x seen, . not seen, ? could not look); give which of them fired (!)."""
        return "".join("!" if self._look(SIGHTS[sight]) else "-" for sight in sights)

    def _look(self, sees: bool | None) -> bool:  # noqa: FBT001  as the rule takes it
        self.at += 0.1
        self.state, fires = look(self.spec, self.state, sees=sees, at=self.at)
        return fires


def test_it_fires_at_the_first_sighting_if_nothing_else_is_said() -> None:
    """By default one sighting is enough."""
    assert Watching(DEATH).shown("..x") == "--!"


def test_it_must_be_seen_not_holding_once_before_it_fires_again() -> None:
    """One death is one verdict, however long its picture stays."""
    watching = Watching(DEATH)
    assert watching.shown("xxx") == "!--"
    assert watching.shown(".x") == "-!"


def test_confirmations_are_consecutive() -> None:
    """One look at which it does not hold begins the count anew."""
    watching = Watching(WatchSpec("death", confirm=3))
    assert watching.shown("xx.") == "---"
    assert watching.shown("xxxx") == "--!-"


def test_a_hold_is_counted_from_the_first_sighting() -> None:
    """It must stay true that long, and a gap begins it anew."""
    watching = Watching(WatchSpec("death", hold=0.25))
    assert watching.shown("xx.") == "---"
    assert watching.shown("xxxx") == "---!"


def test_confirmations_and_hold_must_both_be_there() -> None:
    """The later of the two decides."""
    assert Watching(WatchSpec("a", confirm=2, hold=0.35)).shown("xxxxx") == "----!"
    assert Watching(WatchSpec("b", confirm=5, hold=0.15)).shown("xxxxx") == "----!"


def test_what_must_be_absent_holds_where_it_is_not_seen() -> None:
    """The whole rule is turned round, the arming too."""
    watching = Watching(WatchSpec("gone", absent=True, confirm=2))
    assert watching.shown("x...") == "--!-"
    assert watching.shown("x..") == "--!"


def test_where_one_cannot_look_nothing_changes() -> None:
    """No picture is neither a sighting nor the lack of one; not even for what must be absent."""
    for absent in (False, True):
        holding = "." if absent else "x"
        watching = Watching(WatchSpec("death", confirm=2, absent=absent))
        assert watching.shown(f"{holding}?{holding}") == "--!"
        before = watching.state
        assert watching.shown("??") == "--"
        assert watching.state == before


def test_a_cooldown_keeps_it_quiet_and_no_longer() -> None:
    """What holds when the cooldown ends fires then: it was seen not holding in between."""
    watching = Watching(WatchSpec("hit", cooldown=0.45))
    assert watching.shown("x.x") == "!--"
    assert watching.shown("xxx") == "--!"


def test_a_cooldown_alone_does_not_fire_again() -> None:
    """What has held since it fired waits for being seen not holding, however long ago it was."""
    watching = Watching(WatchSpec("hit", cooldown=0.15))
    assert watching.shown("xxxxxxxxxx") == "!---------"


@pytest.mark.parametrize(
    ("spec", "sights", "waits"),
    [
        (WatchSpec("nothing seen"), ".", False),
        (WatchSpec("to be confirmed", confirm=2), "x", True),
        (WatchSpec("to be held", hold=0.25), "xx", True),
        (WatchSpec("fired"), "x", False),
        (WatchSpec("fired long ago"), "xxxxxxxxx", False),
        (WatchSpec("cooling down", cooldown=9.0), "x.x", True),
        (WatchSpec("could not look since", confirm=2), "x?", True),
    ],
    ids=lambda value: value.name if isinstance(value, WatchSpec) else None,
)
def test_what_may_yet_fire_must_look_again(
    spec: WatchSpec,
    sights: str,
    waits: bool,  # noqa: FBT001
) -> None:
    """Though nothing on the screen changes; everything else may sleep until something does."""
    watching = Watching(spec)
    watching.shown(sights)
    assert pending(watching.state) is waits


def test_judged_anew_it_fires_for_what_it_has_fired_for_before() -> None:
    """A resume asks what is so now; confirmations begin anew, a cooldown is over."""
    watching = Watching(WatchSpec("death", confirm=2, cooldown=60.0))
    watching.shown("xx")
    watching.state = rearmed(watching.state)
    assert watching.shown("xx") == "-!"


def test_it_is_decided_as_long_as_it_holds() -> None:
    """Also after it has fired: a recovery is judged by this."""
    watching = Watching(WatchSpec("death", confirm=2))
    watching.shown("x")
    assert not decided(watching.spec, watching.state, watching.at)
    watching.shown("xxx")
    assert decided(watching.spec, watching.state, watching.at)
    watching.shown(".")
    assert not decided(watching.spec, watching.state, watching.at)


def test_of_two_at_once_the_higher_priority_counts() -> None:
    """And of equals the one that stands first in the file."""
    low, high = WatchSpec("low", priority=-1), WatchSpec("high", priority=10)
    one, other = WatchSpec("one"), WatchSpec("other")
    assert first_by_priority([low, one, high, other]) is high
    assert first_by_priority([low, one, other]) is one


@pytest.mark.parametrize(
    ("then", "ends"),
    [
        ("stop", True),
        ("restart", True),
        ("recover", True),
        ("pause", False),
        ("notify", False),
        ("send", False),
    ],
)
def test_which_verdicts_end_a_life(then: str, ends: bool) -> None:  # noqa: FBT001
    """These close the gate before anybody is told."""
    assert WatchSpec("death", then=then).ends_life is ends
