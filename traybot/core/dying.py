"""What follows a verdict? The life's end, its recovery, and the proof that the recovery helped."""

from dataclasses import replace

from traybot.core import commands as c
from traybot.core import events as e
from traybot.core import ladder, moves, pausing
from traybot.core.exits import Ending
from traybot.core.phases import Phase
from traybot.core.state import State, Step
from traybot.core.verdicts import Verdict
from traybot.core.watchfile import ENDING, WatchSpec
from traybot.text import _

#: Where a verdict can matter. In the phases that follow one, the first stays latched.
_ALIVE = frozenset({Phase.RUNNING, Phase.PAUSING, Phase.PAUSED})


def on_verdict(state: State, event: e.VerdictReached) -> Step:
    """Act on a verdict, or only tell of it: while the user has paused, or after another one."""
    verdict = event.verdict
    acts = _acts(state, verdict)
    report = c.Report("verdict", verdict.life, _told(verdict, acts=acts, received=event.at))
    if verdict.then == "notify":
        return state, [report, c.Notify(_sentence(state, verdict))]
    if verdict.then == "send" or not _concerns(state, verdict):
        return state, [report]
    if verdict.gated_at:
        state = replace(state, condemned=verdict.life)
    if not acts:
        # What is seen on a lock screen is news for nobody.
        told = c.Notify(_sentence(state, verdict), minor=True)
        return state, [report] if state.away else [report, told]
    if verdict.then == "pause":
        state, commands = _pause(state, verdict)
        return state, [report, *commands]
    state, commands = _die(state, verdict, event.at)
    return state, [report, *commands]


def on_gate_found_shut(state: State, event: e.GateFoundShut) -> Step:
    """Who shut a gate and died before telling has concluded something all the same."""
    player, plan = state.player, state.plan
    told = state.condemned == event.life or player is None or player.life != event.life
    if told or plan is None:
        return state, []
    known = 0 <= event.place < len(plan.watches)
    spec = plan.watches[event.place] if known else WatchSpec("unknown", then="restart")
    verdict = Verdict(
        watch=spec.name,
        then=spec.then,
        life=event.life,
        seen_at=event.decided_at,
        decided_at=event.decided_at,
        gated_at=event.decided_at,
        why=_("the deathwatch ended before it could tell"),
    )
    if not _concerns(state, verdict):
        return state, []
    return on_verdict(state, e.VerdictReached(event.at, verdict))


def _concerns(state: State, verdict: Verdict) -> bool:
    player = state.player
    return (
        player is not None
        and player.life == verdict.life
        and not player.ending
        and state.phase in _ALIVE
    )


def _acts(state: State, verdict: Verdict) -> bool:
    if verdict.then not in ENDING and verdict.then != "pause":
        return False
    by_user = state.paused_by not in {"", "verdict", "picture"} and not state.judging
    return _concerns(state, verdict) and not by_user


def _pause(state: State, verdict: Verdict) -> Step:
    if state.phase is not Phase.RUNNING:
        told = c.Notify(_sentence(state, verdict))
        if not state.judging:
            return state, [told]
        # It holds still, or again: no playing on for now, whoever had paused.
        by = "user" if state.paused_by == "user" else "verdict"
        state = replace(state.entered(Phase.PAUSED, verdict.sentence), paused_by=by)
        return state, [c.WatchOnly(), told]
    state, commands = pausing.pause(state, "verdict", verdict.sentence)
    return state, [*commands, c.Notify(_sentence(state, verdict))]


def _die(state: State, verdict: Verdict, at: float) -> Step:
    state = state.entered(Phase.DEAD, verdict.sentence)
    state = replace(state, latched=verdict, last_death=verdict, deaths=state.deaths + 1)
    state = replace(state, ending_since=at)
    return moves.end_player(state, at, stack=verdict.stuck)


def after_death(state: State, at: float) -> Step:
    """Go on from `dead` once the life is gone and nothing is held: stop, recover, or start anew."""
    if state.phase is not Phase.DEAD or state.player is not None or state.letting_go:
        return state, []
    plan, verdict = state.plan, state.latched
    assert plan is not None
    if verdict is None:
        return moves.start_routine(state)
    if verdict.then == "stop":
        return moves.end_all(state, at, verdict.sentence)
    if plan.max_deaths is not None and state.deaths >= plan.max_deaths:
        return moves.fail(
            state, at, _("{deaths} deaths, the limit of this bot").format(deaths=state.deaths)
        )
    if verdict.then == "recover" and plan.recovery:
        return ladder.climb(state)
    return moves.start_routine(state)


def recovery_ended(state: State, event: e.ChildExited) -> Step:
    """The recovery left: did it help? The watch that called for it is asked."""
    why = _("the recovery failed: {why}").format(why=event.exit.why)
    if event.exit.ending is Ending.INVALID:
        return moves.fail(state, event.at, why, code=5)
    if event.exit.crash:
        return ladder.failed(state, event.at, why)
    return moves.judge(state.entered(Phase.RECOVERING, state.reason), 0)


def on_judged(state: State, event: e.Judged) -> Step:
    """Everything was looked at anew: play on, or not."""
    if not (state.judging and state.watched):
        # Nobody asked any more, or the answer of a deathwatch that was given up.
        return state, []
    if state.phase is Phase.PAUSED:
        return _judged_before_resume(state, event.at)
    assert state.latched is not None
    if state.latched.watch in event.holding:
        if state.phase is Phase.NEEDS_HUMAN:
            return ladder.still_needed(
                state, _("{watch} still holds").format(watch=state.latched.watch)
            )
        why = _("{watch} still holds after the recovery").format(watch=state.latched.watch)
        return ladder.failed(state, event.at, why)
    report = c.Report("recovered", state.life, {"watch": state.latched.watch})
    state, commands = moves.start_routine(ladder.helped(state))
    return state, [report, *commands]


def _judged_before_resume(state: State, at: float) -> Step:
    assert state.player is not None
    if state.condemned != state.player.life:
        return pausing.play_on(state)
    # A verdict closed this life's gate for good and is over now: only a new life can press again.
    state = replace(
        state.entered(Phase.DEAD, _("its gate was closed while paused")), ending_since=at
    )
    return moves.end_player(state, at)


def on_judge_timeout(state: State, at: float) -> Step:
    """The deathwatch does not answer: replace it. What it was to judge is not taken on trust."""
    why = _("the deathwatch did not answer")
    state, commands = moves.end_watcher(state)
    state, more = not_judged(state, at, why)
    return state, [*commands, *more]


def not_judged(state: State, at: float, why: str) -> Step:
    """Nobody could look: what was to follow if all is well does not."""
    if state.phase is Phase.PAUSED:
        return pausing.stay_paused(state, why)
    if state.phase is Phase.NEEDS_HUMAN:
        return ladder.still_needed(state, why)
    return ladder.failed(state, at, why)


def on_stood(state: State, event: e.ChildStood) -> Step:
    """Say where a stuck life stood."""
    return state, [c.Report("stack", event.life, {"child": event.child, "stack": event.stack})]


def on_picture(state: State, event: e.PictureTaken) -> Step:
    """Say where the picture lies."""
    return state, [c.Report("picture", state.life, {"name": event.name, "file": event.file})]


def _told(verdict: Verdict, *, acts: bool, received: float) -> dict[str, object]:
    rounded = None if verdict.score is None else round(verdict.score, 4)
    return {
        "watch": verdict.watch,
        "then": verdict.then,
        "score": rounded,
        "rect": verdict.rect.as_list() if verdict.rect else None,
        "latency_ms": _ms(verdict.latency),
        "gate_ms": _ms(verdict.gated_at - verdict.seen_at) if verdict.gated_at else None,
        "received_ms": _ms(received - verdict.seen_at),
        "why": verdict.why,
        "acted": acts,
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1000.0, 3)


def _sentence(state: State, verdict: Verdict) -> str:
    title = state.plan.title if state.plan else state.bot
    return _("{title}: {sentence}").format(title=title, sentence=verdict.sentence)
