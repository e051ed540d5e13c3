"""Where does a story begin? Worlds that have come to each phase."""

from collections.abc import Callable

from tests.core.bots import REVIVING
from tests.core.world import PLAYER, World
from traybot.core import events as e
from traybot.core.botfile import BotPlan
from traybot.core.exits import Ending
from traybot.core.phases import Phase


def playing(plan: BotPlan | None = None) -> World:
    """A bot plays."""
    world = World(plan)
    world.ask(e.StartRequested)
    world.settle()
    return world


def starting() -> World:
    """A bot was read, and its children are not ready yet."""
    world = World()
    world.ask(e.StartRequested)
    world.loaded()
    return world


def pausing(plan: BotPlan | None = None) -> World:
    """The user wants a pause, and the routine moves still."""
    world = playing(plan)
    world.ask(e.PauseRequested)
    return world


def paused(plan: BotPlan | None = None) -> World:
    """The user has paused."""
    world = pausing(plan)
    world.settle()
    return world


def frozen() -> World:
    """The user has paused a routine that made no call."""
    world = pausing()
    world.fires()
    world.settle()
    return world


def looking() -> World:
    """The user wants to play on, and the deathwatch looks first."""
    world = paused()
    assert world.ask(e.ResumeRequested) == ["Judge 1", "SetTimer phase 3"]
    return world


def dying() -> World:
    """A death was seen, and the routine is not gone yet."""
    world = playing(REVIVING)
    world.sees("recover")
    return world


def reviving() -> World:
    """A death was seen, and the recovery is at work."""
    world = dying()
    world.settle()
    assert world.processes[PLAYER].name == "recovery"
    return world


def judging() -> World:
    """The recovery is done, and the deathwatch looks whether it helped."""
    world = reviving()
    world.exits(ending=Ending.DONE)
    return world


def waiting() -> World:
    """The routine has crashed and is to start again a little later."""
    world = playing()
    world.exits()
    world.settle()
    return world


def stopping() -> World:
    """A stop was asked for, and not everything is gone yet."""
    world = playing()
    world.ask(e.StopRequested)
    return world


def leaving() -> World:
    """A restart was asked for, and the routine takes its leave."""
    world = playing()
    world.ask(e.RestartRequested)
    return world


def failed() -> World:
    """The bot was given up."""
    world = playing()
    world.exits(ending=Ending.INVALID)
    world.settle()
    return world


#: Every place a story may have come to, and its phase.
CHAPTERS: dict[Callable[[], World], Phase] = {
    World: Phase.IDLE,
    starting: Phase.STARTING,
    playing: Phase.RUNNING,
    pausing: Phase.PAUSING,
    paused: Phase.PAUSED,
    frozen: Phase.PAUSED,
    looking: Phase.PAUSED,
    dying: Phase.DEAD,
    reviving: Phase.RECOVERING,
    judging: Phase.RECOVERING,
    waiting: Phase.BACKOFF,
    stopping: Phase.STOPPING,
    leaving: Phase.STOPPING,
    failed: Phase.FAILED,
}
