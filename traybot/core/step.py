"""What does the daemon do next? The one function through which every event goes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from traybot.core import absence, dying, ending, pausing, seeing, starting
from traybot.core import commands as c
from traybot.core import events as e
from traybot.core.phases import Phase
from traybot.core.state import State, Step
from traybot.text import _, joined


def step(state: State, event: e.Event) -> Step:
    """Give the next state, and what is to be done, in this order."""
    if state.gone:
        # Everything has ended: nobody is left who could do more than say so.
        if isinstance(event, e.Request) and event.ticket:
            return state, [c.Reply(event.ticket, 3, _("cannot: traybot has quit"))]
        return state, []
    state, commands = _RULES[type(event)](state, event)
    state, replies = _answer(state)
    return state, [told for command in (*commands, *replies) if (told := _addressed(command))]


def _on_found(state: State, event: e.BotsFound) -> Step:
    return replace(state, bots=event.bots), []


def _toggle(state: State, event: e.ToggleRequested) -> Step:
    if state.phase in {Phase.IDLE, Phase.FAILED, Phase.STOPPING}:
        return starting.on_start(state, e.StartRequested(event.at, event.ticket, event.by))
    if state.phase in {Phase.PAUSED, Phase.PAUSING, Phase.NEEDS_HUMAN}:
        return pausing.on_resume(state, e.ResumeRequested(event.at, event.ticket, event.by))
    return pausing.on_pause(state, e.PauseRequested(event.at, event.ticket, event.by))


def _addressed(command: c.Command) -> c.Command | None:
    """Who wished by hotkey or menu waits for no answer: a refusal is told as a notice."""
    if not isinstance(command, c.Reply) or command.ticket:
        return command
    return c.Notify(command.text) if command.text else None


def _answer(state: State) -> Step:
    """Answer the requests whose goal is reached, or out of reach."""
    replies: list[c.Command] = []
    kept = []
    for waiting in state.pending:
        if state.phase in waiting.goals and waiting.bot not in {"", state.bot}:
            text = _("cannot start {bot}: {running} was started instead").format(
                bot=waiting.bot, running=state.bot
            )
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
    told = _("cannot go on: {bot} is {phase}").format(bot=state.bot, phase=state.phase.words)
    return joined(": ", (told, state.reason)) if state.reason else told


#: Each kind of event and its rule.
_RULES: dict[type[e.Event], Callable[[State, Any], Step]] = {
    e.StartRequested: starting.on_start,
    e.StopRequested: ending.on_stop,
    e.PanicRequested: ending.on_stop,
    e.PauseRequested: pausing.on_pause,
    e.ResumeRequested: pausing.on_resume,
    e.ToggleRequested: _toggle,
    e.UserTookOver: pausing.on_takeover,
    e.SessionAway: absence.on_away,
    e.SessionBack: absence.on_back,
    e.SightChanged: seeing.on_sight,
    e.WatchBlind: seeing.on_blind,
    e.SessionEnding: ending.on_session_end,
    e.RestartRequested: ending.on_restart,
    e.QuitRequested: ending.on_quit,
    e.BotChosen: starting.on_choose,
    e.BotsFound: _on_found,
    e.BotLoaded: starting.on_loaded,
    e.BotRefused: starting.on_refused,
    e.ChildReady: starting.on_ready,
    e.ChildParked: pausing.on_parked,
    e.ChildBlocked: pausing.on_blocked,
    e.ChildHangs: ending.on_hangs,
    e.ChildExited: ending.on_exited,
    e.VerdictReached: dying.on_verdict,
    e.GateFoundShut: dying.on_gate_found_shut,
    e.Judged: dying.on_judged,
    e.HandsLetGo: ending.on_let_go,
    e.HandsLate: ending.on_late,
    e.PictureTaken: dying.on_picture,
    e.ChildStood: dying.on_stood,
    e.ProgramExited: starting.on_program_exited,
    e.TimerFired: ending.on_timer,
}
