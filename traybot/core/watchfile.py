"""What does a `[[watch]]` of a `bot.toml` say? Its options by kind, and the value they become."""

from dataclasses import dataclass
from typing import Any

from traybot.core import options as o
from traybot.core.colors import parse_color
from traybot.core.geometry import Rect
from traybot.core.options import Option, Problem
from traybot.text import _, later

KINDS = ("image", "feature", "color", "still", "changed", "process", "window", "timer", "text")
THENS = ("stop", "pause", "restart", "recover", "notify", "send")
#: Watches of the `[stuck]` table are named after it.
STUCK = "stuck."
#: Kinds that tell something about a life: without one there is nothing to hold.
ABOUT_LIVES = frozenset({"timer", "silent", "progress", "repeats"})
#: What a verdict with this `then` does to the life: these end it.
ENDING = frozenset({"stop", "restart", "recover"})

_DAY = 86_400.0
_PICTURE = frozenset({"see", "any", "all"})
_COMMON = frozenset(
    {"name", "kind", "every", "confirm", "then", "absent", "hold", "cooldown", "priority"}
)
#: Which options belong to which kind, beyond the common ones.
TAKES = {
    "image": _PICTURE | {"region", "threshold", "scales"},
    "feature": {"see", "region", "min_matches"},
    "color": {"region", "color", "tolerance", "share"},
    "still": {"region", "for", "tolerance"},
    "changed": {"region", "for", "tolerance"},
    "process": {"process", "cmdline", "is"},
    "window": {"window", "is"},
    "timer": {"after"},
    "text": {"region", "text"},
}
#: What `is` may be, by kind.
IS = {
    "process": ("gone", "present"),
    "window": ("gone", "present", "minimized", "front", "hung"),
}
#: Options without which a kind has no meaning.
NEEDS = {
    "feature": ("see",),
    "color": ("color",),
    "still": ("for",),
    "process": ("process",),
    "window": ("window",),
    "timer": ("after",),
    "text": ("text",),
}

ROWS = (
    Option("name", o.text, "", later("a name of your own, unique in the file"), required=True),
    Option("kind", o.choice(*KINDS), "image", later("what to look for")),
    Option("see", o.text, "", later("a template picture, relative to the bot's folder")),
    Option("any", o.texts, (), later("template pictures of which one is enough")),
    Option("all", o.texts, (), later("template pictures that must all be there")),
    Option("region", o.region, None, later("[x, y, width, height], relative to the window")),
    Option("threshold", o.number(0.1, 1.0), 0.9, later("lowest score that counts as seen, 0 to 1")),
    Option(
        "scales", o.numbers(0.1, 10.0), (1.0,), later("sizes at which to look for the template")
    ),
    Option("min_matches", o.integer(4, 10_000), 8, later("fewest key points that must agree")),
    Option("color", parse_color, None, later('a colour such as "#c02020"')),
    Option("tolerance", o.integer(0, 255), 12, later("how far each colour channel may differ")),
    Option(
        "share", o.number(0.0001, 1.0), 0.3, later("share of the region that must have the colour")
    ),
    Option(
        "for", o.duration(0.0, _DAY), 0.0, later("how long the region must stand still, or differ")
    ),
    Option("process", o.text, "", later("name of an executable")),
    Option("cmdline", o.pattern, "", later("regular expression for the whole command line")),
    Option("window", o.pattern, "", later("title of a window, a regular expression")),
    Option("is", o.text, "gone", later("what must be true of the process or window")),
    Option("after", o.duration(0.001, 30 * _DAY), 0.0, later("running time of the life")),
    Option("text", o.pattern, "", later("regular expression for the text to be read")),
    Option("every", o.duration(0.001, _DAY), 0.05, later("look no more often than this")),
    Option("confirm", o.integer(1, 1000), 1, later("consecutive sightings that are needed")),
    Option("then", o.choice(*THENS), "stop", later("what to do when it holds")),
    Option("absent", o.flag, default=False, doc=later("holds when it is not seen")),
    Option("hold", o.duration(0.0, _DAY), 0.0, later("how long it must stay true")),
    Option("cooldown", o.duration(0.0, _DAY), 0.0, later("quiet time after it fired")),
    Option("priority", o.integer(-1000, 1000), 0, later("of two verdicts at once the higher wins")),
)


@dataclass(frozen=True, slots=True)
class WatchSpec:
    """A watch as the file describes it, checked; all times in seconds."""

    name: str
    kind: str = "image"
    see: tuple[str, ...] = ()
    every_picture: bool = False
    region: Rect | None = None
    threshold: float = 0.9
    scales: tuple[float, ...] = (1.0,)
    min_matches: int = 8
    #: Red, green, blue.
    color: tuple[int, int, int] | None = None
    tolerance: int = 12
    share: float = 0.3
    lasting: float = 0.0
    process: str = ""
    cmdline: str = ""
    window: str = ""
    is_: str = "gone"
    after: float = 0.0
    text: str = ""
    every: float = 0.05
    confirm: int = 1
    then: str = "stop"
    absent: bool = False
    hold: float = 0.0
    cooldown: float = 0.0
    priority: int = 0

    @property
    def ends_life(self) -> bool:
        """Whether its verdict ends the routine's life."""
        return self.then in ENDING


def read_watches(tables: object) -> tuple[tuple[WatchSpec, ...], list[Problem]]:
    """Read every `[[watch]]`; names must differ."""
    if not isinstance(tables, list):
        return (), [Problem("watch", "", _("must be a list of tables"), _("write [[watch]]"))]
    watches: list[WatchSpec] = []
    problems: list[Problem] = []
    for index, table in enumerate(tables):
        values, wrong = o.read_table(table, ROWS, "watch", index)
        if isinstance(table, dict) and not any(problem.key == "kind" for problem in wrong):
            wrong += _check(values, table, index)
        if values["name"].startswith(STUCK):
            what = _("name: {name} is taken by the table [stuck]").format(
                name=o.shown(values["name"])
            )
            wrong.append(Problem("watch", "name", what, _("take another name"), index))
        if values["name"] and values["name"] in {watch.name for watch in watches}:
            what = _("name: {name} is used twice").format(name=o.shown(values["name"]))
            wrong.append(Problem("watch", "name", what, _("give each watch its own name"), index))
        problems += wrong
        watches.append(_spec(values))
    return tuple(watches), problems


def _check(values: dict[str, Any], written: dict[str, Any], index: int) -> list[Problem]:
    kind = values["kind"]
    rows = {option.name for option in ROWS}
    takes = TAKES[kind] | _COMMON
    problems = [
        Problem(
            "watch",
            key,
            _('a {kind} watch has no option "{key}"').format(kind=kind, key=key),
            _takes_text(kind),
            index,
        )
        for key in written
        if key in rows and key not in takes
    ]
    problems += [
        Problem(
            "watch",
            "kind",
            _('a {kind} watch needs "{key}"').format(kind=kind, key=key),
            _("add {key} = …").format(key=key),
            index,
        )
        for key in NEEDS.get(kind, ())
        if key not in written
    ]
    if kind == "image" and len(_PICTURE & written.keys()) != 1:
        what = _("an image watch needs one of see, any and all")
        problems.append(Problem("watch", "see", what, _('add see = "templates/….png"'), index))
    words = IS.get(kind)
    if words and values["is"] not in words:
        what = _("is: must be one of {names}, not {value}").format(
            names=", ".join(words), value=o.shown(values["is"])
        )
        problems.append(
            Problem("watch", "is", what, _("as a {kind} watch has them").format(kind=kind), index)
        )
    return problems


def _takes_text(kind: str) -> str:
    return _("it takes {names}").format(names=", ".join(sorted(TAKES[kind])))


def _spec(values: dict[str, Any]) -> WatchSpec:
    see = (values["see"],) if values["see"] else values["any"] or values["all"]
    renamed = {"for": "lasting", "is": "is_"}
    plain = {
        renamed.get(key, key): value
        for key, value in values.items()
        if key not in {"see", "any", "all"}
    }
    return WatchSpec(see=see, every_picture=bool(values["all"]), **plain)
