"""How does the command line ask the daemon? One line to it, one line back."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from traybot.errors import NoDaemon, TraybotError
from traybot.shells.paths import check_ours
from traybot.system import choose
from traybot.system.calling import ClientConnection
from traybot.text import _

VERSION = 1
#: A daemon answers a question within milliseconds; one that has not in this time hangs.
QUESTION_SECONDS = 5.0
#: A kind stop may take a routine's whole grace, and a start its program's time.
_WISH_SECONDS = 75.0

_HANGS = _("see its log; if waiting does not help, end it by force")

Document = dict[str, Any]


def ask(path: Path, document: Document, patience: float = 0.0) -> Document:
    """Ask once; `NoDaemon` if nobody listens, `TraybotError` if no answer comes in `patience` s.

    Without one it is as long as the slowest answer may take, provided that the daemon answers a
    question meanwhile.
    """
    if patience:
        return _first(_lines(path, document, patience))
    return _first(_lines(path, document, QUESTION_SECONDS, lambda: _alive(path, _WISH_SECONDS)))


def _alive(path: Path, then: float | None) -> float | None:
    """Make sure that a daemon which takes its time does answer; give how long it may take on."""
    ask(path, {"do": "status"}, QUESTION_SECONDS)
    return then


def _first(lines: Iterator[Document]) -> Document:
    for answer in lines:
        return answer
    raise TraybotError(_("cannot hear traybot: it hung up"), _("see its log"))


def follow(path: Path, document: Document) -> Iterator[Document]:
    """Ask, and give every line that comes back, however rarely, until the daemon hangs up."""
    return _lines(path, document, QUESTION_SECONDS, lambda: _alive(path, None))


def _lines(
    path: Path,
    document: Document,
    patience: float,
    when_silent: Callable[[], float | None] | None = None,
) -> Iterator[Document]:
    connection = _connect(path)
    try:
        connection.send(json.dumps({"v": VERSION, **document}).encode() + b"\n")
        for line in _received(connection, patience, when_silent):
            yield _document(line)
    except TimeoutError:
        what = _("cannot hear traybot: it hangs, no answer within {seconds:g} s").format(
            seconds=_WISH_SECONDS if when_silent else patience
        )
        raise TraybotError(what, _HANGS) from None
    except ConnectionError:
        return
    finally:
        connection.close()


def not_understood(error: Exception | None = None) -> NoReturn:
    """Refuse an answer that makes no sense."""
    what = _("cannot understand traybot's answer")
    raise TraybotError(what, _("is it another version?")) from error


def _document(line: bytes) -> Document:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError) as error:
        not_understood(error)
    if not isinstance(document, dict):
        not_understood()
    return document


def _received(
    connection: ClientConnection,
    patience: float | None,
    when_silent: Callable[[], float | None] | None,
) -> Iterator[bytes]:
    """Give line by line what comes; the last one may have no end.

    When patience is over `when_silent` gives more of it, once, or raises.
    """
    rest = b""
    while True:
        try:
            chunk = connection.receive(patience)
        except TimeoutError:
            if when_silent is None:
                raise
            patience, when_silent = when_silent(), None
            continue
        if not chunk:
            break
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _connect(path: Path) -> ClientConnection:
    check_ours(path.parent)
    try:
        return choose.connect(path, QUESTION_SECONDS)
    except BlockingIOError as error:  # so many wait for an answer already
        raise TraybotError(_("cannot reach traybot: it hangs"), _HANGS) from error
    except OSError as error:
        what = _("cannot reach traybot: it is not running")
        raise NoDaemon(what, _("start it with: traybot")) from error
