"""What does the user see? Icon, tooltip and menu, computed from the state and never stored."""

from dataclasses import dataclass

from traybot.core.health import words
from traybot.core.menu import NO_FACTS, Facts, MenuItem, menu_of
from traybot.core.state import State
from traybot.text import joined, n_


@dataclass(frozen=True, slots=True)
class Status:
    """What tray and `traybot status` show; `icon` is the name of a picture: the phase."""

    icon: str
    tooltip: str
    menu: tuple[MenuItem, ...] = ()


def present(state: State, facts: Facts = NO_FACTS) -> Status:
    """Show a state, and the facts that are beside it."""
    line = status_line(state)
    return Status(state.phase.value, "traybot: " + line, menu_of(state, line, facts))


def status_line(state: State) -> str:
    """Say in one line where the bot is, and why."""
    title = state.plan.title if state.plan else state.bot
    told = [title, state.phase.words] if title else [state.phase.words]
    if state.deaths:
        deaths = n_("({count} death)", "({count} deaths)", state.deaths)
        told.append(deaths.format(count=state.deaths))
    line = joined(" ", told)
    why = state.blocked or state.reason or (words(state.trouble) if state.trouble else "")
    return joined(": ", (line, why)) if why else line
