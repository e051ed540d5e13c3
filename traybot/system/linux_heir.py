"""How does a life end in a fraction of a millisecond on Linux? Its memory is left to an heir.

A process into which OpenCV is loaded takes 4 ms to die, nearly all of them for taking its memory
down, and nobody hears of its end before that is done. The kernel takes memory down when the last
process that uses it goes. So a life has an heir: a process that shares its memory (clone(2) with
CLONE_VM and nothing else), waits in pause(2) with every signal blocked, and never runs a line of
the life's code. When the life is killed all of its threads are gone and its files closed at once;
the heir is killed a moment later, by a sweep of `linux`, and takes the memory with it.

It has no file open but one end of a pipe whose other end only the daemon has: where the daemon
goes first, the kernel kills the heir (fcntl(2), F_SETSIG) as it closes that end.
"""

import ctypes
import fcntl
import mmap
import os
import platform
import select
import signal
import sys
import threading

assert sys.platform == "linux", "only Linux has what this file is about"

#: What the process of an heir is called.
NAME = "traybot heir"

_CLONE_VM = 0x100
_CLONE_FILES = 0x400
_PR_SET_NAME = 15
#: pause(2): asm/unistd_64.h. Where a machine has no such call there are no heirs.
_PAUSE = {"x86_64": 34}
#: Of the heir's stack one call's frame is used; what stands above it is read, as that call's
#: arguments.
_STACK_BYTES = 4 * mmap.PAGESIZE
_ABOVE_BYTES = 256

#: The stacks of heirs, which must be there as long as they are.
_stacks: list[mmap.mmap] = []


def leave_heir(line: int) -> bool:
    """Have this process's memory outlive it for a moment; tell whether that can be had here.

    `line` is the reading end of a pipe, whose other end is closed when the heir has to go at once.
    On any thread, once in a life; not before an exec, which would not take the old memory down.
    """
    made: list[int] = []
    # A thread can have a table of open files of its own. The heir gets a copy of that one, so that
    # sockets and pipes of the life end with the life.
    thread = threading.Thread(target=lambda: made.append(_made(line)), name="heir")
    thread.start()
    thread.join()
    poll = select.poll()
    poll.register(line, 0)
    if made[0] and poll.poll(0):
        os.kill(made[0], signal.SIGKILL)  # the other end was closed before we were heard
    return bool(made[0])


def _made(line: int) -> int:
    """Make the heir; give its number, 0 if there can be none."""
    try:
        return _make(line)
    except OSError:
        return 0  # the life dies as slowly as others do


def _make(line: int) -> int:
    pause = _PAUSE.get(platform.machine())
    libc = ctypes.CDLL(None, use_errno=True)
    if pause is None or not hasattr(libc, "clone") or libc.unshare(_CLONE_FILES) != 0:
        return 0
    # Whom a file tells belongs to the opened file, and all lives are given the same one.
    ours = os.open(f"/proc/self/fd/{line}", os.O_RDONLY | os.O_NONBLOCK)
    _close_all_but(ours)
    _be_in_nobodys_way(libc)
    fcntl.fcntl(ours, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(ours, fcntl.F_SETFL, fcntl.fcntl(ours, fcntl.F_GETFL) | os.O_ASYNC)
    heir = _clone(libc, pause)
    if heir < 0:
        return 0
    fcntl.fcntl(ours, fcntl.F_SETOWN, heir)
    # A kill of the life's group must not hit it: whoever goes last takes the memory down.
    os.setpgid(heir, heir)
    return heir


def _close_all_but(file: int) -> None:
    os.closerange(0, file)
    os.closerange(file + 1, os.sysconf("SC_OPEN_MAX"))


def _be_in_nobodys_way(libc: ctypes.CDLL) -> None:
    """Have the heir, which takes these after us, hear no signal and preempt nobody as it ends."""
    signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    libc.prctl(_PR_SET_NAME, NAME.encode(), 0, 0, 0)


def _clone(libc: ctypes.CDLL, pause: int) -> int:
    """Make the heir; it calls `syscall(pause)`, the one thing that needs no Python and no errno."""
    stack = mmap.mmap(-1, _STACK_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    _stacks.append(stack)
    bottom = ctypes.addressof(ctypes.c_char.from_buffer(stack))
    call = ctypes.cast(libc.syscall, ctypes.c_void_p)
    libc.clone.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
    heir: int = libc.clone(call, bottom + _STACK_BYTES - _ABOVE_BYTES, _CLONE_VM, pause)
    return heir
