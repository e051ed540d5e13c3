"""How does the bot's own program run? In a session of its own, so that it outlives every life."""

import logging
import os
import subprocess
import time
from collections.abc import Iterable
from typing import Any

from traybot.core.botfile import BotPlan
from traybot.core.events import Event, ProgramExited
from traybot.shells import signals
from traybot.system.base import LIFE_MARK, MARK, Processes, ProcessHandle

_log = logging.getLogger(__name__)

#: What marks our own processes must not mark the program: it is the user's.
_OURS = (MARK, LIFE_MARK)


class Program:
    """The program of the present bot. Never ended by us."""

    def __init__(self, processes: Processes) -> None:
        """Start nothing yet."""
        self._processes = processes
        self._process: subprocess.Popen[bytes] | None = None
        self._handle: ProcessHandle | None = None
        self._failed = False
        #: The folder of the bot whose program runs.
        self._of = ""

    @property
    def pid(self) -> int | None:
        """The program's process, while it runs."""
        return self._process.pid if self._process else None

    def start(self, plan: BotPlan) -> None:
        """Start it unless one that we started runs still; a failure is logged and told."""
        if self._process is not None and self._of == plan.folder:
            return
        if self._handle:
            # Another bot's program: it goes its own way from now on.
            self._handle.close()
        self._of = plan.folder
        try:
            # It would inherit our blocked signals and never see a Ctrl+C or SIGTERM of its own.
            with signals.unblocked():
                self._process = _popen(plan)
            self._handle = self._processes.handle(self._process.pid)
        except (OSError, ValueError) as error:
            _log.error("cannot start the program %s: %s", plan.program[0], error)
            self._failed = True

    def waitables(self) -> Iterable[Any]:
        """Readable once the program is gone."""
        return [self._handle] if self._handle and self._handle.fileno() >= 0 else []

    def seconds_left(self) -> float | None:
        """A start that failed is told at once."""
        return 0.0 if self._failed else None

    def collect(self) -> list[Event]:
        """Tell that it ended."""
        if self._failed:
            self._failed = False
            return [ProgramExited(time.monotonic(), None)]
        code = self._process.poll() if self._process else None
        if code is None:
            return []
        if self._handle:
            self._handle.close()
        self._process, self._handle = None, None
        return [ProgramExited(time.monotonic(), code)]

    def release(self) -> None:
        """Let it live on without us: the daemon leaves."""
        if self._process is not None:
            # Popen would warn that it was not waited for; that is what is wanted here.
            self._process.returncode = 0


def _popen(plan: BotPlan) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        plan.program,
        cwd=plan.folder,
        env={key: value for key, value in os.environ.items() if key not in _OURS},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
