"""Plans of bots for the stories, as short as each story needs."""

from dataclasses import replace
from typing import Any

from traybot.core.botfile import BotPlan
from traybot.core.recoveryfile import Rung

_PLAIN = BotPlan(
    name="koules",
    folder="bots/koules",
    title="Koules",
    window="",
    reference=None,
    run="routine:play",
    command=(),
    restart="on-crash",
    grace=2.0,
    program=(),
    program_restart=False,
    max_deaths=None,
    max_hours=None,
)


def make_plan(name: str = "koules", **values: Any) -> BotPlan:  # noqa: ANN401
    """A plan without watches, recovery or limits, but for what is said."""
    if isinstance(values.get("recovery"), str):
        run = values["recovery"]
        values["recovery"] = (Rung(run=run, tries=0),) if run else ()
    return replace(_PLAIN, name=name, title=name.capitalize(), **values)


#: With a recovery.
REVIVING = make_plan(recovery="routine:revive")
