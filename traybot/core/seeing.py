"""What becomes of a bot while its picture is no good? It pauses, and plays on when it is again.

The watches go on, and what they conclude is done: the game may have died while its window was
away. Who pauses or resumes by hand is obeyed, whatever the picture.
"""

from dataclasses import replace

from traybot.core import away, moves, pausing
from traybot.core import commands as c
from traybot.core import events as e
from traybot.core.health import Trouble, words
from traybot.core.phases import Phase
from traybot.core.state import State, Step

#: Who paused: the picture.
BY = "picture"


def on_sight(state: State, event: e.SightChanged) -> Step:
    """Take the bot's hands off what it cannot see, and on again."""
    player = state.player
    stale = player is None or player.life != event.life or player.ending
    if stale or event.trouble is state.trouble:
        return state, []
    state = replace(state, trouble=event.trouble)
    report = c.Report("sight", event.life, {"trouble": event.trouble.value})
    if event.trouble is Trouble.NONE:
        state, commands = _well(state, event.at)
    elif event.trouble is Trouble.LOST:
        state, commands = _lost(state, event.at)
    else:
        state, commands = _unwell(state)
    return state, [report, *commands]


def _unwell(state: State) -> Step:
    why = words(state.trouble)
    if state.phase is Phase.RUNNING:
        return pausing.pause(state, BY, why)
    if state.paused_by != BY or state.phase not in {Phase.PAUSED, Phase.PAUSING}:
        return state, []
    if state.judging:
        # It was to play on, and is unwell again before it did.
        return state.entered(Phase.PAUSED, why), [c.WatchOnly()]
    return replace(state, reason=why), []


def _well(state: State, at: float) -> Step:
    if state.paused_by != BY or state.phase not in {Phase.PAUSED, Phase.PAUSING}:
        return state, []
    if state.away:
        # The session is away meanwhile: it plays on when that is back.
        state = replace(state, paused_by=min(state.away), reason=away.words(state.away))
        return state, []
    return pausing.on_resume(state, e.ResumeRequested(at))


def on_blind(state: State, event: e.WatchBlind) -> Step:
    """Say in the status which watch sees nothing, and why: nobody is protected by it."""
    watcher = state.watcher
    if watcher is None or watcher.life != event.life:
        return state, []
    others = {name: why for name, why in state.blind if name != event.watch}
    blind = others | ({event.watch: event.why} if event.why else {})
    report = c.Report("blind", state.life, {"watch": event.watch, "why": event.why})
    return replace(state, blind=tuple(blind.items())), [report] if event.why else []


def wait_for_picture(state: State, at: float) -> Step:
    """What paused for another reason, which is over, waits now for what it cannot see."""
    state = replace(state, paused_by=BY, reason=words(state.trouble))
    return _lost(state, at) if state.trouble is Trouble.LOST else (state, [])


def _lost(state: State, at: float) -> Step:
    """A life that waits for what does not come back ends: the next one may bring it back."""
    if state.paused_by != BY or state.phase not in {Phase.PAUSED, Phase.PAUSING}:
        return state, []
    state = replace(state.entered(Phase.DEAD, words(state.trouble)), ending_since=at)
    return moves.end_player(state, at)
