"""Plans of bots for the stories, as short as each story needs."""

from dataclasses import replace
from typing import Any

from traybot.core.botfile import BotPlan

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
    recovery="",
    recovery_timeout=60.0,
    program=(),
    program_restart=False,
    watches=(),
    max_deaths=None,
    max_hours=None,
)


def make_plan(name: str = "koules", **values: Any) -> BotPlan:  # noqa: ANN401
    """A plan without watches, recovery or limits, but for what is said."""
    return replace(_PLAIN, name=name, title=name.capitalize(), **values)


#: With a recovery.
REVIVING = make_plan(recovery="routine:revive")
