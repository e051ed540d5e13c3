"""Why does tray, hotkey, capture or input not work here? What is found, with remedies.

A check that itself fails is a finding; the others go on.
"""

import getpass
import json
import os
from pathlib import Path
from typing import Any

from traybot.cli import checks_desktop, checks_files
from traybot.cli.finding import Finding, Heard
from traybot.errors import NoDaemon, TraybotError
from traybot.shells import client
from traybot.shells.paths import Paths, find_paths
from traybot.text import _, in_english

#: A daemon that has not answered in this time hangs.
_PATIENCE_SECONDS = 5.0


def doctor(*, full: bool, as_json: bool) -> int:
    """Check everything; exit code 1 if something is at fault."""
    paths = find_paths()
    heard = _ask(paths)
    found: list[Finding] = []
    for name, check in (checks_files.CHECKS | checks_desktop.CHECKS).items():
        try:
            found += check(paths, heard)
        except TraybotError as error:
            found.append(Finding(name, ok=False, text=error.what, remedy=error.remedy))
        except Exception as error:  # noqa: BLE001  a library may fail in every way; that is a finding
            found.append(Finding(name, ok=False, text=repr(error), remedy=_("see the log")))
    plain = in_english if as_json else str
    hide = str if full else _redacted
    rows: list[dict[str, Any]] = [
        {
            "check": one.check,
            "ok": one.ok,
            "text": hide(plain(one.text)),
            "remedy": hide(plain(one.remedy)),
        }
        for one in found
    ]
    well = all(one.ok for one in found)
    if as_json:
        print(json.dumps({"ok": well, "findings": rows}))
    else:
        _tell(rows)
    return 0 if well else 1


def _tell(rows: list[dict[str, Any]]) -> None:
    words = {True: _("ok"), False: _("FAULT")}
    width = max(map(len, words.values()))
    for row in rows:
        remedy = f" ({row['remedy']})" if row["remedy"] else ""
        print(f"{words[row['ok']]:{width}} {row['check']:12} {row['text']}{remedy}")


def _redacted(text: str) -> str:
    """Leave out who and where: people paste this into the open."""
    text = text.replace(str(Path.home()), "~")
    home = os.environ.get("TRAYBOT_HOME")
    if home:
        text = text.replace(home, "$TRAYBOT_HOME")
    user = getpass.getuser()
    return text.replace(f"/{user}/", "/USER/").replace(f"/{user}", "/USER")


def _ask(paths: Paths) -> Heard:
    """Give the daemon's own word."""
    try:
        plain = client.ask(paths.socket, {"do": "status"}, _PATIENCE_SECONDS)
        local = client.ask(paths.socket, {"do": "status", "local": True}, _PATIENCE_SECONDS)
        return Heard(plain, local)
    except NoDaemon:
        return Heard(None, {})
    except TraybotError as error:
        return Heard(None, {}, str(error))
