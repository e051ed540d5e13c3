"""What becomes of a bot while nobody can see the desktop, and when somebody can again?

No input goes to a lock screen, and none is held while the machine sleeps. What plays pauses, and
plays on afterwards, if it was for this that it paused, after a look. What recovers is ended and
recovers anew afterwards: a recovery cannot pause. What starts is paused before it presses anything.
"""

from dataclasses import replace

from traybot.core import away, ladder, moves, pausing, policy, seeing
from traybot.core import commands as c
from traybot.core import events as e
from traybot.core.health import Trouble
from traybot.core.phases import AT_REST, Phase
from traybot.core.state import State, Step


def on_away(state: State, event: e.SessionAway) -> Step:
    """Take the bot's hands off."""
    if event.why in state.away:
        return state, []
    state = replace(state, away=state.away | {event.why})
    if event.why == "suspend":
        state = replace(state, suspended_at=event.at)
    report = c.Report("away", state.life, {"why": event.why})
    state, commands = _hands_off(state, event)
    return state, [*commands, report]


def _hands_off(state: State, event: e.SessionAway) -> Step:
    if state.phase is Phase.RUNNING:
        return pausing.pause_away(state)
    if state.phase is Phase.PAUSED and state.judging:
        # Somebody wants to play on: that is done once the session is back.
        state = replace(state.entered(Phase.PAUSED, away.words(state.away)), paused_by=event.why)
        return state, [c.WatchOnly()]
    if state.phase is Phase.RECOVERING and state.player is not None:
        state = replace(state.entered(Phase.DEAD, away.words(state.away)), ending_since=event.at)
        return moves.end_player(state, event.at)
    return state, []


def on_back(state: State, event: e.SessionBack) -> Step:
    """Play on, if it was for the session that the bot did not, and if it is back for good."""
    commands: list[c.Command] = []
    if event.why == "suspend" and state.suspended_at:
        state, commands = _slept(state, event.at)
    if event.why not in state.away:
        return state, commands
    state = replace(state, away=state.away - {event.why})
    report = c.Report("back", state.life, {"why": event.why})
    state, more = _hands_on(state, event) if not state.away else (state, [])
    return state, [*commands, report, *more]


def _hands_on(state: State, event: e.SessionBack) -> Step:
    if state.phase in {Phase.PAUSED, Phase.PAUSING} and state.paused_by in away.WHYS:
        if state.trouble is not Trouble.NONE:
            return seeing.wait_for_picture(state, event.at)
        return pausing.on_resume(state, e.ResumeRequested(event.at))
    if state.phase is Phase.BACKOFF and state.deferred:
        return ladder.climb(state)
    if state.phase is Phase.STARTING and state.player is not None:
        # It had no time while the machine slept.
        return moves.set_timer(state, policy.START_SECONDS)
    return state, []


def _slept(state: State, at: float) -> Step:
    """A run does not get older while the machine sleeps, whatever the clock says."""
    slept = at - state.suspended_at
    state = replace(state, suspended_at=0.0)
    if not state.ends_at or state.phase in AT_REST | {Phase.STOPPING}:
        return state, []
    state = replace(state, ends_at=state.ends_at + slept)
    return state, [c.SetTimer("hours", state.run, max(0.0, state.ends_at - at))]
