"""How does the command line ask the daemon? One line to it, one line back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from traybot.errors import NoDaemon, TraybotError
from traybot.system import choose
from traybot.system.calling import ClientConnection
from traybot.text import _

VERSION = 1
#: A kind stop may take a routine's whole grace, and a start its program's time.
_PATIENCE_SECONDS = 75.0


def ask(path: Path, document: dict[str, Any], patience: float = 0.0) -> dict[str, Any]:
    """Ask once; `NoDaemon` if nobody listens, `TraybotError` if no answer comes in `patience` s.

    Without one it is as long as the slowest answer may take.
    """
    for answer in _lines(path, document, patience or _PATIENCE_SECONDS):
        return answer
    raise TraybotError(_("cannot hear traybot: it hung up"), _("see its log"))


def follow(path: Path, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Ask, and give every line that comes back, however rarely, until the daemon hangs up."""
    return _lines(path, document, None)


def _lines(
    path: Path, document: dict[str, Any], patience: float | None
) -> Iterator[dict[str, Any]]:
    connection = _connect(path)
    try:
        connection.send(json.dumps({"v": VERSION, **document}).encode() + b"\n")
        for line in _received(connection, patience):
            yield json.loads(line)
    except TimeoutError:
        what = _("cannot hear traybot: no answer within {patience:g} s").format(patience=patience)
        raise TraybotError(what, _("see its log")) from None
    except ConnectionError:
        return
    except ValueError as error:
        what = _("cannot understand traybot's answer")
        raise TraybotError(what, _("is it another version?")) from error
    finally:
        connection.close()


def _received(connection: ClientConnection, patience: float | None) -> Iterator[bytes]:
    """Give line by line what comes; the last one may have no end."""
    rest = b""
    while chunk := connection.receive(patience):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _connect(path: Path) -> ClientConnection:
    try:
        return choose.connect(path, _PATIENCE_SECONDS)
    except OSError as error:
        what = _("cannot reach traybot: it is not running")
        raise NoDaemon(what, _("start it with: traybot")) from error
