"""What does a child say? Its documents, turned into events for the engine."""

import logging
import time
from collections.abc import Callable
from typing import Any

from traybot.core import events as e
from traybot.core.exits import Ending, Exit
from traybot.core.geometry import Rect
from traybot.core.health import Trouble
from traybot.core.verdicts import Verdict

_log = logging.getLogger(__name__)
_bots = logging.getLogger("bot")


def heard(child: str, life: int, document: dict[str, Any]) -> list[e.Event]:
    """Read one document; what a life cannot say is logged and ignored."""
    word = document.get("say")
    if word == "log":
        _log_line(child, life, document)
        return []
    read = _READERS.get(word) if isinstance(word, str) else None
    if read is None:
        _log.warning("%s %s said something unknown: %s", child, life, word)
        return []
    try:
        return [read(time.monotonic(), child, life, document)]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        _log.warning("%s %s said something broken (%s)", child, life, error)
        return []


def read_end(document: dict[str, Any]) -> Exit | None:
    """Read a life's last words; None if they make no sense: then its exit code must tell."""
    try:
        return Exit(Ending(str(document.get("ending"))), str(document.get("why", "")))
    except ValueError:
        _log.warning("last words that mean nothing: %s", document)
        return None


def write_verdict(verdict: Verdict) -> dict[str, Any]:
    """Give the document for a verdict."""
    return {
        "say": "verdict",
        "watch": verdict.watch,
        "then": verdict.then,
        "life": verdict.life,
        "seen": verdict.seen_at,
        "decided": verdict.decided_at,
        "gated": verdict.gated_at,
        "score": verdict.score,
        "rect": verdict.rect.as_list() if verdict.rect else None,
        "why": verdict.why,
    }


def read_verdict(document: dict[str, Any]) -> Verdict:
    """Read what `write_verdict` wrote."""
    rect, score = document.get("rect"), document.get("score")
    return Verdict(
        watch=str(document["watch"]),
        then=str(document["then"]),
        life=int(document["life"]),
        seen_at=float(document["seen"]),
        decided_at=float(document["decided"]),
        gated_at=float(document["gated"]),
        score=None if score is None else float(score),
        rect=Rect(*map(int, rect)) if rect else None,
        why=str(document.get("why", "")),
    )


def log_line(child: str, life: int, line: str) -> None:
    """Write into the log what a life, or something that it started, has written."""
    _write(child, life, logging.INFO, line)


def _log_line(child: str, life: int, document: dict[str, Any]) -> None:
    level = logging.getLevelNamesMapping().get(str(document.get("level")).upper(), logging.INFO)
    _write(child, life, level, document.get("text"))


def _write(child: str, life: int, level: int, text: object) -> None:
    """Write a line under the life's name; a logger of its own for each life would stay for ever."""
    if _bots.isEnabledFor(level):
        _bots.handle(
            _bots.makeRecord(f"bot.{child}.{life}", level, __file__, 0, "%s", (text,), None)
        )


#: How each word of a child becomes an event.
_READERS: dict[str, Callable[[float, str, int, dict[str, Any]], e.Event]] = {
    "ready": lambda at, child, life, _: e.ChildReady(at, child, life),
    "parked": lambda at, child, life, _: e.ChildParked(at, child, life),
    "blocked": lambda at, child, life, said: e.ChildBlocked(at, child, life, str(said["why"])),
    "verdict": lambda at, _child, _life, said: e.VerdictReached(at, read_verdict(said)),
    "sight": lambda at, child, _life, said: e.SightChanged(
        at, child, int(said["life"]), Trouble(said["trouble"])
    ),
    "blind": lambda at, child, life, said: e.WatchBlind(
        at, child, life, str(said["watch"]), str(said["why"])
    ),
    "judged": lambda at, _child, _life, said: e.Judged(at, tuple(map(str, said["holding"]))),
    "picture": lambda at, _child, _life, said: e.PictureTaken(
        at, str(said["name"]), str(said["file"])
    ),
}
