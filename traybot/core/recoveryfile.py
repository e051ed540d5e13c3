"""What do `[recovery]` and its `[[recovery.step]]` say? One rung after the other to be tried."""

from dataclasses import dataclass
from typing import Any

from traybot.core import keys
from traybot.core import options as o
from traybot.core.options import Option, Problem
from traybot.text import _, later

_HOUR = 3600.0
#: A step that does something does one of these at least.
_DOES = ("program", "keys", "run", "wait")


def _chords(value: object) -> tuple[str, ...]:
    """Read keys to be tapped one after the other, such as `["esc", "ctrl+s"]`."""
    chords = o.texts(value)
    return tuple("+".join(map(keys.canonical, chord.split("+"))) for chord in chords)


RECOVERY = (
    Option("run", o.entry_point, "", later('what to run after a death, as "module:function"')),
    Option(
        "timeout", o.duration(0.1, _HOUR), 60.0, later("a recovery that takes longer has failed")
    ),
)
STEP = (
    Option(
        "program",
        o.choice("restart"),
        "",
        later('write "restart": end the program and start it anew'),
    ),
    Option(
        "keys", _chords, (), later('keys to tap one after the other, such as ["esc", "ctrl+s"]')
    ),
    Option("run", o.entry_point, "", later('what to run, as "module:function"')),
    Option("wait", o.text, "", later("a template picture to wait for")),
    Option("timeout", o.duration(0.1, _HOUR), 60.0, later("a step that takes longer has failed")),
    Option(
        "tries", o.integer(1, 100), 1, later("so often is it tried before the next step's turn")
    ),
    Option(
        "needs_human", o.text, "", later("wait for a person, who is told this; the last step only")
    ),
)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a recovery: what it does, in the order of its fields."""

    program: bool = False
    keys: tuple[str, ...] = ()
    run: str = ""
    wait: str = ""
    timeout: float = 60.0
    #: 0: as often as the restart policy allows.
    tries: int = 1
    needs_human: str = ""


def read_recovery(table: object) -> tuple[tuple[Rung, ...], list[Problem]]:
    """Read the table and its steps; `run` alone is a ladder of one rung. None: no recovery."""
    if table is None:
        return (), []
    steps = table.get("step", []) if isinstance(table, dict) else []
    plain = {k: v for k, v in table.items() if k != "step"} if isinstance(table, dict) else table
    values, problems = o.read_table(plain, RECOVERY, "recovery")
    if problems:
        return (), problems
    if bool(values["run"]) == bool(steps):
        what = _("needs one of run and [[recovery.step]]")
        return (), [Problem("recovery", "run", what, _('write run = "routine:revive"'))]
    if not steps:
        return (Rung(run=values["run"], timeout=values["timeout"], tries=0),), []
    if not isinstance(steps, list):
        return (), [Problem("recovery", "step", _("must be a list of tables"), "[[recovery.step]]")]
    return _read_steps(steps)


def _read_steps(tables: list[Any]) -> tuple[tuple[Rung, ...], list[Problem]]:
    rungs, problems = [], []
    for index, table in enumerate(tables):
        values, wrong = o.read_table(table, STEP, "recovery.step", index)
        problems += wrong or _check_step(values, index, last=index == len(tables) - 1)
        rungs.append(Rung(**(values | {"program": bool(values["program"])})))
    return tuple(rungs), problems


def _check_step(values: dict[str, Any], index: int, *, last: bool) -> list[Problem]:
    does = [name for name in _DOES if values[name]]
    if values["needs_human"] and (does or not last):
        what = _("needs_human: stands alone, in the last step")
        return [
            Problem("recovery.step", "needs_human", what, _("make it a step of its own"), index)
        ]
    if not (does or values["needs_human"]):
        what = _("does nothing: it needs one of {names} and needs_human").format(
            names=", ".join(_DOES)
        )
        return [Problem("recovery.step", "", what, _('write for example keys = ["enter"]'), index)]
    return []
