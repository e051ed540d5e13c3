"""When must a watch look again? When something was drawn where it looks, or while it waits.

A screen that tells what is drawn on it lets a watch sleep. `every` is then how often it looks at
most, and while anything is pending still how often it looks.
"""

from traybot.core.watch import WatchState, pending
from traybot.core.watchfile import WatchSpec

#: Even if nothing is told: so often a sleeping watch looks, in seconds. Not every way to draw
#: reaches whoever listens.
REST_SECONDS = 1.0
#: Kinds that depend on pixels alone; a `still` one changes its answer while none changes.
PIXELS = frozenset({"image", "feature", "color", "text", "changed"})


def sleeps(spec: WatchSpec, state: WatchState) -> bool:
    """Whether nothing but a change on the screen can change what it concludes."""
    waits = spec.kind == "changed" and spec.lasting > 0
    return spec.kind in PIXELS and not waits and not pending(state)


def may_look(looked_at: float, every: float, *, uncalled: bool) -> float:
    """Give the time from which a change on the screen may have it look after one at `looked_at`.

    A look that nothing had called for, once in a rest, must not hold up one that is called for.
    """
    return looked_at if uncalled else looked_at + every


def next_look(looked_at: float, every: float, *, asleep: bool) -> float:
    """Give the time of the next look after one at `looked_at`, if nothing calls for it before."""
    return looked_at + (max(every, REST_SECONDS) if asleep else every)
