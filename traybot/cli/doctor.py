"""Why does tray, hotkey, capture or input not work here? What is found, with remedies.

A check that itself fails is a finding; the others go on.
"""

import json
from collections.abc import Iterator

from traybot.cli import checks_desktop, checks_files
from traybot.cli.finding import Check, Finding, Heard
from traybot.cli.redaction import redacted
from traybot.errors import NoDaemon, TraybotError
from traybot.shells import client
from traybot.shells.paths import Paths, find_paths
from traybot.system import choose
from traybot.text import _, in_english


def doctor(*, full: bool, as_json: bool) -> int:
    """Check everything; exit code 1 if something is at fault."""
    plain = in_english if as_json else str
    hide = str if full else redacted
    rows = []
    for one in _findings(find_paths()):
        text, remedy = hide(plain(one.text)), hide(plain(one.remedy))
        rows.append({"check": one.check, "ok": one.ok, "text": text, "remedy": remedy})
        if not as_json:
            _tell(one.check, text, remedy, ok=one.ok)
    well = all(row["ok"] for row in rows)
    if as_json:
        print(json.dumps({"ok": well, "findings": rows}))
    return 0 if well else 1


def _findings(paths: Paths) -> Iterator[Finding]:
    """Make one check after the other, and give what each finds as soon as it has."""
    heard = _ask(paths)
    for name, check in _checks():
        try:
            yield from check(paths, heard)
        except TraybotError as error:
            yield Finding(name, ok=False, text=error.what, remedy=error.remedy)
        except Exception as error:  # noqa: BLE001  a library may fail in every way; that is a finding
            yield Finding(name, ok=False, text=repr(error), remedy=_("see the log"))


def _checks() -> Iterator[tuple[str, Check]]:
    """Give them by name; what asks the screen only where that answers."""
    yield from checks_files.CHECKS.items()
    hangs = choose.screen_hangs()
    yield from (checks_desktop.WITHOUT_SCREEN if hangs else checks_desktop.CHECKS).items()


def _tell(check: str, text: str, remedy: str, *, ok: bool) -> None:
    """Print a row at once: should a later check take long, it is seen which."""
    words = {True: _("ok"), False: _("FAULT")}
    width = max(map(len, words.values()))
    print(f"{words[ok]:{width}} {check:12} {text}{f' ({remedy})' if remedy else ''}", flush=True)


def _ask(paths: Paths) -> Heard:
    """Give the daemon's own word."""
    try:
        plain = client.ask(paths.socket, {"do": "status"}, client.QUESTION_SECONDS)
        local = client.ask(paths.socket, {"do": "status", "local": True}, client.QUESTION_SECONDS)
        return Heard(plain, local)
    except NoDaemon:
        return Heard(None, {})
    except TraybotError as error:
        return Heard(None, {}, error.what, error.remedy)
