"""Is what desktops tell of sleep, lock and end understood, and nobody else believed?"""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.desktop import eventually
from tests.system.fake_logind import FakeLogind
from tests.system.sleepers import NOBODY, private_bus
from traybot.errors import BackendUnavailable
from traybot.system.base import SessionChange
from traybot.system.session_bus import SAVERS, Logind, Savers


@pytest.fixture
def bus() -> Iterator[str]:
    """A bus of this test's own."""
    with private_bus() as address:
        yield address


def heard(source: Logind | Savers, count: int) -> list[SessionChange]:
    """Wait for so many changes."""
    changes: list[SessionChange] = []

    def enough() -> bool:
        changes.extend(source.heard())
        return len(changes) >= count

    eventually(enough, what="a change")
    return changes


def test_sleep_lock_and_shutdown_are_heard(bus: str) -> None:
    """Each signal of logind's is one change, in order; a lock that is told twice is one."""
    with FakeLogind(bus) as fake, closing(Logind(bus)) as logind:
        fake.sleep(begins=True)
        fake.sleep(begins=False)
        fake.lock(begins=True)
        fake.hint(locked=True)
        fake.hint(locked=False)
        fake.shut_down()
        assert heard(logind, 5) == [
            SessionChange("suspend", begins=True),
            SessionChange("suspend", begins=False),
            SessionChange("lock", begins=True),
            SessionChange("lock", begins=False),
            SessionChange("end", begins=True),
        ]


def test_another_session_and_another_sender_do_not_count(bus: str) -> None:
    """Somebody else's locked screen is not ours, and only who owns logind's name is logind."""
    with (
        FakeLogind(bus) as fake,
        FakeLogind(bus, name=False) as impostor,
        closing(Logind(bus)) as logind,
    ):
        impostor.shut_down()
        impostor.lock(begins=True)
        fake.lock(begins=True, path="/org/freedesktop/login1/session/c2")
        fake.sleep(begins=True)
        assert heard(logind, 1) == [SessionChange("suspend", begins=True)]


def test_a_session_that_is_locked_already_is_known(bus: str) -> None:
    """Who starts behind a lock screen knows of it."""
    with FakeLogind(bus, locked=True), closing(Logind(bus)) as logind:
        assert logind.locked


def test_sleep_is_held_off_until_it_is_let(bus: str) -> None:
    """The delay is logind's own lock: it is there from asking on and gone when closed."""
    with FakeLogind(bus) as fake, closing(Logind(bus)) as logind:
        logind.delay_sleep()
        assert [words[0::3] for words in fake.asked] == [("sleep", "delay")]
        eventually(lambda: fake.waits, what="the delay")
        logind.let_sleep()
        logind.let_sleep()
        eventually(lambda: not fake.waits, what="the end of the delay")


@pytest.mark.parametrize("name", SAVERS)
def test_a_screen_saver_is_heard(bus: str, name: str) -> None:
    """Whichever desktop it belongs to; two at once are one lock, until both are gone."""
    other = next(one for one in SAVERS if one != name)
    with FakeLogind(bus) as fake, closing(Savers(bus)) as savers:
        fake.saver(name, active=True)
        fake.saver(other, active=True)
        fake.saver(name, active=False)
        fake.saver(other, active=False)
        assert heard(savers, 2) == [
            SessionChange("lock", begins=True),
            SessionChange("lock", begins=False),
        ]


def test_without_a_bus_or_logind_the_reason_is_told(bus: str) -> None:
    """No bus, or a bus without logind: each says so."""
    with pytest.raises(BackendUnavailable, match="the bus does not answer"):
        Logind(NOBODY)
    with pytest.raises(BackendUnavailable, match="there is no logind"):
        Logind(bus)


def test_a_bus_that_ends_is_told() -> None:
    """The watcher must know, for it looks for the bus again."""
    with private_bus() as address, FakeLogind(address):
        logind, savers = Logind(address), Savers(address)
    for source in (logind, savers):
        with closing(source), pytest.raises(BackendUnavailable):
            eventually(source.heard, what="the loss")
