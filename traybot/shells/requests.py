"""What does a line on the control socket wish for? Documents in, events for the engine out."""

import time
from typing import Any

from traybot.core import events as e

_PLAIN: dict[str, type[e.Request]] = {
    "pause": e.PauseRequested,
    "resume": e.ResumeRequested,
    "toggle": e.ToggleRequested,
    "stop": e.StopRequested,
    "panic": e.PanicRequested,
    "restart": e.RestartRequested,
    "quit": e.QuitRequested,
}
_NAMED: dict[str, type[e.StartRequested] | type[e.BotChosen]] = {
    "start": e.StartRequested,
    "choose": e.BotChosen,
}


def read_request(wish: str, bot: object, ticket: int, by: str) -> e.Request | None:
    """Give the event for a wish; None if there is no such wish. Menu and hotkeys wish likewise."""
    now = time.monotonic()
    name, _, named = wish.partition(":")
    if name in _NAMED:
        return _NAMED[name](now, ticket, by, bot=named or (bot if isinstance(bot, str) else ""))
    if name in _PLAIN:
        return _PLAIN[name](now, ticket, by)
    return None


def answer(code: int, text: str) -> dict[str, Any]:
    """Give the document that answers a request."""
    return {"ok": code == 0, "code": code, "text": text}
