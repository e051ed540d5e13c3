"""What does `traybot status --json` say? One document with stable keys."""

import time
from typing import Any

from traybot import __version__
from traybot.core.state import State
from traybot.shells.children import Children
from traybot.shells.memory import Memory
from traybot.text import _


def snapshot(  # noqa: PLR0913  it is the sum of all parts
    state: State,
    memory: Memory,
    children: Children,
    *,
    pids: dict[str, int | None],
    faces: dict[str, Any],
    input_trouble: str,
    awake: str,
    session: str,
    settings_trouble: str,
    seconds: float,
) -> dict[str, Any]:
    """Give the document; from any thread, of values that are replaced and never changed."""
    plan = state.plan
    running = pids | children.pids()
    return {
        "version": __version__,
        "phase": str(state.phase),
        "reason": state.reason,
        "bot": state.bot,
        "title": plan.title if plan else "",
        "life": state.life,
        "deaths": state.deaths,
        "last_death": _death(state),
        "waits_for": state.blocked,
        "picture": state.trouble.value or "good",
        "counters": dict(zip(children.counters, memory.counters, strict=False)),
        "pids": {name: pid for name, pid in running.items() if pid},
        "ages": _ages(memory),
        "watches": _watches(state, memory),
        "hotkeys": faces.get("hotkeys", {}),
        "corner": faces.get("corner", "off"),
        "takeover": faces.get("takeover", "off"),
        "tray": faces.get("tray", _("starting")),
        "input": input_trouble or "ok",
        "awake": awake,
        "session": session,
        "settings": settings_trouble or "ok",
        "seconds": round(seconds, 3),
    }


def _watches(state: State, memory: Memory) -> list[dict[str, Any]]:
    """Each watch of the present bot; its score is that of the last look, None if it has none."""
    watches = state.plan.watches if state.plan else ()
    scores = memory.scored([watch.name for watch in watches])
    blind = dict(state.blind)
    return [
        {
            "name": watch.name,
            "kind": watch.kind,
            "then": watch.then,
            "every_ms": watch.every * 1000.0,
            "score": scores.get(watch.name),
            "blind": blind.get(watch.name, ""),
        }
        for watch in watches
    ]


def _death(state: State) -> dict[str, Any] | None:
    """What the last death of this run was concluded from; None if there was none."""
    verdict = state.last_death
    if verdict is None:
        return None
    return {
        "watch": verdict.watch,
        "why": verdict.sentence,
        "life": verdict.life,
        "score": None if verdict.score is None else round(verdict.score, 3),
        "ago": round(max(0.0, time.monotonic() - verdict.decided_at), 3),
    }


def _ages(memory: Memory) -> dict[str, float]:
    """Seconds since the life's last call of ours, the deathwatch's last look and last verdict."""
    now = time.monotonic()
    times = {
        "heartbeat": memory.heartbeat.value,
        "looked": memory.looked_at.value,
        "verdict": memory.verdict_at.value,
    }
    # A sleeping life has said when it will wake: its last call is now.
    return {name: round(max(0.0, now - at), 3) for name, at in times.items() if at}
