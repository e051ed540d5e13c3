"""Where does every life begin? In one function that makes it ours, runs it, and tells its end."""

import contextlib
import faulthandler
import io
import os
import signal
import sys
from collections.abc import Callable

from traybot.core.exits import Ending, Exit, code_of
from traybot.shells import forkserver, guard, signals
from traybot.shells.channel import Channel
from traybot.shells.flood import LONGEST_LINE
from traybot.system import choose
from traybot.system.base import LIFE_MARK
from traybot.system.lives_over import life_mark
from traybot.text import first_line, joined
from traybot.workers.birth import Birth
from traybot.workers.last_will import last_will as the_last_will


def live(birth: Birth) -> None:
    """Live one life; never returns, so that nothing of the library runs after it."""
    _become_ours(birth)
    channel = Channel(birth.pipe, patient=True)
    sys.stdout = sys.stderr = printed = _LoggedText(channel)
    try:
        end = _run(birth, channel)
    except BaseException as error:  # noqa: BLE001  the outermost line of the process
        end = Exit(Ending.CRASHED, _one_line(error))
    printed.close()
    channel.end_log()
    channel.send({"say": "end", "ending": end.ending.value, "why": end.why})
    os._exit(code_of(end.ending))


def _run(birth: Birth, channel: Channel) -> Exit:
    if birth.child == "deathwatch":
        from traybot.workers import deathwatch

        return deathwatch.run(birth, channel)
    from traybot.workers import life

    return life.run(birth, channel)


def _become_ours(birth: Birth) -> None:
    """Tie this process to the daemon's life before anything else happens in it."""
    processes = choose.processes()
    if choose.FORKS:
        forkserver.cut_alive_pipe()
    if birth.child == "deathwatch":
        last_will = the_last_will(birth)
        processes.die_with_parent(signal.SIGTERM)
        signal.signal(signal.SIGTERM, lambda *_: _leave(last_will))
    else:
        last_will = _nothing
        processes.die_with_parent(signals.KILL)
    guard.leave_with_parent(last_will)
    processes.own_group()
    signals.unblock()
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if birth.child != "deathwatch":
        processes.offer_to_be_killed()
        processes.mark_forks(birth.life)
    if birth.lifeline is not None:
        processes.leave_heir(birth.lifeline.fileno())
        birth.lifeline.close()
    if birth.output is not None:
        for stream in (1, 2):
            os.dup2(birth.output.fileno(), stream)
        birth.output.close()
        faulthandler.enable(2)  # where a crash in C code stood
    os.environ[LIFE_MARK] = life_mark(birth.token, birth.child, birth.life)


def _nothing() -> None:
    """Leave no last will: hands sees the end of our socket and lets go."""


def _leave(last_will: Callable[[], None]) -> None:
    try:
        last_will()
    finally:
        os._exit(guard.PARENT_LOST)


def _one_line(error: BaseException) -> str:
    text, kind = first_line(str(error)), type(error).__name__
    return joined("", (kind, ": ", text)) if text else kind


class _LoggedText(io.TextIOBase):
    """What a bot prints goes into the log, line by line; the daemon's output is not the bot's."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel
        self._rest = ""

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, text: str) -> int:
        """Send every whole line."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._send(line)
        if len(self._rest) > LONGEST_LINE:
            self.close()
        return len(text)

    def flush(self) -> None:
        """Keep an unfinished line for later: a log has whole lines."""

    def close(self) -> None:
        """Send what is left."""
        with contextlib.suppress(OSError):
            self._send(self._rest)
        self._rest = ""

    def _send(self, line: str) -> None:
        if line.strip():
            self._channel.log(line)
