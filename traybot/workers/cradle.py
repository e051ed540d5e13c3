"""What does a spare process do until it is born? It loads what a life needs, and waits."""

import os
import pickle
from dataclasses import fields
from typing import Any

from traybot.shells import guard
from traybot.shells.channel import End, take_end
from traybot.shells.memory import Memory
from traybot.workers.birth import Birth

#: What of a birth does not go into a message: the block is inherited, the pipes follow after it.
_PIPES = ("pipe", "hands", "output", "lifeline")


def pack(birth: Birth) -> tuple[bytes, list[End]]:
    """Give a birth's plain values as a message, and the ends of its pipes, to follow in order."""
    plain = {field.name: getattr(birth, field.name) for field in fields(birth)}
    ends: list[End] = []
    del plain["memory"]
    for name in _PIPES:
        end = plain[name]
        plain[name] = end is not None
        if end is not None:
            ends.append(end)
    return pickle.dumps(plain), ends


def wait_for_birth(memory: Memory, pipe: End) -> None:
    """Live the life that the daemon tells of; leave if the daemon is gone before."""
    from traybot.workers import preload  # noqa: F401  loads what a life needs, and ties us

    try:
        # From our own daemon, down a pipe that nobody else has.
        plain: dict[str, Any] = pickle.loads(pipe.recv_bytes())  # noqa: S301
        for name in _PIPES:
            plain[name] = take_end(pipe) if plain[name] else None
    except (OSError, EOFError):
        os._exit(guard.PARENT_LOST)
    pipe.close()
    from traybot.workers.entry import live

    live(Birth(memory=memory, **plain))
