"""Which step of its recovery does a bot try, and what if that does not help?

A step has helped when what was seen is gone; the next death begins at the first step again. One
that does not help is tried as often as it says, then the next one is, and the last may be a person.
"""

from dataclasses import replace

from traybot.core import away, moves, policy
from traybot.core import commands as c
from traybot.core.phases import Phase
from traybot.core.state import RECOVERY, State, Step
from traybot.text import _


def climb(state: State) -> Step:
    """Try the step whose turn it is."""
    plan = state.plan
    assert plan is not None
    if state.away:
        return moves.defer(state, RECOVERY, away.words(state.away))
    rung = plan.recovery[state.rung]
    if rung.needs_human:
        return ask_for_help(state, rung.needs_human)
    # What it waits for in vain it says itself, if it is not ended before.
    seconds = rung.timeout + (policy.START_SECONDS if rung.wait else 0.0)
    state, commands = moves.start_recovery(state, seconds)
    if rung.program:
        commands = [c.RestartProgram(plan), *commands]
    return state, commands


def failed(state: State, at: float, why: str) -> Step:
    """The step did not help: count that, and try it again, or the next one, a little later."""
    report = c.Report("recovery_failed", state.life, {"why": why})
    state, commands = _next(state, at, why)
    return state, [report, *commands]


def _next(state: State, at: float, why: str) -> Step:
    assert state.plan is not None
    rungs = state.plan.recovery
    tries = state.rung_tries + 1
    if not rungs[state.rung].tries:
        return moves.back_off(state, at, RECOVERY, why)
    state = replace(state, streak=state.streak + 1)
    if tries < rungs[state.rung].tries:
        return moves.wait(replace(state, rung_tries=tries), RECOVERY, why)
    if state.rung + 1 == len(rungs):
        return moves.fail(state, at, _("{why}; no step of the recovery helped").format(why=why))
    state = replace(state, rung=state.rung + 1, rung_tries=0)
    report = c.Report("escalated", state.life, {"step": state.rung + 1, "why": why})
    if rungs[state.rung].needs_human:
        state, commands = climb(state)
    else:
        state, commands = moves.wait(state, RECOVERY, why)
    return state, [report, *commands]


def helped(state: State) -> State:
    """What was seen is gone: the next recovery begins at the first step."""
    return replace(state, rung=0, rung_tries=0)


def ask_for_help(state: State, why: str) -> Step:
    """Wait for a person, with a notice and a picture of what there is to see."""
    title = state.plan.title if state.plan else state.bot
    return state.entered(Phase.NEEDS_HUMAN, why), [
        c.WatchNothing(),
        c.TakePicture("needs-human"),
        c.Report("needs_human", state.life, {"why": why}),
        c.Notify(_("{title} needs you: {why}").format(title=title, why=why)),
    ]


def look_again(state: State) -> Step:
    """A person says that all is well again: the watch that called for help is asked."""
    return moves.judge(state.entered(Phase.NEEDS_HUMAN, _("looking before playing on")), 0)


def still_needed(state: State, why: str) -> Step:
    """What was seen is there still, or nobody could look."""
    title = state.plan.title if state.plan else state.bot
    return state.entered(Phase.NEEDS_HUMAN, why), [
        c.WatchNothing(),
        c.Notify(_("{title} needs you still: {why}").format(title=title, why=why)),
    ]
