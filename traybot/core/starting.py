"""How does a bot come to play? From the wish to the open gate."""

from dataclasses import replace

from traybot.core import commands as c
from traybot.core import events as e
from traybot.core import moves, pausing, policy
from traybot.core.phases import Phase
from traybot.core.state import DEATHWATCH, RECOVERY, ROUTINE, Pending, State, Step
from traybot.text import _

_STARTED = frozenset({Phase.RUNNING, Phase.DEAD, Phase.RECOVERING})
_NOT_STARTED = frozenset({Phase.FAILED, Phase.IDLE, Phase.BACKOFF, Phase.PAUSED, Phase.NEEDS_HUMAN})


def on_start(state: State, event: e.StartRequested) -> Step:
    """Start a bot from rest; while a stop is under way the wish waits for its end."""
    bot, problem = which(state, event.bot)
    if problem:
        return state, [c.Reply(event.ticket, 1, problem)]
    if state.leaving:
        return state, [c.Reply(event.ticket, 4, _("cannot start: traybot is quitting"))]
    if state.phase is Phase.NEEDS_HUMAN and bot == state.bot:
        return pausing.on_resume(state, e.ResumeRequested(event.at, event.ticket, event.by))
    state = state.awaiting(Pending(event.ticket, _STARTED, _NOT_STARTED, bot))
    if state.phase is Phase.STOPPING:
        return replace(state, queued=bot), []
    if state.phase in {Phase.IDLE, Phase.FAILED}:
        return begin(state, bot)
    if bot == state.bot:
        return _already(state, event.ticket)
    text = _("cannot start {bot}: {running} is {phase} (stop it first)").format(
        bot=bot, running=state.bot, phase=state.phase.words
    )
    return _answered(state, c.Reply(event.ticket, 4, text))


def begin(state: State, bot: str) -> Step:
    """Take the first step of a new run: read the bot."""
    state = replace(
        state.entered(Phase.STARTING),
        bot=bot,
        plan=None,
        queued="",
        run=state.run + 1,
        deaths=0,
        failures=(),
        watch_failures=(),
        program_failures=(),
        streak=0,
        rung=0,
        rung_tries=0,
        playing_since=0.0,
        failing=False,
        panic=False,
        miss_code=1,
        latched=None,
        last_death=None,
        ends_at=0.0,
    )
    state, timer = moves.set_timer(state, policy.READ_SECONDS)
    return state, [c.LoadBot(bot, state.run), *timer]


def on_loaded(state: State, event: e.BotLoaded) -> Step:
    """Start program, routine and deathwatch, unless the run was stopped in between."""
    if not _awaits(state, event.run):
        return state, []
    plan = event.plan
    state = replace(state, plan=plan)
    commands: list[c.Command] = []
    if plan.program:
        state = replace(state, program_since=event.at)
        commands.append(c.StartProgram(plan))
    state, routine = moves.start_routine(state)
    state, watcher = moves.start_watcher(state)
    commands += [*routine, *watcher]
    if plan.max_hours is not None:
        state = replace(state, ends_at=event.at + plan.max_hours * 3600.0)
        commands.append(c.SetTimer("hours", state.run, plan.max_hours * 3600.0))
    return state, commands


def on_refused(state: State, event: e.BotRefused) -> Step:
    """Start nothing; the state is as before the wish, with the reason."""
    return _refused(state, event.why) if _awaits(state, event.run) else (state, [])


def on_unread(state: State) -> Step:
    """Wait no longer for a folder that does not answer; what it says later is not heard."""
    why = _("cannot read {bot}: its folder does not answer (is it on a drive that is gone?)")
    return _refused(state, why.format(bot=state.bot))


def _refused(state: State, why: str) -> Step:
    state, replies = answer_starts(state.entered(Phase.IDLE, why), 5, why)
    report = c.Report("refused", 0, {"bot": state.bot, "why": why})
    return state, [*replies, report, c.Notify(why)]


def answer_starts(state: State, code: int = 0, text: str = "") -> Step:
    """Answer whoever waits for a start now: its outcome is known before any phase tells."""
    kept = tuple(waiting for waiting in state.pending if waiting.goals != _STARTED)
    replies: list[c.Command] = [
        c.Reply(waiting.ticket, code, text) for waiting in state.pending if waiting not in kept
    ]
    return replace(state, pending=kept), replies


def _awaits(state: State, run: int) -> bool:
    """Whether the bot is read for this run; a start that was stopped gets its answer too late."""
    return state.phase is Phase.STARTING and state.player is None and state.run == run


def on_ready(state: State, event: e.ChildReady) -> Step:
    """Note that a child is set up; the gate opens when both are."""
    if state.player and (state.player.name, state.player.life) == (event.child, event.life):
        state = replace(state, player=replace(state.player, ready=True))
    elif state.watcher and (state.watcher.name, state.watcher.life) == (event.child, event.life):
        state = replace(state, watcher=replace(state.watcher, ready=True))
    else:
        return state, []
    if state.phase in {Phase.PAUSING, Phase.PAUSED} and event.child == DEATHWATCH:
        # A judgement that it was asked for already tells it more than this.
        if state.judging:
            return state, []
        # It must glance at the picture to tell when that is good again; it still only tells.
        glance = [c.WatchLife(state.life)] if state.paused_by == "picture" else []
        return state, [*glance, c.WatchOnly()]
    return open_gate(state, event.at)


def open_gate(state: State, at: float) -> Step:
    """Let the life play if it and its deathwatch are ready and nothing of another is held."""
    player = state.player
    if player is None or not player.able or not state.watched or state.letting_go:
        return state, []
    if state.phase is Phase.STARTING and player.name == ROUTINE:
        state = replace(state.entered(Phase.RUNNING), playing_since=at)
        report = c.Report("running", player.life, {"bot": state.bot})
        if state.away:
            state, commands = pausing.pause_away(state)
            return state, [report, *commands]
        return state, [c.WatchLife(player.life), c.FreeLife(player.life), report]
    if state.phase is Phase.RUNNING:
        thaw = [c.ContinueChild(ROUTINE, player.life)] if state.suspended else []
        state = replace(state, suspended=False)
        return state, [c.WatchLife(player.life), *thaw, c.FreeLife(player.life)]
    if state.phase is Phase.RECOVERING and player.name == RECOVERY:
        return state, [c.FreeLife(player.life)]
    return state, []


def on_choose(state: State, event: e.BotChosen) -> Step:
    """Make a bot the chosen one; while another is active it cannot change."""
    if state.phase not in {Phase.IDLE, Phase.FAILED}:
        text = _("cannot choose {bot}: {running} is {phase} (stop it first)").format(
            bot=event.bot, running=state.bot, phase=state.phase.words
        )
        return state, [c.Reply(event.ticket, 4, text)]
    bot, problem = which(state, event.bot)
    if problem:
        return state, [c.Reply(event.ticket, 1, problem)]
    if bot != state.bot:
        # How the other one fared is not this one's story.
        state = replace(state.entered(Phase.IDLE), bot=bot, plan=None, deaths=0)
    return state, [c.Reply(event.ticket)]


def on_program_exited(state: State, event: e.ProgramExited) -> Step:
    """Say it; start the program again a little later if the bot wants that, within bounds."""
    if event.why and state.plan is not None and state.phase not in _RESTING:
        # No wait makes a program of what is none.
        report = c.Report("program_failed", 0, {"why": event.why})
        state, commands = moves.fail(state, event.at, event.why, code=5)
        return state, [report, *commands]
    report = c.Report("program_exited", 0, {"code": event.code})
    if state.plan is None or not state.plan.program_restart or state.phase in _RESTING:
        return state, [report]
    failures = policy.recent(state.program_failures, event.at)
    if event.code != 0 or event.at - state.program_since < policy.PROGRAM_USED_SECONDS:
        failures = (*failures, event.at)
    state = replace(state, program_failures=failures)
    if policy.gives_up(failures):
        state, commands = moves.fail(state, event.at, _("the program keeps ending"))
        return state, [report, *commands]
    return state, [report, c.SetTimer("program", state.run, policy.PROGRAM_SECONDS)]


_RESTING = frozenset({Phase.IDLE, Phase.FAILED, Phase.STOPPING})


def on_program_due(state: State, ticket: int, at: float) -> Step:
    """Start the program again, if its run still goes on."""
    if state.plan is None or ticket != state.run or state.phase in _RESTING:
        return state, []
    return replace(state, program_since=at), [c.StartProgram(state.plan)]


def which(state: State, bot: str) -> tuple[str, str]:
    """Give the bot that is meant, or what is wrong with the wish; no name means the chosen one."""
    names = [name for name, _ in state.bots]
    if bot:
        known = ", ".join(names) or _("none")
        return bot, "" if bot in names else _(
            "cannot find a bot named {bot} (known: {known})"
        ).format(bot=bot, known=known)
    if state.bot in names:
        return state.bot, ""
    if len(names) == 1:
        return names[0], ""
    if not names:
        return "", _("cannot start: there is no bot (make one with: traybot new NAME)")
    return "", _("cannot start: no bot is chosen (name one of {names})").format(
        names=", ".join(names)
    )


def _already(state: State, ticket: int) -> Step:
    if state.phase in {Phase.PAUSED, Phase.PAUSING, Phase.BACKOFF}:
        remedy = "restart" if state.phase is Phase.BACKOFF else "resume"
        text = _("cannot start {bot}: it is {phase} ({remedy} or stop it)").format(
            bot=state.bot, phase=state.phase.words, remedy=remedy
        )
        return _answered(state, c.Reply(ticket, 4, text))
    return state, []


def _answered(state: State, reply: c.Reply) -> Step:
    kept = tuple(p for p in state.pending if p.ticket != reply.ticket)
    return replace(state, pending=kept), [reply]
