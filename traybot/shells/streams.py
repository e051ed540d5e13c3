"""Where does text go that must not be seen, or that nobody can see?"""

import contextlib
import os
import sys


def say_nothing() -> None:
    """Have this process's standard output go where its errors go: the daemon's is not ours."""
    # A program without a console may have neither.
    with contextlib.suppress(OSError):
        os.dup2(2, 1)


def mend() -> None:
    """Give a program that was started without a console (pythonw) something to write to."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  for good
