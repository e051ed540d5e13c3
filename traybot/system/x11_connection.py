"""How do we talk to an X server? One connection, and what its loss and its refusals turn into."""

import contextlib
import logging
import os
import platform
import socket
from collections.abc import Iterator
from pathlib import Path

from Xlib import X, error
from Xlib.display import Display
from Xlib.protocol.rq import Request

from traybot.errors import BackendUnavailable, TraybotError
from traybot.system.x11_authority import get_display
from traybot.text import _

_log = logging.getLogger(__name__)

# At its first connection python-xlib asks for the system's name in a way that has Python start a
# program, `uname -p`: time lost, and an orphan should we be killed just then. The answer is not
# used; with one in place no program is started.
vars(platform.uname()).setdefault("processor", "")

#: What python-xlib raises when the server went away, or was never there.
LOST = (
    error.DisplayError,
    error.ConnectionClosedError,
    error.XauthError,
    OSError,
)


def connect(display: str | None = None) -> Display:
    """Connect to `display`, or to the one the environment names, in about 5 ms.

    `BackendUnavailable` where no server answers. The connection belongs to the calling thread.
    """
    try:
        _probe(display)
        connection = Display(display)
    except LOST as lost:
        name = display or os.environ.get("DISPLAY", "")
        raise BackendUnavailable(
            _("cannot reach the X server {name}: {lost}").format(name=name, lost=lost)
            if name
            else _("cannot tell where X runs"),
            _("start traybot inside the desktop session, or set DISPLAY"),
        ) from lost
    connection.set_error_handler(_note)
    _own_tables(connection)
    return connection


def disconnect(connection: Display) -> None:
    """Close a connection, whether or not it still works; may be called twice."""
    with contextlib.suppress(*LOST):
        connection.close()


def drain(connection: Display) -> bool:
    """Throw away the events that have come; say whether one of them told of a new keymap.

    X tells that to every program, asked or not, and an unread queue would grow for ever.
    """
    changed = False
    while connection.pending_events():
        changed |= connection.next_event().type == X.MappingNotify
    return changed


@contextlib.contextmanager
def losing_is(error_class: type[TraybotError], what: str) -> Iterator[None]:
    """Turn the loss of the server inside the block into `error_class`: "cannot `what`: …"."""
    try:
        yield
    except LOST as lost:
        gone = _("cannot {what}: the X server is gone").format(what=_(what))
        raise error_class(gone, _("log in again, then start traybot")) from lost


def _probe(display: str | None) -> None:
    """Fail where no local server listens.

    Left to itself python-xlib would then try TCP, and leave both sockets open.
    """
    _, _, host, number, _ = get_display(display)
    if host not in {"", "unix"}:
        return
    place = Path("/tmp/.X11-unix", f"X{number}")  # noqa: S108 -- X's own place, not ours
    family: int = vars(socket)["AF_UNIX"]  # by name: on Windows a type checker knows none
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.connect(str(place) if place.exists() else f"\0{place}")


def _own_tables(connection: Display) -> None:
    """Give the connection tables that python-xlib 0.33 keeps for all servers together.

    Its RandR part also overwrites the classes of BadRequest and BadValue by ones that cannot be
    parsed: without this the first BadValue breaks the connection, and the next call never returns.
    """
    connection.display.error_classes = dict(error.xerror_class)
    connection.display.extension_major_opcodes = dict(connection.display.extension_major_opcodes)


def _note(refusal: error.XError, _: Request | None) -> None:
    """Log what nobody handled; python-xlib itself would print it."""
    _log.debug("the X server refused: %s", refusal)
