"""How do Ctrl+C, SIGTERM and SIGHUP reach the engine? One thread waits for them and posts.

They stay blocked in every thread, so a GUI library that sets its own handlers (pystray's GTK back
end resets SIGINT) cannot take them from us. Children unblock them for themselves.
"""

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator

#: Ends a process that cannot refuse; where the system has no signals it stands for the same wish.
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
#: Not there on Windows, where nothing is blocked either.
_BLOCK, _UNBLOCK, _SET = (
    getattr(signal, name, 0) for name in ("SIG_BLOCK", "SIG_UNBLOCK", "SIG_SETMASK")
)
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def our_signals() -> set[signal.Signals]:
    """Give the signals that mean "end" on this system."""
    return {getattr(signal, name) for name in _NAMES if hasattr(signal, name)}


def block() -> None:
    """Block them in this thread and those it starts: first thing on the main thread."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(_BLOCK, our_signals())


def unblock() -> None:
    """Undo that in a child."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(_UNBLOCK, our_signals())


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Have this thread's blocked signals afterwards as they were before.

    multiprocessing unblocks SIGINT and SIGTERM in a thread that starts its resource tracker.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(_BLOCK, ())
    try:
        yield
    finally:
        signal.pthread_sigmask(_SET, before)


@contextlib.contextmanager
def unblocked() -> Iterator[None]:
    """Let this thread start a process that must not inherit the block."""
    with kept():
        unblock()
        yield


def listen(heard: Callable[[str], None]) -> None:
    """Call back with a signal's name whenever one arrives, from a thread of our own.

    On the main thread. A signal may slip through while a thread starts a program: its handler does
    nothing, but Python notes its number for a second thread to read.
    """
    wait = getattr(signal, "sigwait", None)
    if wait is not None:
        threading.Thread(target=_wait, args=(wait, heard), name="signals", daemon=True).start()
    # Where nothing can be blocked (Windows) this is the only way: the main thread may be inside a
    # wait that no signal ends, but the number is noted at once.
    slipped, note = socket.socketpair()
    note.setblocking(False)  # noqa: FBT003  the library takes no name
    signal.set_wakeup_fd(note.detach(), warn_on_full_buffer=False)
    for number in our_signals():
        signal.signal(number, lambda *_: None)
    reader = threading.Thread(target=_read, args=(slipped, heard), name="slipped", daemon=True)
    reader.start()


def _wait(wait: Callable[[set[signal.Signals]], int], heard: Callable[[str], None]) -> None:
    while True:
        heard(signal.Signals(wait(our_signals())).name)


def _read(slipped: socket.socket, heard: Callable[[str], None]) -> None:
    while number := slipped.recv(1):
        if number[0] in our_signals():
            heard(signal.Signals(number[0]).name)
