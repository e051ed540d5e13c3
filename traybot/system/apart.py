"""How is a program started so that it outlives us? In a session of its own, or out of our job."""

import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

#: Of winbase.h.
_NEW_CONSOLE, _NEW_GROUP, _NO_WINDOW = 0x0000_0010, 0x0000_0200, 0x0800_0000
_BREAKAWAY = 0x0100_0000

#: On POSIX.
OWN_SESSION: tuple[Mapping[str, Any], ...] = ({"start_new_session": True},)


def windows_ways(*, console: bool) -> tuple[Mapping[str, Any], ...]:
    """Give what to start a program with on Windows, the better way first.

    A job that we are in, such as a terminal's, may not let it go. With `console` a program of the
    console is seen; without, it has one that nobody sees, and so have its children.
    """
    flags = _NEW_GROUP | (_NEW_CONSOLE if console else _NO_WINDOW)
    return {"creationflags": flags | _BREAKAWAY}, {"creationflags": flags}


def start_apart(
    command: Sequence[str],
    ways: Sequence[Mapping[str, Any]],
    **more: Any,  # noqa: ANN401  as Popen has it
) -> "subprocess.Popen[bytes]":
    """Start a program in the first way that the system permits; `more` is for Popen."""
    for way in ways[:-1]:
        try:
            return subprocess.Popen(command, **way, **more)
        except PermissionError:
            continue
    return subprocess.Popen(command, **ways[-1], **more)
