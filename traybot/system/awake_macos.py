"""How does macOS stay awake? By its own `caffeinate`, told to leave when we are gone."""

import os
import subprocess

from traybot.errors import BackendUnavailable
from traybot.text import _

CAFFEINATE = "/usr/bin/caffeinate"
_LEAVE_SECONDS = 1.0


class MacAwake:
    """The contract `Awake` by a process: neither display nor system idle, while our pid lives."""

    def __init__(self, program: str = CAFFEINATE) -> None:
        """Start nothing yet."""
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def hold(self, reason: str) -> None:  # noqa: ARG002  the contract has it
        """Start it unless it runs; it takes no reason."""
        if self._process is not None and self._process.poll() is None:
            return
        try:
            self._process = subprocess.Popen(
                [self._program, "-d", "-i", "-w", str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            what = _("{program} does not start: {strerror}").format(
                program=self._program, strerror=error.strerror
            )
            raise BackendUnavailable(what, _("switch sleep off by hand")) from error

    def release(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
