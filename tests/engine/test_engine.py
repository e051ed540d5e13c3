"""Is what the core decides carried out, in order, by one thread that always comes to its end?"""

import inspect
import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.desktop import eventually
from tests.engine.fakes import FakeWorld
from traybot.core import commands as c
from traybot.core import events as e
from traybot.core import policy
from traybot.core.exits import Ending, Exit
from traybot.core.phases import Phase
from traybot.shells.memory import GO, HOLD

FOUND = e.BotsFound(0.0, (("koules", ""),))
START = e.StartRequested(1.0, 7, "test", "koules")


@pytest.fixture
def world() -> Iterator[FakeWorld]:
    """An engine that has not begun; ended afterwards if it has not come to its end."""
    world = FakeWorld()
    yield world
    if "begin" in world.threads and not world.engine.wait(0):
        world.mailbox.post(e.QuitRequested(9.0))
        # What comes by the mailbox and what comes by a pipe have no order among them.
        eventually(lambda: world.engine.state.leaving, 10.0, "the wish to quit")
        world.lives.put(exited("routine"), exited("deathwatch"))
        world.hands.put(e.HandsLetGo(9.0))
        assert world.engine.wait(10.0), world.diary
    world.close()


def exited(child: str, life: int = 1, ending: Ending = Ending.KILLED) -> e.ChildExited:
    """A life's end."""
    return e.ChildExited(9.0, child, life, Exit(ending, "so"))


def until(world: FakeWorld, phase: Phase) -> None:
    """Wait until the engine is in a phase."""
    eventually(lambda: world.engine.state.phase is phase, 10.0, f"{phase}: {world.diary}")


def run(world: FakeWorld) -> None:
    """Begin, and start a bot whose children are ready at once."""
    world.engine.start()
    world.mailbox.post(FOUND)
    world.mailbox.post(START)
    # The bot is read aside: who is not started yet cannot be ready.
    eventually(lambda: world.engine.state.watcher is not None, 10.0, "the lives")
    world.lives.put(e.ChildReady(2.0, "routine", 1), e.ChildReady(2.0, "deathwatch", 1))
    until(world, Phase.RUNNING)
    eventually(lambda: world.diary[-1] == "report running", what="the report")


def follow_each_other(diary: list[str], *words: str) -> bool:
    """Whether these lines stand in the diary in this order, whatever stands between."""
    places = [diary.index(word) for word in words]
    return all(first < second for first, second in pairwise(places))


def test_every_command_is_carried_out_by_somebody(world: FakeWorld) -> None:
    """A command that is new in the core cannot be forgotten here."""
    known = {
        kind
        for _, kind in inspect.getmembers(c, inspect.isclass)
        if issubclass(kind, c.Command) and kind is not c.Command
    }
    assert set(world.engine._acts) == known  # noqa: SLF001  the table itself is what is tested


def test_a_start_goes_through_in_order(world: FakeWorld) -> None:
    """The bot is read, its lives start behind a closed gate, which opens when all is ready."""
    run(world)
    assert world.diary == [
        "begin",
        "begin run",
        "load koules",
        "start routine 1",
        "start deathwatch 1",
        "report starting",
        "tell deathwatch watch 1",
        "report running",
    ]
    assert world.watchers.replies == [(7, 0)]
    assert world.memory.allowed.value == 1
    assert world.memory.pause.value == GO
    assert world.memory.phase is Phase.RUNNING


def test_a_stop_is_gate_then_hands_then_kill(world: FakeWorld) -> None:
    """When hands is told to let go the gate is closed already, and the kill comes after that."""
    run(world)
    world.mailbox.post(e.StopRequested(3.0, 8, "test"))
    until(world, Phase.STOPPING)
    world.lives.put(exited("routine"), exited("deathwatch"))
    until(world, Phase.IDLE)
    assert follow_each_other(world.diary, "let go, gate 0", "kill routine 1", "report gone")
    assert "let go, gate 1" not in world.diary
    eventually(lambda: (8, 0) in world.watchers.replies, what="the reply")


def test_a_slow_hands_is_waited_for(world: FakeWorld) -> None:
    """A stop is complete when nothing is held any more, not before."""
    run(world)
    world.hands.slow = True
    world.mailbox.post(e.StopRequested(3.0, 8, "test"))
    world.lives.put(exited("routine"), exited("deathwatch"))
    eventually(lambda: "report gone" in world.diary, what="the end of the lives")
    assert world.engine.state.phase is Phase.STOPPING
    world.hands.put(e.HandsLetGo(4.0, 2))
    until(world, Phase.IDLE)


def test_a_pause_closes_the_gate_and_asks_the_life(world: FakeWorld) -> None:
    """What the life and hands read in the shared memory is what the engine last decided."""
    run(world)
    world.mailbox.post(e.PauseRequested(3.0, 8, "test"))
    until(world, Phase.PAUSING)
    assert (world.memory.allowed.value, world.memory.pause.value) == (0, HOLD)
    world.lives.put(e.ChildParked(4.0, "routine", 1))
    until(world, Phase.PAUSED)
    assert world.memory.phase is Phase.PAUSED


def test_an_alarm_wakes_the_engine(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A life that does not get ready is ended though nothing else happens."""
    monkeypatch.setattr(policy, "START_SECONDS", 0.05)
    world.engine.start()
    world.mailbox.post(FOUND)
    world.mailbox.post(START)
    eventually(lambda: "kill routine 1" in world.diary, 10.0, "the alarm")


def test_a_bot_with_a_mistake_is_refused(world: FakeWorld) -> None:
    """What the shelf says is the answer, and nothing starts."""
    world.engine.start()
    world.mailbox.post(e.BotsFound(0.0, (("wrong", "it is"),)))
    world.mailbox.post(e.StartRequested(1.0, 7, "test", "wrong"))
    eventually(lambda: world.watchers.replies == [(7, 5)], what="the refusal")
    assert not any(line.startswith("start") for line in world.diary)


def test_it_ends_when_everything_is_gone(world: FakeWorld) -> None:
    """A quit ends the lives first; then `end` runs once, last, on the engine's own thread."""
    run(world)
    assert not world.engine.wait(0)
    world.mailbox.post(e.QuitRequested(3.0, 8, "test"))
    until(world, Phase.STOPPING)
    world.lives.put(exited("routine"), exited("deathwatch"))
    assert world.engine.wait(10.0)
    assert world.engine.wait()
    assert world.threads == {"begin": "engine", "end": "engine"}
    assert world.diary.count("end") == 1
    assert world.diary[-1] == "end"
    assert world.engine.crashed is None
    assert (8, 0) in world.watchers.replies


@pytest.mark.parametrize(
    ("port", "words"),
    [
        ("lives", "begin"),
        ("lives", "start routine"),
        ("lives", "start deathwatch"),
        ("lives", "waitables"),
        ("hands", "waitables"),
        ("other", "waitables"),
    ],
)
def test_a_port_that_fails_ends_it_in_order(world: FakeWorld, port: str, words: str) -> None:
    """A fault that nobody expected is kept, told in the log, and still leads to `end`."""
    fault = RuntimeError("a fault of ours")
    getattr(world, port).faults[words] = fault
    world.engine.start()
    world.mailbox.post(FOUND)
    world.mailbox.post(START)
    assert world.engine.wait(10.0)
    assert world.engine.crashed is fault
    assert world.diary[-1] == "end"
    assert world.diary.count("end") == 1


def test_a_failing_engine_takes_no_more_orders(world: FakeWorld) -> None:
    """After the fault nothing is carried out any more; posting goes nowhere and raises nothing."""
    run(world)
    world.hands.faults["let go"] = RuntimeError("a fault of ours")
    world.mailbox.post(e.StopRequested(3.0, 8, "test"))
    assert world.engine.wait(10.0)
    assert "kill routine 1" not in world.diary, "that is the end's business"
    world.mailbox.post(e.StopRequested(4.0, 9, "test"))


def test_people_hear_of_it_after_it_is_done(world: FakeWorld) -> None:
    """Telling takes time: of one step's commands those that act come first."""
    run(world)
    begun = world.diary.index("report starting")
    assert begun > world.diary.index("start deathwatch 1")


def test_a_state_is_shown_once_and_only_when_it_changed(world: FakeWorld) -> None:
    """Nothing is shown for an event that changes nothing."""
    run(world)
    world.mailbox.wake()
    world.lives.put(e.ChildReady(3.0, "routine", 99))
    world.other.put(e.TimerFired(3.0, "phase", -1))
    world.mailbox.post(e.PauseRequested(4.0))
    until(world, Phase.PAUSING)
    eventually(lambda: world.watchers.shown[-1] == world.engine.state, what="the last state")
    assert all(first != second for first, second in pairwise(world.watchers.shown))


def test_what_comes_from_many_threads_is_handled_one_by_one(world: FakeWorld) -> None:
    """A storm of requests is answered to the last, each once."""
    run(world)

    def post(first: int) -> None:
        for ticket in range(first, first + 50):
            world.mailbox.post(e.StartRequested(3.0, ticket, "test", "koules"))

    threads = [threading.Thread(target=post, args=(100 * n,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wanted = {ticket for n in range(1, 9) for ticket in range(100 * n, 100 * n + 50)}
    eventually(lambda: len(world.watchers.replies) > len(wanted), 10.0, "all replies")
    tickets = [ticket for ticket, _ in world.watchers.replies]
    assert sorted(tickets) == sorted({7, *wanted})
