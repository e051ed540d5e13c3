"""How does a life, a run, or the daemon end? Stops, exits, and what comes after each."""

from dataclasses import replace

from traybot.core import commands as c
from traybot.core import dying, ladder, moves, pausing, policy, starting
from traybot.core import events as e
from traybot.core.durations import format_duration
from traybot.core.exits import Ending
from traybot.core.phases import AT_REST, Phase
from traybot.core.state import RECOVERY, ROUTINE, Pending, State, Step
from traybot.text import _

_PAUSE = frozenset({Phase.PAUSING, Phase.PAUSED})
_NEVER: frozenset[Phase] = frozenset()


def on_stop(state: State, event: e.StopRequested | e.PanicRequested) -> Step:
    """Stop now, from any phase; a stop wins over every restart and every queued start."""
    panic = isinstance(event, e.PanicRequested)
    state = state.awaiting(Pending(event.ticket, AT_REST | {Phase.STARTING}, _NEVER))
    state = replace(state, queued="", failures=(), streak=0)
    if state.phase in AT_REST:
        reason = "" if state.phase is Phase.IDLE else _("stopped")
        state = replace(state.entered(Phase.IDLE, reason), letting_go=True)
        return state, [c.CloseGate(), c.LetGo(everything=panic)]
    word = _("panic") if panic else _("stopped")
    reason = _("{word} by {by}").format(word=word, by=_(event.by)) if event.by else word
    state = replace(state, panic=state.panic or panic)
    return settled(*moves.end_all(state, event.at, reason))


def on_restart(state: State, event: e.RestartRequested) -> Step:
    """Stop kindly and start the same bot again."""
    if state.phase in AT_REST | {Phase.STOPPING}:
        return starting.on_start(state, e.StartRequested(event.at, event.ticket, event.by))
    bot, problem = starting.which(state, state.bot)
    if problem:
        return state, [c.Reply(event.ticket, 1, problem)]
    state, commands = moves.ask_all(state, event.at, _("restart"))
    start = e.StartRequested(event.at, event.ticket, event.by, bot)
    state, more = starting.on_start(state, start)
    return settled(state, [*commands, *more])


def on_quit(state: State, event: e.QuitRequested) -> Step:
    """End the daemon kindly; asked a second time it does not wait."""
    answer = c.Reply(event.ticket)
    again = state.leaving
    state = replace(state, leaving=True, queued="")
    if state.phase in AT_REST:
        return settled(state, [answer])
    if state.phase is Phase.STOPPING and not again:
        return state, [answer]
    # Who was asked already is ended.
    state, commands = moves.ask_all(state, event.at, _("quit"))
    return settled(state, [answer, *commands])


def on_session_end(state: State, event: e.SessionEnding) -> Step:
    """End everything at once: who waits for us here is the whole desktop."""
    state = replace(state, leaving=True, queued="")
    if state.phase in AT_REST:
        return settled(state, [])
    return settled(*moves.end_all(state, event.at, _("the session ends")))


def on_hours(state: State, event: e.TimerFired) -> Step:
    """The run has lasted as long as its bot allows."""
    if event.ticket != state.run or state.phase in AT_REST | {Phase.STOPPING}:
        return state, []
    if "suspend" in state.away or event.at < state.ends_at:
        return state, []  # on some systems the clock went on while the machine slept
    state, commands = moves.ask_all(state, event.at, _("max_hours is reached"))
    return settled(
        state,
        [*commands, c.Notify(_("{bot}: max_hours is reached").format(bot=state.bot), minor=True)],
    )


def on_exited(state: State, event: e.ChildExited) -> Step:
    """A process of ours is gone; a life that is not the present one changes nothing."""
    player, watcher = state.player, state.watcher
    if player and (player.name, player.life) == (event.child, event.life):
        return _player_gone(state, event)
    if watcher and (watcher.name, watcher.life) == (event.child, event.life):
        return _watcher_gone(replace(state, watcher=None), event, asked=watcher.ending)
    return state, []


def on_hangs(state: State, event: e.ChildHangs) -> Step:
    """A deathwatch that hangs sees nothing: it is ended, and the next one takes its place."""
    watcher = state.watcher
    if watcher is None or (watcher.name, watcher.life) != (event.child, event.life):
        return state, []
    state, commands = moves.end_watcher(state)
    return state, [c.Report("hangs", event.life, {"child": event.child}), *commands]


def _player_gone(state: State, event: e.ChildExited) -> Step:
    assert state.player is not None
    before, report = state, _gone_report(state, event)
    state = replace(state, player=None, blocked="", suspended=False, ending_since=0.0)
    state = replace(state, letting_go=True)
    state, more = _after_player(state, event, before)
    # Once more after its end, however it ended; a foreign program writes no ledger.
    let_go = c.LetGo(beyond=True, everything=state.panic)
    return settled(state, [c.CloseGate(), let_go, report, *more])


def _after_player(state: State, event: e.ChildExited, before: State) -> Step:
    assert before.player is not None
    if state.phase is Phase.STOPPING:
        return moves.end_watcher(state)
    if state.phase is Phase.DEAD:
        return dying.after_death(state, event.at)
    if before.player.name == ROUTINE:
        return _routine_ended(state, event, before)
    if before.player.ending:
        return ladder.failed(state, event.at, _("the recovery took too long"))
    return dying.recovery_ended(state, event)


def _gone_report(state: State, event: e.ChildExited) -> c.Report:
    ms = round((event.at - state.ending_since) * 1000.0, 3) if state.ending_since else None
    fields: dict[str, object] = {"child": event.child, "ending": event.exit.ending.value}
    fields |= {"why": event.exit.why, "stop_ms": ms}
    if state.phase is Phase.DEAD and state.latched is not None and event.child == ROUTINE:
        fields["watch"] = state.latched.watch
        fields["seen_to_gone_ms"] = round((event.at - state.latched.seen_at) * 1000.0, 3)
    return c.Report("gone", event.life, fields)


def _routine_ended(state: State, event: e.ChildExited, before: State) -> Step:
    assert state.plan is not None
    restart, why = state.plan.restart, event.exit.why
    if before.player and before.player.ending:
        why = _("not ready within {seconds}").format(seconds=format_duration(policy.START_SECONDS))
    if event.exit.ending is Ending.INVALID:
        return moves.fail(state, event.at, why, code=5)
    if not event.exit.crash and restart != "always":
        return _finished(state, event.at)
    if state.phase in _PAUSE and not state.judging:
        return _ended_while_paused(state, why)
    if not event.exit.crash:
        return _next_lap(state)
    why = _("the routine ended: {why}").format(why=why)
    if restart == "never":
        return moves.fail(state, event.at, why)
    return moves.back_off(state, event.at, ROUTINE, why)


def _ended_while_paused(state: State, why: str) -> Step:
    """Nothing starts while it is paused; to resume will mean a new life."""
    reason = (
        _("the routine ended while paused: {why}").format(why=why)
        if why
        else _("finished while paused")
    )
    state, commands = pausing.paused(replace(state, reason=reason))
    return state, [
        *commands,
        c.Notify(_("{bot}: {reason}").format(bot=state.bot, reason=reason), minor=not why),
    ]


def _finished(state: State, at: float) -> Step:
    # It may be done before the deathwatch was ready; whoever waits for its start is served.
    state, replies = starting.answer_starts(state)
    state, commands = moves.end_all(state, at, _("finished"))
    return state, [*commands, *replies]


def _next_lap(state: State) -> Step:
    state, replies = starting.answer_starts(state)
    state = replace(state.entered(Phase.BACKOFF, _("finished")), due=ROUTINE)
    state, timer = moves.set_timer(state, policy.BACKOFF_SECONDS)
    return state, [c.WatchNothing(), *timer, *replies]


def _watcher_gone(state: State, event: e.ChildExited, *, asked: bool) -> Step:
    if state.phase is Phase.STOPPING:
        return settled(state, [])
    if event.exit.ending is Ending.INVALID:
        return moves.fail(state, event.at, event.exit.why, code=5)
    failures = (*policy.recent(state.watch_failures, event.at), event.at)
    state = replace(state, watch_failures=failures)
    if policy.gives_up(failures):
        return moves.fail(
            state, event.at, _("the deathwatch keeps ending: {why}").format(why=event.exit.why)
        )
    report = c.Report("deathwatch_lost", event.life, {"why": event.exit.why, "asked": asked})
    commands: list[c.Command] = [report]
    if state.player is not None and not state.player.ending:
        state, held = pausing.hold_unwatched(state)
        commands += held
    state, start = moves.start_watcher(state)
    state, more = _without_watcher(state, event.at)
    return state, [*commands, *start, *more]


def _without_watcher(state: State, at: float) -> Step:
    """Go on until the next deathwatch is ready, which has a time limit where it is waited for."""
    why = _("the deathwatch ended while it judged")
    if state.judging:
        return dying.not_judged(state, at, why)
    if state.phase in {Phase.STARTING, Phase.RUNNING}:
        return moves.set_timer(state, policy.START_SECONDS)
    return state, []


def on_let_go(state: State, event: e.HandsLetGo) -> Step:
    """Nothing of ours is held any more: what waited for that goes on."""
    if not state.letting_go:
        return state, []
    state = replace(state, letting_go=False, late=False)
    go_on = dying.after_death if state.phase is Phase.DEAD else starting.open_gate
    state, commands = go_on(state, event.at)
    return settled(state, commands)


def on_late(state: State, event: e.HandsLate) -> Step:
    """Nobody waits for a screen that hangs: a stop is complete, though no gate opens until then."""
    if not state.letting_go or state.late:
        return state, []
    told = _("what is held down goes up later: {why}").format(why=event.why)
    report = c.Report("late", state.life, {"why": event.why})
    return settled(replace(state, late=True), [report, c.Notify(told, minor=True)])


def on_timer(state: State, event: e.TimerFired) -> Step:
    """The phase's time is up."""
    if event.timer == "hours":
        return on_hours(state, event)
    if event.timer == "program":
        return starting.on_program_due(state, event.ticket, event.at)
    if event.ticket != state.ticket:
        return state, []
    return _phase_timer(state, event.at)


def _phase_timer(state: State, at: float) -> Step:
    if state.phase is Phase.PAUSING:
        return pausing.on_park_timeout(state)
    if state.judging:
        return dying.on_judge_timeout(state, at)
    if state.phase is Phase.BACKOFF:
        due = ladder.climb if state.due == RECOVERY else moves.start_routine
        return due(state)
    if state.player is None:
        return starting.on_unread(state) if state.phase is Phase.STARTING else (state, [])
    if state.phase is Phase.STOPPING:
        # The grace of a kind stop is over.
        return moves.end_player(state, at)
    return _too_slow(state, at)


def _too_slow(state: State, at: float) -> Step:
    """A life that does not get ready, or a recovery that does not end, is ended."""
    assert state.player is not None
    if state.phase is Phase.RECOVERING or not state.player.ready:
        return moves.end_player(state, at)
    if state.watcher is None or state.watcher.ready:
        return state, []
    return moves.end_watcher(state)


def settled(state: State, commands: list[c.Command]) -> Step:
    """Complete a stop once nothing is left: rest, start what was queued, or leave."""
    held_up = state.letting_go and not state.late
    if state.phase is Phase.STOPPING and not (state.player or state.watcher or held_up):
        state, more = _stop_complete(state)
        commands = [*commands, *more]
    if state.leaving and state.phase in AT_REST and not state.gone:
        return replace(state, gone=True), [*commands, c.Leave()]
    return state, commands


def _stop_complete(state: State) -> Step:
    reason = state.reason
    if state.failing:
        state = state.entered(Phase.FAILED, reason)
        told = _("{title} has failed: {reason}").format(
            title=state.plan.title if state.plan else state.bot, reason=reason
        )
        commands: list[c.Command] = [
            c.Report("failed", state.life, {"why": reason}),
            c.Notify(told),
        ]
    else:
        state = state.entered(Phase.IDLE, reason)
        commands = [c.Report("stopped", state.life, {"why": reason})]
    if state.queued and not state.leaving:
        state, more = starting.begin(state, state.queued)
        commands += more
    return state, commands
