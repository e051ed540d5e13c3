"""How do lives start fast where no prepared server can fork them? A warm spare waits for its birth.

A process that is spawned has to load Python and OpenCV first, which takes most of a second. So one
is always spawned ahead: it has loaded everything and waits to be told which life it is. The next
one is spawned once that life has begun.

The shared block can be inherited only, so the spare gets it when it is spawned, and what a life
alone is given comes down a pipe: plain values in one message, then the ends of the life's pipes.
"""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import Pipe
from typing import Any

from traybot.shells import forkserver, signals
from traybot.shells.channel import End, give_end
from traybot.shells.memory import Memory

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Nursery:
    """What it takes to have a spare."""

    #: A multiprocessing context that spawns.
    context: Any
    memory: Memory
    #: `cradle(memory, pipe)` is what a spare runs: it waits for a birth and lives it.
    cradle: Callable[[Memory, End], None]
    #: Gives a birth as one message and the ends of pipes that go with it.
    pack: Callable[[Any], tuple[bytes, list[End]]]
    #: Has the kernel end a process with us.
    tie: Callable[[int], None]
    #: Has a job done later, on the thread that starts processes.
    later: Callable[[Callable[[], None]], None]


@dataclass(slots=True)
class _Spare:
    """A process that waits."""

    process: Any
    pipe: End


class SpareServer:
    """In the place of the forkserver: with the same verbs, and a context's `Process`.

    On the thread that starts processes, but for `kill` and `pid`.
    """

    def __init__(self, nursery: Nursery) -> None:
        """Spawn nothing yet."""
        self._nursery = nursery
        self._spare: _Spare | None = None
        #: The process that waits, or is being told; may be read from any thread.
        self.waiting: Any = None

    def Process(self, *, target: object, args: tuple[Any], name: str) -> "SpareProcess":  # noqa: N802, ARG002  a context's word
        """Give a process that will be the life of this birth; the cradle knows what to run."""
        return SpareProcess(self, args[0])

    def start(self) -> None:
        """Spawn a spare unless one waits."""
        if self._spare is not None and self._spare.process.is_alive():
            return
        self.forget()
        nursery = self._nursery
        ours, theirs = Pipe(duplex=True)
        process = nursery.context.Process(
            target=nursery.cradle, args=(nursery.memory, theirs), name="traybot spare"
        )
        try:
            with signals.kept():
                process.start()
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        forkserver.disown(process)
        nursery.tie(process.pid)
        self._spare, self.waiting = _Spare(process, ours), process

    def bear(self, birth: Any) -> Any:  # noqa: ANN401  the process is of the context's type
        """Have a spare live a life; give its process. Fails if the spare has died."""
        self.start()
        assert self._spare is not None, "just spawned"
        process, pipe = self._spare.process, self._spare.pipe
        message, ends = self._nursery.pack(birth)
        # Waits while the spare is loading; if that takes too long it is killed, and this ends.
        pipe.send_bytes(message)
        for end in ends:
            give_end(pipe, end, process.pid)
        pipe.close()
        self._spare, self.waiting = None, None
        self._nursery.later(self._start_next)
        return process

    def _start_next(self) -> None:
        try:
            self.start()
        except OSError:
            _log.exception("cannot start a spare process; the next life is spawned anew")

    def pid(self) -> int | None:
        """The spare's process, while it waits."""
        waiting = self.waiting
        return waiting.pid if waiting is not None else None

    def kill(self) -> None:
        """Kill a spare that hangs; from any thread."""
        waiting = self.waiting
        if waiting is not None:
            # It may be over and collected already.
            with contextlib.suppress(ValueError, OSError):
                waiting.kill()

    def forget(self) -> None:
        """Kill the spare; the next start spawns another one."""
        spare, self._spare, self.waiting = self._spare, None, None
        if spare is not None:
            spare.pipe.close()
            spare.process.kill()
            spare.process.join()

    def end(self) -> None:
        """End the spare."""
        self.forget()


class SpareProcess:
    """A process of multiprocessing that was there before it was started."""

    def __init__(self, server: SpareServer, birth: Any) -> None:  # noqa: ANN401
        """Take nothing yet."""
        self._server, self._birth = server, birth
        self._process: Any = None

    def start(self) -> None:
        """Take the spare."""
        self._process = self._server.bear(self._birth)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever a process has
        """Be the process that the spare was."""
        return getattr(self._process, name)
