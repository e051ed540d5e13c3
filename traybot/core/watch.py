"""When does a watch conclude something? Sightings in, verdicts out; it never looks itself."""

from dataclasses import dataclass, replace

from traybot.core.watchfile import WatchSpec


@dataclass(frozen=True, slots=True)
class WatchState:
    """What one watch remembers between two looks."""

    #: Consecutive looks at which it held.
    sightings: int = 0
    #: Time of the first of them, on the life's running clock in seconds.
    since: float = 0.0
    #: False from its verdict until it was seen not holding once.
    armed: bool = True
    #: Running time of the last verdict; None: never.
    fired_at: float | None = None


def look(
    spec: WatchSpec, state: WatchState, *, sees: bool | None, at: float
) -> tuple[WatchState, bool]:
    """Take one look: was it seen (None: could not look), at which running time of the life?

    Gives the new state, and whether the watch fires now.
    """
    if sees is None:
        return state, False
    if sees is spec.absent:
        return replace(state, sightings=0, armed=True), False
    since = state.since if state.sightings else at
    state = replace(state, sightings=state.sightings + 1, since=since)
    if not (state.armed and decided(spec, state, at) and _cooled_down(spec, state, at)):
        return state, False
    return replace(state, armed=False, fired_at=at), True


def decided(spec: WatchSpec, state: WatchState, at: float) -> bool:
    """Whether it holds for good: confirmed often enough and long enough."""
    return state.sightings >= spec.confirm and at - state.since >= spec.hold


def pending(state: WatchState) -> bool:
    """Whether it holds and may yet fire: it must look again though nothing changes."""
    return state.armed and state.sightings > 0


def _cooled_down(spec: WatchSpec, state: WatchState, at: float) -> bool:
    return state.fired_at is None or at - state.fired_at >= spec.cooldown


def rearmed(state: WatchState) -> WatchState:
    """The state with which everything is judged anew (at resume, at the end of a recovery)."""
    return replace(state, sightings=0, armed=True, fired_at=None)


def first_by_priority(fired: list[WatchSpec]) -> WatchSpec:
    """Of the watches that fire in one tick the one that counts: by priority, then in file order."""
    return max(fired, key=lambda spec: spec.priority)
