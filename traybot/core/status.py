"""What does the user see? Icon, tooltip and menu, computed from the state and never stored."""

from dataclasses import dataclass

from traybot.core.phases import Phase
from traybot.core.state import State


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of the tray's menu. An empty label is a separator; no action makes a dim line."""

    label: str
    action: str = ""
    enabled: bool = True
    #: None: not checkable.
    checked: bool | None = None
    radio: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """What tray and `traybot status` show; `icon` is the name of a picture: the phase."""

    icon: str
    tooltip: str
    menu: tuple[MenuItem, ...] = ()


_RESTING = frozenset({Phase.IDLE, Phase.FAILED})
_SEPARATOR = MenuItem("")


def present(state: State) -> Status:
    """Show a state."""
    line = status_line(state)
    return Status(state.phase.value, f"traybot: {line}", _menu(state, line))


def status_line(state: State) -> str:
    """Say in one line where the bot is, and why."""
    title = state.plan.title if state.plan else state.bot
    words = [title, state.phase.words] if title else [state.phase.words]
    if state.deaths:
        words.append(f"({state.deaths} death{'s' if state.deaths > 1 else ''})")
    line = " ".join(words)
    why = state.blocked or state.reason
    return f"{line}: {why}" if why else line


def _menu(state: State, line: str) -> tuple[MenuItem, ...]:
    resting = state.phase in _RESTING
    paused = state.phase in {Phase.PAUSED, Phase.PAUSING, Phase.NEEDS_HUMAN}
    bots = tuple(
        MenuItem(
            name if not fault else f"{name} (has a mistake)",
            f"choose:{name}",
            enabled=resting and not fault,
            checked=name == state.bot,
            radio=True,
        )
        for name, fault in state.bots
    )
    return (
        MenuItem(line, enabled=False),
        _SEPARATOR,
        *(bots or (MenuItem("no bots yet", enabled=False),)),
        _SEPARATOR,
        MenuItem("Start", "start", enabled=resting and bool(state.bots)),
        MenuItem("Pause", "pause", enabled=state.phase is Phase.RUNNING),
        MenuItem("Resume", "resume", enabled=paused),
        MenuItem("Stop", "stop", enabled=not resting),
        _SEPARATOR,
        MenuItem("Quit", "quit"),
    )
