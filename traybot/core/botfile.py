"""What does a `bot.toml` say? Its schema, and the plan it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from traybot.core import options as o
from traybot.core.geometry import Rect
from traybot.core.options import Option, Problem
from traybot.core.recoveryfile import Rung, read_recovery
from traybot.core.stuckfile import ROWS as STUCK
from traybot.core.stuckfile import stuck_watches
from traybot.core.watchfile import WatchSpec, read_watches
from traybot.text import _, later

BOT = (
    Option("title", o.text, "", later("the name people see")),
    Option("window", o.pattern, "", later("title of the bot's window, a regular expression")),
    Option(
        "reference",
        o.size,
        None,
        later("size of window or screen that the templates were taken at"),
    ),
)
PROGRAM = (
    Option(
        "command", o.command, (), later("the program and its arguments, as a list"), required=True
    ),
    Option(
        "restart",
        o.flag,
        default=False,
        doc=later("start the program again when it ends by itself"),
    ),
)
ROUTINE = (
    Option("run", o.entry_point, "", later('what to run, as "module:function"')),
    Option("command", o.command, (), later("a program to supervise in place of `run`")),
    Option(
        "restart",
        o.choice("never", "on-crash", "always"),
        "on-crash",
        later("when to start it again"),
    ),
    Option("grace", o.duration(0.0, 60.0), 2.0, later("time to leave in a kind stop")),
)
LIMITS = (
    Option("max_deaths", o.integer(1, 1_000_000), None, later("give up after so many deaths")),
    Option("max_hours", o.number(0.0001, 10_000), None, later("stop after so many hours")),
)
#: Tables of the file in their order; `watch` and `recovery`, which hold lists, have own readers.
TABLES = {
    "bot": BOT,
    "program": PROGRAM,
    "routine": ROUTINE,
    "stuck": STUCK,
    "limits": LIMITS,
}


@dataclass(frozen=True, slots=True)
class BotPlan:
    """A bot as its file describes it, checked; all times in seconds."""

    #: As it was asked for: a name in the bots folder, or the path of a folder.
    name: str
    folder: str
    title: str
    window: str
    reference: tuple[int, int] | None
    run: str
    command: tuple[str, ...]
    restart: str
    grace: float
    program: tuple[str, ...]
    program_restart: bool
    max_deaths: int | None
    max_hours: float | None
    #: Steps, tried one after the other; a life of the recovery gets a plan with its own step alone.
    recovery: tuple[Rung, ...] = ()
    watches: tuple[WatchSpec, ...] = ()

    def climbing(self, step: int) -> "BotPlan":
        """Give the plan for a life that carries out one step of the recovery."""
        return replace(self, recovery=(self.recovery[step],))


def read_bot(
    name: str, folder: str, document: Mapping[str, Any]
) -> tuple[BotPlan | None, list[Problem]]:
    """Check a parsed `bot.toml` whole; a plan comes out only if nothing is wrong with it."""
    problems = _unknown_tables(document)
    tables: dict[str, dict[str, Any]] = {}
    for table, rows in TABLES.items():
        absent = table not in document and table == "program"
        values, wrong = read_table_or_defaults(document.get(table, {}), rows, table, absent=absent)
        tables[table] = values
        problems += wrong
    rungs, wrong = read_recovery(document.get("recovery"))
    problems += wrong + _check_routine(document)
    watches, wrong = read_watches(document.get("watch", []))
    problems += wrong
    if problems:
        return None, problems
    plan = _plan(name, folder, tables)
    return replace(plan, recovery=rungs, watches=(*watches, *stuck_watches(tables["stuck"]))), []


def read_table_or_defaults(
    table: object, rows: tuple[Option, ...], name: str, *, absent: bool
) -> tuple[dict[str, Any], list[Problem]]:
    """Read a table; one that is absent as a whole has its defaults and lacks nothing."""
    values, problems = o.read_table(table, rows, name)
    return values, [] if absent else problems


def _unknown_tables(document: Mapping[str, Any]) -> list[Problem]:
    known = [*TABLES, "recovery", "watch"]
    return [
        Problem(
            "",
            key,
            _("unknown table or option {name}").format(name=o.shown(key)),
            o.nearest(key, known),
        )
        for key in document
        if key not in known
    ]


def _check_routine(document: Mapping[str, Any]) -> list[Problem]:
    routine = document.get("routine")
    if routine is None:
        return [
            Problem(
                "", "", _("there is no [routine]"), _('add [routine] with run = "routine:play"')
            )
        ]
    if isinstance(routine, Mapping) and ("run" in routine) == ("command" in routine):
        what = _("needs one of run and command")
        return [Problem("routine", "run", what, _('write run = "routine:play"'))]
    return []


def _plan(name: str, folder: str, tables: dict[str, dict[str, Any]]) -> BotPlan:
    bot, routine = tables["bot"], tables["routine"]
    return BotPlan(
        name=name,
        folder=folder,
        title=bot["title"] or name.rstrip("/").rpartition("/")[2],
        window=bot["window"],
        reference=bot["reference"],
        run=routine["run"],
        command=routine["command"],
        restart=routine["restart"],
        grace=routine["grace"],
        program=tables["program"]["command"],
        program_restart=tables["program"]["restart"],
        max_deaths=tables["limits"]["max_deaths"],
        max_hours=tables["limits"]["max_hours"],
    )


def in_region(region: Rect | None, window: Rect) -> Rect:
    """Turn a region relative to a window (or screen) into screen pixels."""
    return window if region is None else region.moved(window.x, window.y)
