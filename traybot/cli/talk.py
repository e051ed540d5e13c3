"""How are the commands carried out that only ask the running daemon?"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from traybot.errors import BotError, NoDaemon, Refused, TraybotError
from traybot.shells import client
from traybot.shells.instance import is_locked
from traybot.shells.paths import find_paths
from traybot.text import _

#: A daemon's parts have a few seconds each to end.
_QUIT_SECONDS = 30.0
_LOOK_SECONDS = 0.05
#: One that is on its way up listens within this time, or something is wrong with it.
_UP_SECONDS = 5.0


def wish(do: str) -> int:
    """Have the daemon do something, and wait until it is done."""
    return _obeyed({"do": do})


def quit_daemon() -> int:
    """Have the daemon end, one that is on its way up as well; return when it is gone."""
    lock, deadline = find_paths().lock, time.monotonic() + _QUIT_SECONDS
    while not _asked_to_quit():
        # One that does not listen yet holds its lock.
        if not is_locked(lock) or time.monotonic() > deadline:
            return wish("quit")
        time.sleep(_LOOK_SECONDS)
    while is_locked(lock):
        if time.monotonic() > deadline:
            what = _("cannot end traybot: it is still there after {seconds:g} s")
            raise TraybotError(what.format(seconds=_QUIT_SECONDS), _("see its log: traybot log"))
        time.sleep(_LOOK_SECONDS)
    return 0


def _asked_to_quit() -> bool:
    try:
        return wish("quit") == 0
    except NoDaemon:
        return False


def start(bot: str) -> int:
    """Start a bot."""
    return _obeyed({"do": "start", "bot": named(bot)})


def named(bot: str) -> str:
    """Give a bot's name, or the whole path of its folder: the daemon stands elsewhere.

    What has a slash is a path, and so is a dot; a name means the bots folder, wherever one stands.
    """
    if bot in {".", ".."} or "/" in bot or os.sep in bot:
        return str(Path(bot).expanduser().absolute())
    return bot


def status(*, as_json: bool, follow: bool) -> int:
    """Show what is going on, once or as it happens."""
    if follow:
        wish = {"do": "follow", "local": not as_json}
        for document in client.follow(find_paths().socket, wish):
            if document.get("code"):
                _checked(document)
            _print(document, as_json=as_json)
        return 0
    document = _asked(local=not as_json)
    for hidden in ("ok", "code"):
        document.pop(hidden, None)
    _print(document, as_json=as_json)
    return 0


def running() -> dict[str, Any] | None:
    """Give a daemon's status, None if none answers."""
    try:
        return _asked(local=False)
    except NoDaemon:
        return None


def _asked(*, local: bool) -> dict[str, Any]:
    question = {"do": "status", "local": True} if local else {"do": "status"}
    return _checked(_ask(question, client.QUESTION_SECONDS))


def _obeyed(document: dict[str, Any]) -> int:
    _checked(_ask(document))
    return 0


def _ask(document: dict[str, Any], patience: float = 0.0) -> dict[str, Any]:
    """Ask; a daemon that does not listen yet holds its lock, and is waited for."""
    paths, deadline = find_paths(), time.monotonic() + _UP_SECONDS
    while True:
        try:
            return client.ask(paths.socket, document, patience)
        except NoDaemon:
            if time.monotonic() > deadline or not is_locked(paths.lock):
                raise
        time.sleep(_LOOK_SECONDS)


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    """Give an answer that says yes; raise what another one says."""
    code = answer.get("code")
    if not isinstance(code, int):
        client.not_understood()
    if code:
        kinds: dict[int, type[TraybotError]] = {3: NoDaemon, 4: Refused, 5: BotError}
        raise kinds.get(code, TraybotError)(str(answer.get("text", "")))
    return answer


def _print(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(document))
    elif "event" in document and document["event"] != "status":
        facts = {k: v for k, v in document.items() if k not in {"event", "t", "life"} and v}
        print(f"{document['t']:9.3f} s  {document['event']}  {_facts(facts)}")
    else:
        try:
            page = _page(document)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            client.not_understood(error)
        print(page)
    sys.stdout.flush()


def _page(document: dict[str, Any]) -> str:
    """Lay the status out for a person."""
    who = document.get("title") or document.get("bot") or _("no bot chosen")
    phase = str(document["phase"]).replace("_", " ")
    rows = [(_("phase"), f"{_(phase)}  ({who})")]
    why = document.get("waits_for") or document.get("reason")
    if why:
        rows.append((_("why"), str(why)))
    life = _("{number}, deaths {deaths}").format(number=document["life"], deaths=document["deaths"])
    rows.append((_("life"), life))
    if document.get("counters"):
        rows.append((_("counters"), _facts(document["counters"])))
    if death := document.get("last_death"):
        told = _("{why}, {seconds:.0f} s ago").format(why=death["why"], seconds=death["ago"])
        rows.append((_("last death"), told))
    rows += [(_("watch"), _watch(watch)) for watch in document["watches"]]
    rows += [
        (_("hotkey"), f"{name}: {key['chord']} ({key['state']})")
        for name, key in document["hotkeys"].items()
    ]
    rows += [(_("tray"), str(document["tray"])), (_("input"), str(document["input"]))]
    rows.append((_("awake"), str(document["awake"])))
    if document["settings"] != "ok":
        rows.append((_("settings"), str(document["settings"])))
    rows.append((_("processes"), _facts(document["pids"])))
    width = max(10, *(len(name) for name, _value in rows))
    return "\n".join(f"{name:{width}} {value}" for name, value in rows)


def _watch(watch: dict[str, Any]) -> str:
    told = _("{name}: {kind}, then {then}").format(**watch)
    if watch.get("blind"):
        return _("{watch}; sees nothing: {why}").format(watch=told, why=watch["blind"])
    score = watch.get("score")
    return told if score is None else f"{told} ({score:.2f})"


def _facts(facts: dict[str, Any]) -> str:
    return ", ".join(
        f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}"
        for key, value in facts.items()
    )
