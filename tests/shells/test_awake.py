"""Is the machine held awake exactly while a bot is at work, and does nobody wait for that?"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.desktop import eventually
from traybot.core.phases import AT_WORK, Phase
from traybot.errors import BackendUnavailable
from traybot.shells import awake
from traybot.shells.awake import HELD, NOT_HELD, AwakeKeeper


class FakeAwake:
    """Keeps a diary, and can refuse or be slow."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.threads: set[str] = set()
        self.fault: Exception | None = None
        self.free = threading.Event()
        self.free.set()

    def hold(self, reason: str) -> None:
        """Hold once it is free to, or refuse."""
        self.threads.add(threading.current_thread().name)
        self.calls.append("hold")
        self.free.wait(20.0)
        if self.fault:
            raise self.fault

    def release(self) -> None:
        """Let go."""
        self.threads.add(threading.current_thread().name)
        self.calls.append("release")


@contextmanager
def kept(fake: FakeAwake, wanted: Callable[[], bool] = lambda: True) -> Iterator[AwakeKeeper]:
    """Run a keeper for the length of a `with` block."""
    keeper = AwakeKeeper(lambda: fake, wanted)
    try:
        yield keeper
    finally:
        fake.free.set()
        keeper.stop(10.0)


def reach(keeper: AwakeKeeper, state: str) -> None:
    """Wait for a state."""
    eventually(lambda: keeper.state == state, 10.0, f'the state "{state}"')


def test_a_bot_at_work_is_one_that_plays_on_by_itself() -> None:
    """Paused, stopping and resting bots let the machine sleep."""
    resting = {Phase.IDLE, Phase.FAILED, Phase.PAUSING, Phase.PAUSED, Phase.STOPPING}
    resting.add(Phase.NEEDS_HUMAN)
    assert set(Phase) - AT_WORK == resting


def test_it_is_held_while_a_bot_plays() -> None:
    """From the start to the pause, again after it, and no longer than to the end."""
    fake = FakeAwake()
    with kept(fake) as keeper:
        assert keeper.state == NOT_HELD
        for phase, state in [
            (Phase.STARTING, HELD),
            (Phase.RUNNING, HELD),
            (Phase.PAUSED, NOT_HELD),
            (Phase.RUNNING, HELD),
            (Phase.DEAD, HELD),
            (Phase.IDLE, NOT_HELD),
        ]:
            keeper.show(phase)
            reach(keeper, state)
    assert fake.calls[-1] == "release"
    assert fake.threads == {"awake"}


def test_the_end_lets_go() -> None:
    """Whatever the bot is doing, the machine may sleep when the keeper stops."""
    fake = FakeAwake()
    with kept(fake) as keeper:
        keeper.show(Phase.RUNNING)
        reach(keeper, HELD)
    assert fake.calls[-1] == "release"
    assert keeper.state == NOT_HELD


def test_who_does_not_want_it_is_not_held() -> None:
    """The setting counts, as it is at the moment; nobody is asked for anything before."""
    fake, wish = FakeAwake(), threading.Event()
    with kept(fake, wish.is_set) as keeper:
        keeper.show(Phase.RUNNING)
        keeper.show(Phase.DEAD)
        wish.set()
        keeper.show(Phase.RUNNING)
        reach(keeper, HELD)
        wish.clear()
        keeper.show(Phase.DEAD)
        reach(keeper, NOT_HELD)


def test_nobody_waits_for_a_service_that_hangs() -> None:
    """A thousand phases are told at once while it hangs, and only the last is acted upon."""
    fake = FakeAwake()
    fake.free.clear()
    with kept(fake) as keeper:
        keeper.show(Phase.RUNNING)
        eventually(lambda: fake.calls, 10.0, "the question")
        for _ in range(1000):
            keeper.show(Phase.DEAD)
            keeper.show(Phase.RUNNING)
        keeper.show(Phase.IDLE)
        keeper.stop(0.0)
        assert fake.calls == ["hold"]
    assert fake.calls == ["hold", "release"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (BackendUnavailable("no bus", "switch sleep off"), "unavailable: no bus (switch sleep"),
        (OSError("odd"), "unavailable: OSError('odd')"),
    ],
)
def test_what_cannot_be_had_is_said(fault: Exception, words: str) -> None:
    """The state tells why while it is wanted; a bot that rests needs nothing."""
    fake = FakeAwake()
    fake.fault = fault
    with kept(fake) as keeper:
        keeper.show(Phase.RUNNING)
        eventually(lambda: keeper.state.startswith(words), 10.0, words)
        keeper.show(Phase.IDLE)
        reach(keeper, NOT_HELD)


def test_a_system_without_a_way_is_said() -> None:
    """That there is nothing to choose from ends no thread."""

    def nothing() -> FakeAwake:
        raise BackendUnavailable("cannot keep the machine awake on plan9", "")

    keeper = AwakeKeeper(nothing, lambda: True)
    keeper.show(Phase.RUNNING)
    reach(keeper, "unavailable: cannot keep the machine awake on plan9")
    keeper.show(Phase.IDLE)
    reach(keeper, NOT_HELD)
    keeper.stop(10.0)


def test_a_wish_is_looked_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that refused, or was not up yet, is tried again though nothing else happens."""
    monkeypatch.setattr(awake, "LOOK_AGAIN_SECONDS", 0.01)
    fake = FakeAwake()
    fake.fault = BackendUnavailable("not up yet")
    with kept(fake) as keeper:
        keeper.show(Phase.RUNNING)
        reach(keeper, "unavailable: not up yet")
        fake.fault = None
        reach(keeper, HELD)
        keeper.show(Phase.IDLE)
        reach(keeper, NOT_HELD)
        calls = len(fake.calls)
    # Only the end came after that: who rests is not looked after.
    assert fake.calls[calls:] == ["release"]


def test_changed_settings_take_hold_at_once() -> None:
    """Told to look again it does, at the phase that was told last, in either direction."""
    fake, wish = FakeAwake(), threading.Event()
    with kept(fake, wish.is_set) as keeper:
        keeper.show(Phase.RUNNING)
        wish.set()
        keeper.look_again()
        reach(keeper, HELD)
        wish.clear()
        keeper.look_again()
        reach(keeper, NOT_HELD)
        wish.set()
        keeper.show(Phase.IDLE)
        keeper.look_again()
    assert keeper.state == NOT_HELD
