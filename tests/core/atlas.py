"""Which way leads from which phase to which? Found by going every way there is."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from operator import attrgetter

from tests.core.bots import make_plan
from traybot.core import commands as c
from traybot.core import events as e
from traybot.core.botfile import BotPlan
from traybot.core.exits import Ending, Exit
from traybot.core.health import Trouble
from traybot.core.phases import Phase
from traybot.core.recoveryfile import Rung
from traybot.core.state import DEATHWATCH, ROUTINE, Child, State
from traybot.core.step import step
from traybot.core.verdicts import Verdict

#: From phase, to phase, and the word for what happened.
Arrow = tuple[Phase, Phase, str]

NOW = 1000.0
#: Time stands still on these walks, so one restart within the window must be the last one allowed.
RESTARTS = 1
PLANS = (
    make_plan(),
    make_plan(recovery="routine:revive"),
    make_plan(recovery="routine:revive", restart="never"),
    make_plan(recovery="routine:revive", restart="always"),
    make_plan(recovery="routine:revive", max_deaths=1),
    make_plan(recovery=(Rung(keys=("enter",)), Rung(needs_human="log in"))),
    make_plan(recovery=(Rung(keys=("enter",)), Rung(program=True))),
    make_plan(recovery=(Rung(needs_human="log in"),)),
)
_WISHES: tuple[tuple[str, e.Event], ...] = (
    ("start", e.StartRequested(NOW)),
    ("pause", e.PauseRequested(NOW)),
    ("resume", e.ResumeRequested(NOW)),
    ("stop", e.StopRequested(NOW)),
    ("restart", e.RestartRequested(NOW)),
    ("quit", e.QuitRequested(NOW)),
    ("takeover", e.UserTookOver(NOW)),
    ("quit", e.SessionEnding(NOW)),
)
#: They double the ways there are, so they are gone with these plans alone.
_WITH_SESSION = (PLANS[1], PLANS[5], PLANS[7])
#: Likewise what is seen, with this one.
_WITH_SIGHT = PLANS[0]
_SESSION: tuple[tuple[str, e.Event], ...] = (
    ("away", e.SessionAway(NOW)),
    ("back", e.SessionBack(NOW)),
)


@dataclass(frozen=True)
class Place:
    """A state, and whether its timer runs."""

    state: State
    timer: bool = False


def find_arrows() -> set[Arrow]:
    """Walk all ways of all plans; the world answers what it is asked, and each answer is a way."""
    return {arrow for plan in PLANS for arrow in _walk(plan)}


def _walk(plan: BotPlan) -> set[Arrow]:
    start = Place(State(bots=((plan.name, ""),), bot=plan.name))
    arrows: set[Arrow] = set()
    seen, waiting = {_landmark(start)}, [start]
    while waiting:
        place = waiting.pop()
        session = _SESSION if plan in _WITH_SESSION else ()
        sight = _sight(place.state) if plan is _WITH_SIGHT else ()
        for word, event in (*_ways(place), *session, *sight):
            for found, after in _go(place, word, event, plan):
                arrows |= found
                if not after.state.gone and _landmark(after) not in seen:
                    seen.add(_landmark(after))
                    waiting.append(after)
    return arrows


def _go(
    place: Place, word: str, event: e.Event, plan: BotPlan
) -> Iterator[tuple[set[Arrow], Place]]:
    """Take one way, and those that open at once: hands lets go, the bot is read or refused."""
    before = place.state
    state, commands = step(before, event)
    timed = any(isinstance(x, c.SetTimer) and x.timer == "phase" for x in commands)
    timer = timed or (place.timer and state.ticket == before.ticket)
    after, arrows = Place(state, timer), set[Arrow]()
    if state.phase is not before.phase:
        last = before.phase is Phase.STOPPING
        arrows.add((before.phase, state.phase, "all gone" if last else word))
    followers: list[tuple[str, e.Event]] = []
    if any(isinstance(x, c.LetGo) for x in commands):
        followers.append((word, e.HandsLetGo(NOW)))
    if any(isinstance(x, c.LoadBot) for x in commands):
        refused = e.BotRefused(NOW, state.run, plan.name, "it is wrong")
        followers = [(word, e.BotLoaded(NOW, state.run, plan)), ("refused", refused)]
    if not followers:
        yield arrows, after
    for name, follower in followers:
        for more, end in _go(after, name, follower, plan):
            yield arrows | more, end


#: What of a state leads nowhere else, or is looked at in another way below; the plan is the walk's.
_ELSEWHERE = {
    *("ticket", "reason", "plan", "player", "watcher", "life", "watch_life", "run", "deaths"),
    *("ending_since", "streak", "playing_since", "latched", "condemned", "paused_by", "trouble"),
    *("miss_code", "pending", "bots", "blind", "last_death"),
}
#: The rest, taken at once: a state is looked at hundreds of thousands of times.
_REST = attrgetter(*(one.name for one in fields(State) if one.name not in _ELSEWHERE))


def _landmark(place: Place) -> tuple[object, ...]:
    """What of a place decides where its ways lead."""
    state = place.state
    return (
        place.timer,
        _look(state.player),
        _look(state.watcher),
        state.plan is None,
        state.latched and (state.latched.then, state.latched.watch),
        state.condemned == state.life,
        state.paused_by if state.phase in {Phase.PAUSING, Phase.PAUSED} else "",
        state.trouble if state.paused_by == "picture" else Trouble.NONE,
        _REST(state),
    )


def _look(child: Child | None) -> tuple[object, ...]:
    return (child.name, child.ready, child.ending) if child else ()


def _ways(place: Place) -> Iterator[tuple[str, e.Event]]:
    """Everything that can happen in this place."""
    state = place.state
    yield from _WISHES
    yield "max_hours", e.TimerFired(NOW, "hours", state.run)
    if place.timer:
        yield "time is up", e.TimerFired(NOW, "phase", state.ticket)
    for child in (state.player, state.watcher):
        if child is not None:
            yield from _ways_of(child)
    yield from _ways_of_watching(state)


def _ways_of_watching(state: State) -> Iterator[tuple[str, e.Event]]:
    if state.phase is Phase.PAUSING:
        yield "parked", e.ChildParked(NOW, ROUTINE, state.life)
    if state.judging and state.watched:
        yield "judged", e.Judged(NOW)
        if state.phase in {Phase.RECOVERING, Phase.NEEDS_HUMAN}:
            yield "still holds", e.Judged(NOW, ("death",))
    if state.watched:
        for then in ("recover", "stop", "restart", "pause"):
            yield "verdict", e.VerdictReached(NOW, _verdict(then, state.life))


def _sight(state: State) -> Iterator[tuple[str, e.Event]]:
    """The picture is no good, good again, or never again; once each for one life."""
    if state.watched and state.player is not None:
        for trouble in (Trouble.BLACK, Trouble.NONE, Trouble.LOST):
            yield "picture", e.SightChanged(NOW, DEATHWATCH, state.life, trouble)


def _ways_of(child: Child) -> Iterator[tuple[str, e.Event]]:
    if not child.ready and not child.ending:
        yield "ready", e.ChildReady(NOW, child.name, child.life)
    if child.name == DEATHWATCH:
        endings = [("deathwatch lost", Ending.CRASHED), ("deathwatch lost", Ending.INVALID)]
    elif child.ending:
        endings = [("gone", Ending.KILLED)]
    else:
        endings = [
            ("crash", Ending.CRASHED),
            ("invalid", Ending.INVALID),
            ("finished", Ending.DONE),
        ]
    for word, ending in endings:
        yield word, e.ChildExited(NOW, child.name, child.life, Exit(ending))


def _verdict(then: str, life: int) -> Verdict:
    return Verdict("death", then, life, NOW, NOW)
