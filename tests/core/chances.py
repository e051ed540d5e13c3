"""What can happen next? Every chance that a world has at this moment, by the word for it."""

from collections.abc import Callable
from functools import partial

from tests.core.world import PLAYER, WATCHER, World
from traybot.core import events as e
from traybot.core.exits import Ending
from traybot.core.health import Trouble
from traybot.core.phases import Phase
from traybot.core.state import RECOVERY
from traybot.core.watchfile import THENS

#: One thing that can happen: what a person would call it, and how it comes about.
Chance = tuple[str, Callable[[], object]]

_WISHES: tuple[tuple[str, type[e.Request]], ...] = (
    ("start", e.StartRequested),
    ("pause", e.PauseRequested),
    ("resume", e.ResumeRequested),
    ("toggle", e.ToggleRequested),
)
_ENDS: tuple[tuple[str, type[e.Request]], ...] = (
    ("stop", e.StopRequested),
    ("panic", e.PanicRequested),
    ("restart", e.RestartRequested),
    ("quit", e.QuitRequested),
)
_ENDINGS = {
    Ending.DONE: "finished",
    Ending.LEFT: "finished",
    Ending.CRASHED: "crash",
    Ending.ENVIRONMENT: "crash",
    Ending.KILLED: "crash",
    Ending.INVALID: "invalid",
}


def wishes(world: World) -> list[Chance]:
    """What a person may want at any time."""
    return [(word, partial(world.ask, request)) for word, request in _WISHES]


def ends(world: World) -> list[Chance]:
    """By which wishes a person ends something."""
    return [(word, partial(world.ask, request)) for word, request in _ENDS]


def answers(world: World) -> list[Chance]:
    """What the world owes: each needs somebody who is there."""
    found: list[Chance] = []
    if world.loads:
        found.append(("loaded", world.loaded))
    if world.hands_asked:
        found.append(("let go", world.lets_go))
        found.append(("late", world.is_late))
    if world.judging is not None and world.processes[WATCHER].ready:
        found.append(("judged", world.judged))
        found.append(("still holds", partial(world.judged, "death")))
    if world.verdicts:
        found.append(("told", world.speaks_out))
    return found + _owed_by_children(world)


def _owed_by_children(world: World) -> list[Chance]:
    found: list[Chance] = []
    for place, process in world.processes.items():
        if not process.ready:
            found.append((f"{place} ready", partial(world.ready, place)))
        if process.killed or process.asked:
            found.append((f"{place} gone", partial(world.exits, place, Ending.KILLED)))
    if PLAYER in world.processes and world.state.phase is Phase.PAUSING:
        found.append(("parked", world.parks))
    return found


def everybody(world: World) -> list[Chance]:
    """All that is owed, at once."""
    return [("everybody answers", world.settle)]


def sights(world: World) -> list[Chance]:
    """What the deathwatch may conclude."""
    if not world.watched or WATCHER not in world.processes:
        return []
    return [(f"verdict {then}", partial(world.concludes, then)) for then in THENS]


def ends_by_itself(world: World) -> list[Chance]:
    """How a life ends, whoever wants it; a recovery mostly well."""
    recovers = PLAYER in world.processes and world.processes[PLAYER].name == RECOVERY
    found: list[Chance] = [
        (f"{place} {_ENDINGS[ending]}", partial(world.exits, place, ending))
        for place in world.processes
        for ending in Ending
    ]
    return found + [("player finished", partial(world.exits, PLAYER, Ending.DONE))] * 6 * recovers


def timers(world: World) -> list[Chance]:
    """Whose time may come."""
    return [(f"{name} timer", partial(world.fires, name)) for name in sorted(world.timers)]


def oddities(world: World) -> list[Chance]:
    """What is seldom, late, or of no weight."""
    found: list[Chance] = []
    if WATCHER in world.processes and world.processes[WATCHER].ready:
        found.append(("deathwatch hangs", world.hangs))
        if world.watched:
            found.append(("deathwatch dies silent", partial(world.dies_silent, 0)))
    found += [
        ("program ended", lambda: world.hear(e.ProgramExited(world.now, 1))),
        ("echo of hands", world.lets_go),
        *_session(world),
        *_pictures(world),
        ("takeover", lambda: world.hear(e.UserTookOver(world.now))),
        ("a minute", partial(world.later, 61.0)),
        ("choose", partial(world.ask, e.BotChosen, bot="xjump")),
        ("start the other", partial(world.ask, e.StartRequested, bot="xjump")),
        ("start nobody", partial(world.ask, e.StartRequested, bot="nobody")),
        ("bots found", partial(_find_bots, world)),
    ]
    if world.loads:
        found.append(("refused", world.refused))
    if PLAYER in world.processes:
        found.append(("late parked", world.parks))
    if world.spent:
        found.append(("echo of a timer", partial(world.hear, world.spent[-1])))
    return found


def _session(world: World) -> list[Chance]:
    """The screen gets locked and unlocked, the machine sleeps and wakes."""
    return [
        (f"{word} {why}", partial(world.session, kind, why))
        for word, kind in (
            ("away", e.SessionAway),
            ("back", e.SessionBack),
            ("back", e.SessionBack),
        )
        for why in ("lock", "suspend")
    ]


def _pictures(world: World) -> list[Chance]:
    """What the watches see is no good for a while, or for good; also of a life that is gone."""
    life = world.state.life
    return [
        (f"picture {trouble.value}", partial(world.sight, trouble, at))
        for trouble in (Trouble.BLACK, Trouble.GONE, Trouble.NONE, Trouble.LOST)
        for at in (life, life - 1)
    ]


def _find_bots(world: World) -> None:
    """The folder of the bot that plays vanishes, or comes back."""
    known = {name for name, _ in world.state.bots}
    kept = tuple((name, "") for name in world.plans if name != "koules" or name not in known)
    world.hear(e.BotsFound(world.now, kept))
