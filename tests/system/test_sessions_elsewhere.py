"""Is what Windows and macOS tell of the session understood? Stand-ins speak for both here."""

import queue
import select
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

from tests.system.fake_sessions import MacDesk, WindowsDesk
from traybot.core import events as e
from traybot.errors import BackendUnavailable
from traybot.shells.session_watch import SessionWatch
from traybot.system import macos_session as mac
from traybot.system import session_aside
from traybot.system import windows_session as win
from traybot.system.base import SessionChange
from traybot.system.macos_session import MacSession
from traybot.system.windows_session import WindowsSession

pytestmark = pytest.mark.anywhere

SECONDS = 20.0
LOCK, UNLOCK = SessionChange("lock", begins=True), SessionChange("lock", begins=False)
MAKERS = [
    pytest.param(WindowsDesk, WindowsSession, id="windows"),
    pytest.param(MacDesk, MacSession, id="macos"),
]


@pytest.fixture
def desk() -> WindowsDesk:
    """A Windows."""
    return WindowsDesk()


@pytest.fixture
def source(desk: WindowsDesk) -> Iterator[WindowsSession]:
    """What is under test."""
    with closing(WindowsSession(desk)) as source:
        yield source


def next_changes(source: Any) -> list[SessionChange]:  # noqa: ANN401  one of two
    """Wait for what is told next."""
    assert select.select([source.fileno()], [], [], SECONDS)[0]
    changes: list[SessionChange] = source.heard()
    return changes


def all_changes(source: Any) -> list[SessionChange]:  # noqa: ANN401  one of two
    """Wait for what is told until nobody tells any more."""
    changes: list[SessionChange] = []
    with suppress(BackendUnavailable):
        while True:
            changes += next_changes(source)
    return changes


def test_the_end_of_the_session_is_granted_and_waits_for_us(
    desk: WindowsDesk, source: WindowsSession
) -> None:
    """The question is answered yes at once; Windows goes on when we have left."""
    assert desk.message(win.QUERY_END, 0).result(SECONDS) == 1
    ending = desk.message(win.END, 1)
    assert next_changes(source) == [SessionChange("end", begins=True)]
    assert not ending.done()
    source.close()
    assert ending.result(SECONDS) == 0


def test_an_end_that_somebody_refused_is_none(desk: WindowsDesk, source: WindowsSession) -> None:
    """Windows takes it back with the same message; what else comes is Windows' own to answer."""
    assert desk.message(win.END, 0).result(SECONDS) is None
    assert desk.message(0x0400, 1).result(SECONDS) is None
    assert not source.heard()


def test_a_screen_that_is_taken_away_is_as_good_as_locked(
    desk: WindowsDesk, source: WindowsSession
) -> None:
    """By another user or a remote screen's end; until it is given back and nothing is locked."""
    for event in (0x2, win.LOCK, 0x1, win.UNLOCK):
        desk.message(win.SESSION, event).result(SECONDS)
    assert source.heard() == [LOCK, UNLOCK]
    for event in (0x4, win.UNLOCK):
        desk.message(win.SESSION, event).result(SECONDS)
    assert source.heard() == [LOCK, UNLOCK]


@pytest.mark.parametrize(
    ("make_desk", "make", "sleeping"),
    [
        pytest.param(WindowsDesk, WindowsSession, (win.POWER, win.SUSPEND), id="windows"),
        pytest.param(MacDesk, MacSession, (mac.WILL_SLEEP,), id="macos"),
    ],
)
def test_the_machine_waits_no_longer_than_it_would_bear(
    make_desk: Callable[[], Any],
    make: Callable[[Any], Any],
    sleeping: tuple[int, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever the engine does, the answer is given."""
    monkeypatch.setattr(session_aside, "HOLD_SECONDS", 0.05)
    desk = make_desk()
    with closing(make(desk)) as source:
        source.delay_sleep()
        assert desk.message(*sleeping).result(SECONDS)


def test_the_kernel_is_answered_where_it_asks() -> None:
    """Idle sleep is granted, sleep too; who has woken up needs no answer."""
    desk = MacDesk()
    with closing(MacSession(desk)) as source:
        source.let_sleep()
        answers = [
            desk.message(number).result(SECONDS)
            for number in (mac.CAN_SLEEP, mac.WILL_SLEEP, mac.HAS_POWERED_ON)
        ]
        assert answers == [True, True, False]


@pytest.mark.parametrize(("make_desk", "make"), MAKERS)
def test_a_refusal_is_told_with_its_reason(
    make_desk: Callable[..., Any], make: Callable[[Any], Any]
) -> None:
    """The status says it, and it is tried again later."""
    with pytest.raises(BackendUnavailable, match="error 1702"):
        make(make_desk(fault="error 1702"))


@pytest.mark.parametrize(("make_desk", "make"), MAKERS)
def test_a_listener_that_ends_by_itself_is_told(
    make_desk: Callable[[], Any], make: Callable[[Any], Any]
) -> None:
    """After what it told before; so that another one is made."""
    desk = make_desk()
    with closing(make(desk)) as source:
        desk.lock(begins=True)
        desk.leave()
        assert all_changes(source) == [LOCK]


def test_the_engine_hears_and_the_machine_waits_for_it(desk: WindowsDesk) -> None:
    """From Windows' message to the event, and from the bot's hands being off to Windows' sleep."""
    events: queue.SimpleQueue[e.Event] = queue.SimpleQueue()
    watch = SessionWatch(events.put, lambda: True, {"Windows": lambda: WindowsSession(desk)})
    watch.start()
    try:
        desk.message(win.SESSION, win.LOCK)
        assert isinstance(away := events.get(timeout=SECONDS), e.SessionAway)
        assert away.why == "lock"
        asleep = desk.message(win.POWER, win.SUSPEND)
        assert isinstance(away := events.get(timeout=SECONDS), e.SessionAway)
        assert away.why == "suspend"
        assert watch.health() == "Windows"
        watch.show(may_sleep=True)
        assert asleep.result(SECONDS) == 1
        desk.message(win.POWER, win.RESUME)
        desk.message(win.SESSION, win.UNLOCK)
        backs = [events.get(timeout=SECONDS) for _ in range(2)]
        assert [(type(back), getattr(back, "why", "")) for back in backs] == [
            (e.SessionBack, "suspend"),
            (e.SessionBack, "lock"),
        ]
    finally:
        watch.stop()
