"""Does every source of sleep, lock and end keep the contract that `shells.session_watch` relies on?

logind and the bus are real D-Bus with a logind of our own; Windows and macOS run against stand-ins.
"""

import select
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.desktop import eventually
from tests.system.fake_logind import FakeLogind
from tests.system.fake_sessions import MacDesk, WindowsDesk
from tests.system.sleepers import private_bus
from traybot.system.base import SessionChange
from traybot.system.macos_session import MacSession
from traybot.system.session_bus import Logind
from traybot.system.windows_session import WindowsSession

SUSPEND, RESUME = SessionChange("suspend", begins=True), SessionChange("suspend", begins=False)
LOCK, UNLOCK = SessionChange("lock", begins=True), SessionChange("lock", begins=False)
END = SessionChange("end", begins=True)
SECONDS = 20.0


@dataclass
class Rig:
    """A source, and how its system speaks to it."""

    source: Any
    sleep: Callable[..., None]
    lock: Callable[..., None]
    #: None where the session's end is told by a signal.
    end: Callable[[], None] | None
    #: Whether the machine waits for us before it sleeps.
    waits: Callable[[], bool]


@contextmanager
def logind(*, locked: bool = False) -> Iterator[Rig]:
    """Logind on a bus of its own."""
    with (
        private_bus() as address,
        FakeLogind(address, locked=locked) as fake,
        closing(Logind(address)) as source,
    ):
        yield Rig(source, fake.sleep, fake.lock, fake.shut_down, lambda: fake.waits)


@contextmanager
def windows(*, locked: bool = False) -> Iterator[Rig]:
    """Windows' messages."""
    desk = WindowsDesk(locked=locked)
    with closing(WindowsSession(desk)) as source:
        yield Rig(source, desk.sleep, desk.lock, desk.end, lambda: bool(desk.waits))


@contextmanager
def macos(*, locked: bool = False) -> Iterator[Rig]:
    """MacOS's kernel and window server."""
    desk = MacDesk(locked=locked)
    with closing(MacSession(desk)) as source:
        yield Rig(source, desk.sleep, desk.lock, None, lambda: bool(desk.waits))


Way = Callable[..., AbstractContextManager[Rig]]
WAYS = [pytest.param(way, id=way.__name__) for way in (logind, windows, macos)]
every_way = pytest.mark.parametrize("way", WAYS)


def heard(source: Any, count: int) -> list[SessionChange]:  # noqa: ANN401  one of three
    """Wait at the descriptor for so many changes."""
    changes: list[SessionChange] = []
    while len(changes) < count:
        assert select.select([source.fileno()], [], [], SECONDS)[0], f"only {changes}"
        changes.extend(source.heard())
    return changes


@every_way
def test_each_change_is_told_once_and_in_order(way: Way) -> None:
    """However often and in whatever way the system says it."""
    with way() as rig:
        rig.source.let_sleep()
        rig.sleep(begins=True)
        rig.sleep(begins=False)
        rig.lock(begins=True)
        rig.lock(begins=False)
        assert heard(rig.source, 4) == [SUSPEND, RESUME, LOCK, UNLOCK]
        assert not rig.source.heard()


@every_way
def test_the_end_is_told(way: Way) -> None:
    """Where it is told to a source at all."""
    with way() as rig:
        if rig.end is None:
            pytest.skip("there the end is told by a signal")
        rig.end()
        assert heard(rig.source, 1) == [END]


@every_way
def test_who_begins_behind_a_lock_screen_knows_of_it(way: Way) -> None:
    """The state is asked, and its end is a change like any other."""
    with way(locked=True) as rig:
        assert rig.source.locked
        rig.lock(begins=False)
        assert heard(rig.source, 1) == [UNLOCK]
        assert not rig.source.locked


@every_way
def test_sleep_waits_until_it_is_let(way: Way) -> None:
    """Asked to wait, the machine waits; let go, twice even, it sleeps."""
    with way() as rig:
        rig.source.delay_sleep()
        rig.sleep(begins=True)
        assert heard(rig.source, 1) == [SUSPEND]
        assert rig.waits()
        rig.source.let_sleep()
        rig.source.let_sleep()
        eventually(lambda: not rig.waits(), what="the machine to go on")


@every_way
def test_it_is_closed_at_any_moment(way: Way) -> None:
    """Also twice, and while the machine waits for it."""
    with way() as rig:
        rig.source.delay_sleep()
        rig.sleep(begins=True)
        heard(rig.source, 1)
        rig.source.close()
        rig.source.close()
        eventually(lambda: not rig.waits(), what="the machine to go on")
