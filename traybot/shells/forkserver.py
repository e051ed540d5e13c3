"""How is the prepared server of lives kept? The few private names of multiprocessing that we need.

The library offers no way to end its forkserver, nor to let it die with its daemon: every child
inherits the descriptor that keeps it alive.
"""

import contextlib
import logging
import multiprocessing
import os
from multiprocessing import process, resource_tracker
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

import psutil

from traybot.shells import signals
from traybot.shells.pulse import is_frozen
from traybot.system import choose

_log = logging.getLogger(__name__)

#: Which server had run for how many seconds when it was last asked for.
_RAN: dict[str, tuple[int, float]] = {}
#: The last server that a process came from: it has loaded what lives need.
_BORE: dict[str, int | None] = {}
_PRELOAD = ["traybot.workers.preload"]


def life_context() -> BaseContext:
    """Give the way lives are started: forked from a prepared server, or spawned."""
    if not choose.FORKS:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOAD)
    return context


def keep_files_in(folder: Path) -> None:
    """Have the library put its sockets into a folder of ours, emptied of a dead daemon's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.iterdir():
        with contextlib.suppress(OSError):
            left.unlink()
    process.current_process()._config["tempdir"] = str(folder)  # type: ignore[attr-defined]  # noqa: SLF001


def need_no_tracker() -> None:
    """Have the library take the null device for its tracker of named shared memory.

    Each start wants that process and passes its pipe on, but nothing of ours has a name in shared
    memory. Without it there is a process less: 6 MB, and nobody who can die and be started anew,
    with the thread's signals unblocked, in the middle of any start.
    """
    if choose.FORKS:
        tracker: Any = resource_tracker._resource_tracker  # noqa: SLF001
        tracker._fd, tracker._pid = os.open(os.devnull, os.O_WRONLY), None  # noqa: SLF001


def start() -> None:
    """Start the server unless it runs; on a thread that lives as long as the daemon."""
    if not choose.FORKS:
        return
    server = _server()
    before = server._forkserver_address  # noqa: SLF001
    with signals.kept():
        server.ensure_running()
    if before != server._forkserver_address:  # noqa: SLF001
        _remove(before)


def _remove(socket: str | None) -> None:
    """Remove the socket of a server that was killed; nobody else would."""
    if socket is not None:
        Path(socket).unlink(missing_ok=True)


def pid() -> int | None:
    """The server's process, if it runs."""
    return getattr(_server(), "_forkserver_pid", None) if choose.FORKS else None


def kill() -> None:
    """Kill a server that hangs; the next start makes a new one. From any thread."""
    number = pid()
    if number is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signals.KILL)


def has_borne() -> None:
    """Note that a process has come from the server."""
    _BORE["last"] = pid()


def kill_unready() -> bool:
    """Kill a server that nobody has come from yet, or that is frozen; whether it was so.

    The first loads for up to a second what lives need, and whoever waits for a birth waits for
    that; the other bears nobody. From any thread.
    """
    number = pid()
    unready = number is not None and (number != _BORE.get("last") or is_frozen(number))
    if unready:
        kill()
    return unready


def unstick() -> None:
    """Kill a server that stands still; one that works is slow, and would be as slow once more.

    Seen by the time it has run since it was last asked for. From one thread.
    """
    number = pid()
    if number is None:
        return
    try:
        server = psutil.Process(number)
        ran = (number, sum(server.cpu_times()[:2]))
        stands = server.status() == psutil.STATUS_STOPPED or ran == _RAN.get("last")
    except psutil.Error:
        stands, ran = True, (number, 0.0)
    _RAN["last"] = ran
    if stands:
        _log.error("a start hangs: ending the forkserver")
        kill()
    else:
        _log.warning("a start takes long: the forkserver works still")


def forget() -> None:
    """Kill the server and have the library forget it, whatever it believes; no start is under way.

    The library trusts that nobody else has collected its dead server, and never starts another one
    if somebody has.
    """
    kill()
    number, server = pid(), _server() if choose.FORKS else None
    if server is None or number is None:
        return
    with contextlib.suppress(ChildProcessError):
        os.waitpid(number, 0)
    with contextlib.suppress(OSError):
        os.close(server._forkserver_alive_fd)  # noqa: SLF001
    _remove(server._forkserver_address)  # noqa: SLF001
    server._forkserver_pid = server._forkserver_alive_fd = None  # noqa: SLF001
    server._forkserver_address = None  # noqa: SLF001


def end() -> None:
    """End the server."""
    forget()


def cut_alive_pipe() -> None:
    """In a life: close the server's alive descriptor, which every child of it inherits.

    While any process holds it the server outlives the daemon, and then no death signal comes: the
    server is our parent, and it would not die.
    """
    server = _server()
    if server._forkserver_alive_fd is not None:  # noqa: SLF001
        os.close(server._forkserver_alive_fd)  # noqa: SLF001
        server._forkserver_alive_fd = None  # noqa: SLF001


def disown(started: Any) -> None:  # noqa: ANN401  each way of starting has its own type of process
    """Have the library not wait for a process of ours when the program ends.

    Nor look after it at each start of another: in whichever thread that is, it would take the exit
    code that we wait for, and it keeps the pipes of the dead until then.
    """
    process._children.discard(started)  # type: ignore[attr-defined]  # noqa: SLF001


def _server() -> Any:  # noqa: ANN401  private, hence without types
    from multiprocessing import forkserver

    return forkserver._forkserver  # noqa: SLF001
