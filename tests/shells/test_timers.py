"""Do alarms ring once, in order, and only the newest of a name?"""

from tests.desktop import eventually
from traybot.core.events import TimerFired
from traybot.shells.timers import Timers


def rung(timers: Timers, count: int = 1) -> list[TimerFired]:
    """Collect until so many have rung."""
    got: list[TimerFired] = []

    def enough() -> bool:
        got.extend(timers.collect())
        return len(got) >= count

    eventually(enough, what="the alarm")
    return got


def test_none_is_set_at_first() -> None:
    """Without an alarm there is nothing to wake for."""
    timers = Timers()
    assert timers.seconds_left() is None
    assert timers.collect() == []


def test_an_alarm_rings_once_with_its_ticket() -> None:
    """It rings when its time has come and not before, and is gone then."""
    timers = Timers()
    timers.set("phase", 7, 0.05)
    left = timers.seconds_left()
    assert left is not None
    assert 0 < left <= 0.05
    assert timers.collect() == []
    (fired,) = rung(timers)
    assert (fired.timer, fired.ticket) == ("phase", 7)
    assert timers.seconds_left() is None
    assert timers.collect() == []


def test_a_new_alarm_replaces_the_old_of_its_name() -> None:
    """The old one never rings; others are not touched."""
    timers = Timers()
    timers.set("phase", 1, 0.0)
    timers.set("phase", 2, 3600.0)
    timers.set("hours", 3, 0.0)
    assert [(fired.timer, fired.ticket) for fired in rung(timers)] == [("hours", 3)]
    left = timers.seconds_left()
    assert left is not None
    assert 3500 < left <= 3600


def test_the_earliest_rings_first() -> None:
    """Of several that are due the order is that of their times."""
    timers = Timers()
    timers.set("late", 1, 0.02)
    timers.set("soon", 2, 0.01)
    timers.set("never", 3, 3600.0)
    left = timers.seconds_left()
    assert left is not None
    assert left <= 0.01
    assert [fired.timer for fired in rung(timers, 2)] == ["soon", "late"]


def test_what_is_overdue_is_due_now() -> None:
    """The wait for the next alarm is never negative."""
    timers = Timers()
    timers.set("phase", 1, -5.0)
    assert timers.seconds_left() == 0.0
    assert len(timers.collect()) == 1
