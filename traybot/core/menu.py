"""Which lines has the tray's menu now? Computed from the state and a few facts beside it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from traybot.core.phases import AT_REST, Phase
from traybot.core.state import State
from traybot.text import _


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of the tray's menu. An empty label is a separator; no action makes a dim line."""

    label: str
    action: str = ""
    enabled: bool = True
    #: None: not checkable.
    checked: bool | None = None
    radio: bool = False
    #: A menu of its own, below this line.
    items: tuple["MenuItem", ...] = ()

    @property
    def clickable(self) -> bool:
        """Whether a click does something."""
        return self.enabled and bool(self.action)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the menu shows and no rule needs, so that it is not in the state."""

    #: What each watch of the running bot scored at its last look.
    scores: Mapping[str, float] = field(default_factory=dict)
    #: The last notices, the newest first.
    notices: tuple[str, ...] = ()
    #: Whether the system will start us at login; None: it cannot.
    autostart: bool | None = None
    #: What is wrong with the settings file and where, "" if nothing.
    settings_trouble: str = ""
    #: What people call each bot that was read.
    titles: Mapping[str, str] = field(default_factory=dict)


NO_FACTS = Facts()
_SEPARATOR = MenuItem("")
#: A longer notice would make the menu wider than a small screen.
_NOTICE_LETTERS = 70


def menu_of(state: State, line: str, facts: Facts = NO_FACTS) -> tuple[MenuItem, ...]:
    """Give the lines; the first is `line`, where the bot is."""
    return (
        MenuItem(line, enabled=False),
        _SEPARATOR,
        *_bots(state, facts.titles),
        _SEPARATOR,
        *_moves(state),
        _SEPARATOR,
        *_looks(state, facts),
        MenuItem(_("Open log"), "log"),
        MenuItem(_settings(facts), "settings"),
        MenuItem(
            _("Start at login"),
            "autostart",
            enabled=facts.autostart is not None,
            checked=bool(facts.autostart),
        ),
        _SEPARATOR,
        MenuItem(_("Quit"), "quit"),
    )


def _bots(state: State, titles: Mapping[str, str]) -> tuple[MenuItem, ...]:
    """Give the bots by their titles; where two have the same, or one another's name, with names."""
    resting = state.phase in AT_REST
    called = {name: titles.get(name, name) for name, _fault in state.bots}
    several = Counter([*called.values(), *(name for name in called if called[name] != name)])
    labels = {
        name: title if several[title] == 1 else f"{title} ({name})"
        for name, title in called.items()
    }
    bots = tuple(
        MenuItem(
            labels[name] if not fault else _("{bot} (has a mistake)").format(bot=labels[name]),
            f"choose:{name}",
            enabled=resting and not fault,
            checked=name == state.bot,
            radio=True,
        )
        for name, fault in state.bots
    )
    return bots or (MenuItem(_("no bots yet"), enabled=False),)


def _moves(state: State) -> tuple[MenuItem, ...]:
    resting = state.phase in AT_REST
    paused = state.phase in {Phase.PAUSED, Phase.PAUSING, Phase.NEEDS_HUMAN}
    return (
        MenuItem(_("Start"), "start", enabled=resting and bool(state.bots)),
        MenuItem(_("Pause"), "pause", enabled=state.phase is Phase.RUNNING),
        MenuItem(_("Resume"), "resume", enabled=paused),
        MenuItem(_("Stop"), "stop", enabled=not resting),
        MenuItem(_("Panic: stop and let go of everything"), "panic"),
    )


def _looks(state: State, facts: Facts) -> tuple[MenuItem, ...]:
    """Give what was seen, and what was said about it: two lines with menus of their own."""
    watches = state.plan.watches if state.plan and state.phase not in AT_REST else ()
    blind = dict(state.blind)
    scores = tuple(
        MenuItem(_scored(watch.name, facts, blind.get(watch.name, "")), enabled=False)
        for watch in watches
    )
    notices = tuple(MenuItem(_shortened(text), enabled=False) for text in facts.notices)
    return (
        MenuItem(_("Watches"), enabled=bool(scores), items=scores),
        MenuItem(_("Last notices"), enabled=bool(notices), items=notices),
    )


def _settings(facts: Facts) -> str:
    trouble = facts.settings_trouble
    if not trouble:
        return _("Settings")
    return _("Settings: {trouble}").format(trouble=_shortened(trouble))


def _scored(name: str, facts: Facts, blind: str) -> str:
    if blind:
        return _shortened(_("{watch} sees nothing: {why}").format(watch=name, why=blind))
    score = facts.scores.get(name)
    return name if score is None else f"{name}: {score:.2f}"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _NOTICE_LETTERS else f"{line[: _NOTICE_LETTERS - 1]}…"
