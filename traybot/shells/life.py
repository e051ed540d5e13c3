"""What does the daemon know of one life? Its process, its pipe, and how far its end has come."""

import time
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Any

from traybot.core.exits import Ending, Exit, exit_of
from traybot.shells.channel import Channel
from traybot.shells.output import Output
from traybot.shells.pulse import DEATHWATCH, Pulse, is_frozen
from traybot.system.base import ProcessHandle
from traybot.text import _

#: After a process is gone the forkserver tells its exit code this much later at most.
_CODE_SECONDS = 0.1
#: A start takes some 20 ms: who takes so long to be born waits for a server that hangs. The birth
#: of one whose end is wished for is given up earlier.
_BIRTH_SECONDS = 8.0
_UNWANTED_BIRTH_SECONDS = 1.0
#: And it waits for no server that is loading, which takes up to a second, or frozen.
_HURRY_SECONDS = 0.03


@dataclass(slots=True)
class Life:
    """One life; `process` and `handle` come from the launcher's thread."""

    child: str
    number: int
    channel: Channel
    #: What it writes to its standard output and error, where that can be had.
    output: Output | None = None
    process: Any = None
    handle: ProcessHandle | None = None
    #: Ended by us: before it was born, the launcher sees to it.
    doomed: bool = False
    #: When that was, for one that is not born yet.
    waits_since: float = 0.0
    #: Whether a server that was not ready has been ended for it, if that was what it waited for.
    hurried: bool = False
    #: When its birth was asked for; a server that hangs gives birth to nobody.
    asked_at: float = field(default_factory=time.monotonic)
    #: Whether it is asked if it is there; only who watches is.
    pulse: Pulse | None = None
    #: It has said that it is set up.
    ready: bool = False
    #: Doomed, but given until then to write down where it stands (0: no).
    spared_until: float = 0.0
    failed: str = ""
    end: Exit | None = None
    #: Not our API but a program of the user's: it knows no pipe, but SIGTERM.
    plain_program: bool = False

    def kill(self) -> None:
        """End it and its group; one that is not born yet is ended at its birth."""
        self.doomed, self.spared_until = True, 0.0
        self.waits_since = time.monotonic()
        self.end_group()

    def end_group(self) -> None:
        """End it and its group, or what it left in its group."""
        if self.handle is not None:
            self.handle.kill()

    def close(self) -> None:
        """Close our ends of its pipes."""
        self.channel.close()
        if self.output is not None:
            self.output.close()

    def take_pulse(self) -> None:
        """Ask it from now on, now and then, if it is there."""
        # Not by way of `self`: a life in a circle keeps its descriptors until Python looks for it.
        channel = self.channel
        self.pulse = Pulse(DEATHWATCH, lambda: channel.send({"do": "ping"}))
        self.pulse.begin()

    def is_set_up(self) -> None:
        """It says that it is ready; what it was asked meanwhile it had no time to answer."""
        self.ready = True
        self.answers()

    def hangs(self) -> bool:
        """Whether it should be there and is not; told once.

        One that is not ready yet may be slow, on a busy machine, unless somebody has frozen it.
        """
        if self.pulse is None or self.doomed or not self.pulse.hangs():
            return False
        if self.ready or (self.process is not None and is_frozen(self.process.pid)):
            return True
        self.pulse.begin()
        return False

    def answers(self) -> None:
        """It says that it is there."""
        if self.pulse is not None:
            self.pulse.answered()

    @property
    def impatient(self) -> bool:
        """Whether its birth, which nobody wants any more, may wait for an unready server."""
        return bool(self.waits_since) and not self.hurried and self.process is None

    def given_up_at(self) -> float:
        """Until when its birth is waited for (0: it is born)."""
        if self.process is not None or self.failed:
            return 0.0
        if self.waits_since:
            patience = _HURRY_SECONDS if self.impatient else _UNWANTED_BIRTH_SECONDS
            return self.waits_since + patience
        return self.asked_at + _BIRTH_SECONDS

    def wait_again(self) -> None:
        """Begin anew to wait for its birth, from another server."""
        self.asked_at = time.monotonic()
        self.hurried = bool(self.waits_since)
        self.waits_since = self.asked_at if self.hurried else 0.0

    @property
    def gone(self) -> bool:
        """Whether its process is."""
        if self.process is None:
            return False
        gone: int = self.handle.fileno() if self.handle is not None else -1
        return bool(wait([gone if gone >= 0 else self.process.sentinel], 0))

    def waitables(self) -> list[Any]:
        """What it says, and that it is gone."""
        found: list[Any] = [] if self.channel.closed else [self.channel]
        if self.output is not None and not self.output.closed:
            found.append(self.output)
        if self.handle is not None and self.handle.fileno() >= 0:
            found.append(self.handle.fileno())
        elif self.process is not None:
            found.append(self.process.sentinel)
        return found

    def how_it_ended(self) -> Exit:
        """Say how and why, once it is gone."""
        if self.doomed:
            return Exit(Ending.KILLED, _("ended by traybot"))
        if self.failed:
            return Exit(Ending.CRASHED, self.failed)
        if self.end is not None:
            return self.end
        wait([self.process.sentinel], _CODE_SECONDS)
        code = self.process.exitcode
        if code is None:
            return Exit(Ending.KILLED, _("it vanished"))
        if self.plain_program and code > 0:
            # Our own codes mean nothing in the mouth of a foreign program.
            return Exit(Ending.CRASHED, _("exit code {code}").format(code=code))
        return exit_of(code)
