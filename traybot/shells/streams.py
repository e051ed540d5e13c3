"""Where does text go that must not be seen, or that nobody can see?"""

import contextlib
import errno
import os
import sys

#: The disk is full, a quota or a limit is reached, or the device fails.
_UNWRITABLE = {
    *(errno.ENOSPC, errno.EFBIG, errno.EIO),
    getattr(errno, "EDQUOT", errno.ENOSPC),  # there is none on Windows
}


def say_nothing() -> None:
    """Have this process's standard output go where its errors go: the daemon's is not ours."""
    # A program without a console may have neither.
    with contextlib.suppress(OSError):
        os.dup2(2, 1)


def mend() -> None:
    """Make that whatever we have to say can be said: somewhere, and in some letters.

    A program that was started without a console (pythonw, as at login) has nothing to write to. A
    console or file of another encoding lacks letters; they come as Python escapes them.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  for good
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def is_of_output(error: OSError) -> bool:
    """Whether a write to our standard output failed so: it names no file, for it knows none."""
    return error.filename is None and error.errno in _UNWRITABLE


def give_up_output() -> None:
    """Let what is still to be written go nowhere: Python would fail by it once more at its exit."""
    with contextlib.suppress(OSError):  # a stream that is no file, as in a test
        to = os.open(os.devnull, os.O_WRONLY)
        os.dup2(to, sys.stdout.fileno())
        os.close(to)
