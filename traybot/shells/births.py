"""How does a process of ours come to be, even if the prepared server has just died?"""

from collections.abc import Callable
from typing import Any

from traybot.shells import forkserver, signals


class NotWanted(Exception):
    """A start was taken back before it began."""


def start_process(
    make: Callable[[], Any], restart_server: Callable[[], None], wanted: Callable[[], bool]
) -> Any:  # noqa: ANN401  each way of starting has its own type of process
    """Start what `make` gives and give it; once more on a new server if the first start fails.

    Nobody hears of a server's death before the next start does: that start is not to blame, and is
    repeated, unless nobody wants it any more. A second failure is the caller's. `NotWanted` if it
    was taken back before it began.
    """
    if not wanted():
        raise NotWanted
    try:
        return _started(make)
    except Exception:
        restart_server()
        if not wanted():
            raise
    try:
        return _started(make)
    except Exception:
        restart_server()
        raise


def _started(make: Callable[[], Any]) -> Any:  # noqa: ANN401
    process = make()
    with signals.kept():
        process.start()
    forkserver.disown(process)
    forkserver.has_borne()
    return process
