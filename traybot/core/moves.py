"""Which few moves are all phase changes made of? Starting, ending, waiting, giving up."""

from dataclasses import replace

from traybot.core import commands as c
from traybot.core import policy
from traybot.core.durations import format_duration
from traybot.core.health import Trouble
from traybot.core.phases import Phase
from traybot.core.state import DEATHWATCH, RECOVERY, ROUTINE, Child, State, Step
from traybot.text import _


def set_timer(state: State, seconds: float) -> Step:
    """Set the phase's one timer; an older one turns stale."""
    state = replace(state, ticket=state.ticket + 1)
    return state, [c.SetTimer("phase", state.ticket, seconds)]


def judge(state: State, life: int) -> Step:
    """Have every watch judged anew; a deathwatch that is just starting gets time for both."""
    seconds = policy.JUDGE_SECONDS if state.watched else policy.START_SECONDS
    state, timer = set_timer(replace(state, judging=True), seconds)
    return state, [c.Judge(life), *timer]


def start_watcher(state: State) -> Step:
    """Start the deathwatch's next life."""
    plan, life = state.plan, state.watch_life + 1
    assert plan is not None
    state = replace(state, watch_life=life, watcher=Child(DEATHWATCH, life), blind=())
    return state, [c.StartChild(DEATHWATCH, life, plan)]


def start_routine(state: State) -> Step:
    """Start the routine's next life; what was latched is over."""
    state = replace(state.entered(Phase.STARTING), latched=None, blocked="", condemned=0)
    return _start_player(state, ROUTINE, policy.START_SECONDS)


def start_recovery(state: State, seconds: float) -> Step:
    """Start a life of the recovery, in the routine's place; it has so long."""
    return _start_player(state.entered(Phase.RECOVERING, state.reason), RECOVERY, seconds)


def _start_player(state: State, name: str, seconds: float) -> Step:
    plan, life = state.plan, state.life + 1
    assert plan is not None
    plan = plan.climbing(state.rung) if name == RECOVERY else plan
    assert state.player is None, "two lives in one place"
    state = replace(
        state,
        life=life,
        player=Child(name, life),
        paused_by="",
        suspended=False,
        trouble=Trouble.NONE,
        ending_since=0.0,
    )
    state, timer = set_timer(state, seconds)
    phase = "starting" if name == ROUTINE else "recovering"
    return state, [
        c.HoldLife(life),
        c.StartChild(name, life, plan),
        *timer,
        c.Report(phase, life, {"bot": state.bot}),
    ]


def end_player(state: State, at: float, *, stack: bool = False) -> Step:
    """End the present life now: gate, hands, process, in this order; of a stuck one the stack."""
    commands: list[c.Command] = [c.CloseGate(), c.LetGo(beyond=True, everything=state.panic)]
    state = replace(state, letting_go=True, blocked="")
    if state.player is None:
        return state, commands
    player = state.player
    commands.append(c.KillChild(player.name, player.life, stack))
    since = state.ending_since or at
    return replace(state, player=replace(player, ending=True), ending_since=since), commands


def end_all(state: State, at: float, reason: str, *, failing: bool = False) -> Step:
    """End the run now; leads to `idle`, or to `failed` with one notice.

    The deathwatch, which presses nothing, follows when the life is gone: two processes that are
    torn down at the same time hold each other up.
    """
    state, commands = end_player(state.entered(Phase.STOPPING, reason), at)
    if state.plan is not None and state.plan.program:
        commands.append(c.LeaveProgram())
    state = replace(state, failing=failing, latched=None)
    if state.player is not None:
        return state, commands
    state, more = end_watcher(state)
    return state, [*commands, *more]


def end_watcher(state: State) -> Step:
    """End the deathwatch now; whether another follows is for its end to decide."""
    watcher = state.watcher
    if watcher is None or watcher.ending:
        return state, []
    state = replace(state, watcher=replace(watcher, ending=True))
    return state, [c.KillChild(DEATHWATCH, watcher.life)]


def ask_all(state: State, at: float, reason: str) -> Step:
    """End the run kindly: the life is asked, and has its grace. A frozen one cannot be asked."""
    player, plan = state.player, state.plan
    if not player or not plan or not player.ready or player.ending or state.suspended:
        return end_all(state, at, reason)
    state = replace(state.entered(Phase.STOPPING, reason), latched=None, blocked="", failing=False)
    state = replace(state, player=replace(player, ending=True), ending_since=at)
    state, timer = set_timer(state, plan.grace)
    return state, [c.AskChild(player.name, player.life), *timer]


def defer(state: State, due: str, why: str) -> Step:
    """Wait with `due` until the session is back, however long that is."""
    state = replace(state.entered(Phase.BACKOFF, why), playing_since=0.0, due=due, deferred=True)
    return state, [c.WatchNothing(), c.Report("deferred", state.life, {"why": why})]


def fail(state: State, at: float, reason: str, code: int = 1) -> Step:
    """Give the run up; whoever waits for it gets this exit code."""
    return end_all(replace(state, miss_code=code), at, reason, failing=True)


def back_off(state: State, at: float, due: str, why: str) -> Step:
    """Count a failure and wait before `due` starts again, or give up."""
    if state.playing_since and at - state.playing_since >= policy.HEALTHY_SECONDS:
        state = replace(state, streak=0)
    failures = (*policy.recent(state.failures, at), at)
    state = replace(state, failures=failures, streak=state.streak + 1)
    if policy.gives_up(failures):
        window = format_duration(policy.WINDOW_SECONDS)
        many = _("{restarts} restarts in {window} did not help").format(
            restarts=policy.RESTARTS, window=window
        )
        return fail(state, at, _("{why}; {many}").format(why=why, many=many))
    return wait(state, due, why)


def wait(state: State, due: str, why: str) -> Step:
    """Wait before `due` starts, the longer the more often in a row something failed."""
    seconds = policy.backoff(state.streak)
    state = replace(state.entered(Phase.BACKOFF, why), playing_since=0.0, due=due)
    state, commands = set_timer(state, seconds)
    report = c.Report("backoff", state.life, {"why": why, "seconds": seconds})
    return state, [c.WatchNothing(), *commands, report]
