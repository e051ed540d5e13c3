"""What does the daemon do next? The one function through which every event goes."""

from dataclasses import replace

from traybot.core import commands as c
from traybot.core import dying, ending, pausing, starting
from traybot.core import events as e
from traybot.core.phases import Phase
from traybot.core.state import State, Step


def step(state: State, event: e.Event) -> Step:
    """Give the next state, and what is to be done, in this order."""
    if state.gone:
        # Everything has ended; a late event finds nobody.
        # Everything has ended; a late event finds nobody.
        return state, [c.Reply(event.ticket, 3, "cannot: traybot has quit")] if (
            isinstance(event, e.Request)
        ) else []
    state, commands = _react(state, event)
    state, replies = _answer(state)
    return state, [command for command in (*commands, *replies) if not _unheard(command)]


def _react(state: State, event: e.Event) -> Step:  # noqa: C901, PLR0911, PLR0912  one case per event type is the whole point
    match event:
        case e.StartRequested():
            return starting.on_start(state, event)
        case e.StopRequested() | e.PanicRequested():
            return ending.on_stop(state, event)
        case e.PauseRequested():
            return pausing.on_pause(state, event)
        case e.ResumeRequested():
            return pausing.on_resume(state, event)
        case e.ToggleRequested():
            return _toggle(state, event)
        case e.RestartRequested():
            return ending.on_restart(state, event)
        case e.QuitRequested():
            return ending.on_quit(state, event)
        case e.BotChosen():
            return starting.on_choose(state, event)
        case e.BotsFound():
            return replace(state, bots=event.bots), []
        case e.BotLoaded():
            return starting.on_loaded(state, event)
        case e.BotRefused():
            return starting.on_refused(state, event)
        case e.ChildReady():
            return starting.on_ready(state, event)
        case e.ChildParked():
            return pausing.on_parked(state, event)
        case e.ChildBlocked():
            return pausing.on_blocked(state, event)
        case e.ChildExited():
            return ending.on_exited(state, event)
        case e.VerdictReached():
            return dying.on_verdict(state, event)
        case e.Judged():
            return dying.on_judged(state, event)
        case e.HandsLetGo():
            return ending.on_let_go(state, event)
        case e.ProgramExited():
            return starting.on_program_exited(state, event)
        case e.TimerFired():
            return ending.on_timer(state, event)
    message = f"no rule for {event!r}"
    raise AssertionError(message)


def _toggle(state: State, event: e.ToggleRequested) -> Step:
    if state.phase in {Phase.IDLE, Phase.FAILED, Phase.STOPPING}:
        return starting.on_start(state, e.StartRequested(event.at, event.ticket, event.by))
    if state.phase in {Phase.PAUSED, Phase.PAUSING}:
        return pausing.on_resume(state, e.ResumeRequested(event.at, event.ticket, event.by))
    return pausing.on_pause(state, e.PauseRequested(event.at, event.ticket, event.by))


def _unheard(command: c.Command) -> bool:
    return isinstance(command, c.Reply) and not command.ticket


def _answer(state: State) -> Step:
    """Answer the requests whose goal is reached, or out of reach."""
    replies: list[c.Command] = []
    kept = []
    for waiting in state.pending:
        if state.phase in waiting.goals and waiting.bot not in {"", state.bot}:
            text = f"cannot start {waiting.bot}: {state.bot} was started instead"
            replies.append(c.Reply(waiting.ticket, 4, text))
        elif state.phase in waiting.goals:
            replies.append(c.Reply(waiting.ticket))
        elif state.phase in waiting.misses and not state.judging:
            replies.append(c.Reply(waiting.ticket, state.miss_code, _miss(state)))
        else:
            kept.append(waiting)
    if len(kept) == len(state.pending):
        return state, []
    return replace(state, pending=tuple(kept)), replies


def _miss(state: State) -> str:
    why = f": {state.reason}" if state.reason else ""
    return f"cannot go on: {state.bot} is {state.phase}{why}"
