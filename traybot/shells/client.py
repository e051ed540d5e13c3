"""How does the command line ask the daemon? One line over its socket, one line back."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from traybot.errors import NoDaemon, TraybotError

VERSION = 1
#: A kind stop may take a routine's whole grace, and a start its program's time.
_PATIENCE_SECONDS = 75.0
#: How long, and how often, it is knocked where others queue already.
_QUEUE_SECONDS = 5.0
_KNOCK_SECONDS = 0.01


def ask(path: Path, document: dict[str, Any], patience: float = 0.0) -> dict[str, Any]:
    """Ask once; `NoDaemon` if nobody listens, `TraybotError` if no answer comes in `patience` s.

    Without one it is as long as the slowest answer may take.
    """
    for answer in _lines(path, document, patience or _PATIENCE_SECONDS):
        return answer
    raise TraybotError("cannot hear traybot: it hung up", "see its log")


def follow(path: Path, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Ask, and give every line that comes back, however rarely, until the daemon hangs up."""
    return _lines(path, document, None)


def _lines(
    path: Path, document: dict[str, Any], patience: float | None
) -> Iterator[dict[str, Any]]:
    with _connect(path) as connection:
        try:
            connection.sendall(json.dumps({"v": VERSION, **document}).encode() + b"\n")
            connection.settimeout(patience)
            with connection.makefile("rb") as lines:
                for line in lines:
                    yield json.loads(line)
        except TimeoutError:
            what = f"cannot hear traybot: no answer within {patience:g} s"
            raise TraybotError(what, "see its log") from None
        except ConnectionError:
            return
        except ValueError as error:
            what = "cannot understand traybot's answer"
            raise TraybotError(what, "is it another version?") from error


def _connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_PATIENCE_SECONDS)
    try:
        _knock(connection, str(path))
    except OSError as error:
        connection.close()
        what = "cannot reach traybot: it is not running"
        raise NoDaemon(what, "start it with: traybot") from error
    return connection


def _knock(connection: socket.socket, path: str) -> None:
    """Connect; while the daemon has more callers than it can queue the system says "try again"."""
    deadline = time.monotonic() + _QUEUE_SECONDS
    while True:
        try:
            connection.connect(path)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_KNOCK_SECONDS)
