"""How does a bot pause and play on? In two steps: it parks by itself, or is frozen."""

from dataclasses import replace

from traybot.core import away, ladder, moves, policy
from traybot.core import commands as c
from traybot.core import events as e
from traybot.core.phases import Phase
from traybot.core.state import ROUTINE, Pending, State, Step
from traybot.text import _

_PAUSED = frozenset({Phase.PAUSED})
_RUNNING = frozenset({Phase.RUNNING, Phase.DEAD, Phase.RECOVERING})
_OVER = frozenset({Phase.IDLE, Phase.FAILED, Phase.STOPPING, Phase.BACKOFF, Phase.NEEDS_HUMAN})
#: Paused still, and no longer looking, means that the look spoke against playing on.
_NOT_RESUMED = _OVER | {Phase.PAUSED}


def on_pause(state: State, event: e.PauseRequested) -> Step:
    """Pause by the user's wish; only what plays can be paused."""
    if state.phase is Phase.PAUSED and not state.judging:
        return _by_user(state), [c.Reply(event.ticket), c.WatchOnly()]
    if state.phase is Phase.PAUSED:
        state = replace(state.entered(Phase.PAUSED, _("by the user")), paused_by="user")
        return state, [c.WatchOnly(), c.Reply(event.ticket)]
    if state.phase is Phase.PAUSING:
        return _await(_by_user(state), event.ticket, _PAUSED), [c.WatchOnly()]
    if state.phase is not Phase.RUNNING:
        told = (
            _("cannot pause while {bot} is {phase} (wait until it runs, or stop it)")
            if state.phase in {Phase.DEAD, Phase.RECOVERING}
            else _("cannot pause: nothing is running, the phase is {phase}")
        )
        text = told.format(bot=state.bot, phase=state.phase.words)
        return state, [c.Reply(event.ticket, 4, text)]
    state = _await(state, event.ticket, _PAUSED)
    return pause(state, "user", event.by and _("by {by}").format(by=_(event.by)))


def _by_user(state: State) -> State:
    """It is the user who pauses from now on; a verdict stays the reason, for it was no wish."""
    reason = state.reason if state.paused_by == "verdict" else _("by the user")
    return replace(state, paused_by="user", reason=reason)


def on_takeover(state: State, _event: e.UserTookOver) -> Step:
    """Give way to the user, who is told so; only what plays can."""
    if state.phase is not Phase.RUNNING:
        return state, []
    state, commands = pause(state, "user", _("you took over"))
    told = _("{bot} is paused: you took over").format(bot=state.bot)
    return state, [*commands, c.Notify(told, minor=True)]


def pause_away(state: State) -> Step:
    """Keep the bot's hands off a desktop that nobody sees."""
    return pause(state, min(state.away), away.words(state.away))


def pause(state: State, by: str, reason: str) -> Step:
    """Close the gate, let go, and wait for the life to park."""
    life, plan = state.life, state.plan
    state = replace(state.entered(Phase.PAUSING, reason), paused_by=by, letting_go=True)
    if plan is not None and plan.command:
        # A foreign program never parks: the gate it has is to be frozen.
        state, frozen = _freeze(state)
        told = c.Report("pausing", life, {"by": by})
        return state, [c.HoldLife(life), c.WatchOnly(), told, *frozen]
    state, timer = moves.set_timer(state, policy.PARK_SECONDS)
    told = c.Report("pausing", life, {"by": by})
    return state, [c.HoldLife(life), c.WatchOnly(), c.LetGo(beyond=True), *timer, told]


def hold_unwatched(state: State) -> Step:
    """Nobody plays unwatched: the life waits for the next deathwatch, and holds nothing down."""
    assert state.player is not None
    life = state.player.life
    held: list[c.Command] = [c.HoldLife(life)]
    if state.phase not in {Phase.RUNNING, Phase.RECOVERING}:
        return state, held
    if state.phase is Phase.RUNNING and state.plan is not None and state.plan.command:
        state = replace(state, suspended=True)
        held.append(c.SuspendChild(ROUTINE, life))
    return replace(state, letting_go=True), [*held, c.LetGo(beyond=True)]


def on_parked(state: State, event: e.ChildParked) -> Step:
    """The life stands still by itself."""
    if state.phase is not Phase.PAUSING or state.player is None:
        return state, []
    if state.player.life != event.life:
        return state, []
    return paused(state)


def on_park_timeout(state: State) -> Step:
    """The life made no call of ours in time: the operating system freezes it."""
    return _freeze(state)


def _freeze(state: State) -> Step:
    """Freeze a life, then let go: until now it may have pressed by another library."""
    assert state.player is not None
    suspend = c.SuspendChild(ROUTINE, state.player.life)
    state, commands = paused(replace(state, suspended=True, letting_go=True))
    return state, [suspend, c.LetGo(beyond=True), *commands]


def paused(state: State) -> Step:
    """Nothing of the life moves any more, or nothing is left of it."""
    how = {"suspended": state.suspended, "by": state.paused_by}
    return state.entered(Phase.PAUSED, state.reason), [c.Report("paused", state.life, how)]


def on_resume(state: State, event: e.ResumeRequested) -> Step:
    """Play on, after everything was judged anew."""
    if state.phase is Phase.RUNNING:
        return state, [c.Reply(event.ticket)]
    if state.phase not in {Phase.PAUSED, Phase.PAUSING, Phase.NEEDS_HUMAN}:
        text = _("cannot resume: nothing is paused, the phase is {phase}").format(
            phase=state.phase.words
        )
        return state, [c.Reply(event.ticket, 4, text)]
    # Who wants to play on sees the desktop, whatever we were told of it.
    state = replace(state, away=frozenset())
    state = _await(state, event.ticket, _RUNNING, _NOT_RESUMED)
    if state.phase is Phase.NEEDS_HUMAN:
        return (state, []) if state.judging else ladder.look_again(state)
    if state.player is None:
        # It ended while it was paused: playing on means a new life.
        return moves.start_routine(state)
    if state.judging:
        return state, []
    state = state.entered(Phase.PAUSED, _("looking before playing on"))
    return moves.judge(state, state.life)


def play_on(state: State) -> Step:
    """Nothing holds against it: thaw, open the gate, go."""
    life = state.life
    commands: list[c.Command] = [c.WatchLife(life)]
    if state.suspended:
        commands.append(c.ContinueChild(ROUTINE, life))
    if not state.letting_go:
        # Else hands' answer frees it.
        commands.append(c.FreeLife(life))
    commands.append(c.Report("resumed", life))
    state = replace(state.entered(Phase.RUNNING), suspended=False, paused_by="")
    return state, commands


def stay_paused(state: State, why: str) -> Step:
    """Nobody could look: that is told, for whoever wanted to play on expects that it does."""
    return state.entered(Phase.PAUSED, why), [
        c.Notify(_("{bot} stays paused: {why}").format(bot=state.bot, why=why))
    ]


def on_blocked(state: State, event: e.ChildBlocked) -> Step:
    """Say in the status what the routine's input waits for."""
    if state.player is None or state.player.life != event.life or state.blocked == event.why:
        return state, []
    report = c.Report("blocked" if event.why else "unblocked", event.life, {"why": event.why})
    return replace(state, blocked=event.why), [report]


def _await(
    state: State, ticket: int, goals: frozenset[Phase], misses: frozenset[Phase] = _OVER
) -> State:
    return state.awaiting(Pending(ticket, goals, misses))
