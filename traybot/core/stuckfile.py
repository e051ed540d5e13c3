"""When is a life stuck, by the `[stuck]` table of its `bot.toml`? Each limit becomes a watch."""

from typing import Any

from traybot.core import options as o
from traybot.core.options import Option
from traybot.core.watchfile import STUCK, THENS, WatchSpec
from traybot.text import later

_DAY = 86_400.0
#: A stuck life is not missed for a second.
_EVERY = 1.0

ROWS = (
    Option(
        "silent",
        o.duration(0.1, _DAY),
        None,
        later("no call of traybot's for so long; sleeping is one"),
    ),
    Option(
        "progress", o.duration(0.1, _DAY), None, later("nothing counted (`bot.count`) for so long")
    ),
    Option("still", o.duration(0.1, _DAY), None, later("the picture did not move for so long")),
    Option(
        "region",
        o.region,
        None,
        later("[x, y, width, height] that should move; default: all of it"),
    ),
    Option(
        "tolerance", o.integer(0, 255), 12, later("how far a colour may differ in a still picture")
    ),
    Option(
        "repeats",
        o.flag,
        default=False,
        doc=later("the same action again and again, nothing counted"),
    ),
    Option("longest", o.duration(0.1, 30 * _DAY), None, later("a life plays no longer than this")),
    Option("then", o.choice(*THENS), "restart", later("what to do with a life that is stuck")),
)


def stuck_watches(values: dict[str, Any]) -> tuple[WatchSpec, ...]:
    """Give a watch for each limit that is set."""
    found = []
    for name, kind in _KINDS.items():
        limit = values[name]
        if limit:
            found.append(
                WatchSpec(
                    name=STUCK + name,
                    kind=kind,
                    then=values["then"],
                    lasting=0.0 if limit is True else limit,
                    after=limit if kind == "timer" else 0.0,
                    region=values["region"] if kind == "still" else None,
                    tolerance=values["tolerance"],
                    every=min(_EVERY, _EVERY if limit is True else limit / 2),
                )
            )
    return tuple(found)


#: By what kind of watch a limit is looked after.
_KINDS = {
    "silent": "silent",
    "progress": "progress",
    "still": "still",
    "repeats": "repeats",
    "longest": "timer",
}
