"""How does the bot's own program run? In a session of its own, so that it outlives every life."""

import logging
import os
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from traybot.core.botfile import BotPlan
from traybot.core.events import Event, ProgramExited
from traybot.shells import signals
from traybot.shells.earlier_program import EarlierProgram, earlier_program, note_program
from traybot.system import choose
from traybot.system.apart import start_apart
from traybot.system.base import LIFE_MARK, MARK, Processes, ProcessHandle
from traybot.text import _

#: A program that is to be restarted may take so long to leave.
LEAVE_SECONDS = 3.0

_log = logging.getLogger(__name__)

#: What marks our own processes must not mark the program: it is the user's.
_OURS = (MARK, LIFE_MARK)


class Program:
    """The program of the present bot. Ended only where its bot's recovery says so."""

    def __init__(self, processes: Processes, notes: Path) -> None:
        """Start nothing yet; `notes` is a file that tells the next daemon what runs."""
        self._processes = processes
        self._notes = notes
        self._process: subprocess.Popen[bytes] | EarlierProgram | None = None
        self._handle: ProcessHandle | None = None
        #: Why it could not be started, to be told.
        self._failed = ""
        #: Programs of other bots, to be collected when they end.
        self._former: list[subprocess.Popen[bytes] | EarlierProgram] = []
        #: The folder of the bot whose program runs.
        self._of = ""
        #: What is to be started once the present one is gone, and when that is killed (0: never).
        self._again: BotPlan | None = None
        self._kill_at = 0.0

    @property
    def pid(self) -> int | None:
        """The program's process, while it runs."""
        return self._process.pid if self._process else None

    def start(self, plan: BotPlan) -> None:
        """Start it unless one that we, or an earlier daemon, started runs; a failure is told."""
        if self._process is not None and self._of == plan.folder:
            # One that is on its way out does not count as running.
            self._again = plan if self._kill_at else None
            return
        if self._process is not None:
            # Another bot's program: it goes its own way from now on.
            self._former.append(self._process)
            self._forget()
            self._again, self._kill_at = None, 0.0
        self._of = plan.folder
        try:
            # It would inherit our blocked signals and never see a Ctrl+C or SIGTERM of its own.
            self._process = earlier_program(self._notes, plan.folder)
            if self._process is None:
                with signals.unblocked():
                    self._process = _popen(plan)
                note_program(self._notes, plan.folder, self._process.pid)
            self._handle = self._processes.handle(self._process.pid, outlives=True)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            self._failed = _("cannot start the program {program}: {why}").format(
                program=plan.program[0], why=why
            )
            _log.error("%s", self._failed)

    def restart(self, plan: BotPlan) -> None:
        """Ask it to leave and start it when it is gone; it is killed if it does not leave."""
        if self._process is None or self._of != plan.folder:
            self.start(plan)
            return
        self._again, self._kill_at = plan, time.monotonic() + LEAVE_SECONDS
        if self._handle is not None:
            self._handle.ask()

    def leave(self) -> None:
        """Start nothing when it is gone; it was asked to go, and still has its time for that."""
        self._again = None

    def waitables(self) -> Iterable[Any]:
        """Readable once the program is gone."""
        return [self._handle.fileno()] if self._handle and self._handle.fileno() >= 0 else []

    def seconds_left(self) -> float | None:
        """A start that failed is told at once; one that was asked to leave is killed in time."""
        if self._failed:
            return 0.0
        return max(0.0, self._kill_at - time.monotonic()) if self._kill_at else None

    def collect(self) -> list[Event]:
        """Tell that it ended."""
        if self._failed:
            why, self._failed = self._failed, ""
            return [ProgramExited(time.monotonic(), None, why)]
        self._former = [process for process in self._former if process.poll() is None]
        code = self._process.poll() if self._process else None
        if code is None:
            self._kill_if_due()
            return []
        self._forget()
        again, self._again, self._kill_at = self._again, None, 0.0
        if again is None:
            return [ProgramExited(time.monotonic(), code)]
        self.start(again)
        return []

    def _kill_if_due(self) -> None:
        if self._kill_at and time.monotonic() >= self._kill_at:
            self._kill_at = time.monotonic() + LEAVE_SECONDS
            if self._handle is not None:
                self._handle.kill()

    def _forget(self) -> None:
        if self._handle:
            self._handle.close()
        self._process, self._handle = None, None

    def release(self) -> None:
        """Let it live on without us: the daemon leaves."""
        for process in (self._process, *self._former):
            if process is not None:
                # Popen would warn that it was not waited for; that is what is wanted here.
                process.returncode = 0


def _popen(plan: BotPlan) -> subprocess.Popen[bytes]:
    return start_apart(
        plan.program,
        choose.apart(console=True),
        cwd=plan.folder,
        env={key: value for key, value in os.environ.items() if key not in _OURS},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
