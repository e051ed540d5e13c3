"""How is the daemon's pipe called on Windows? By the name in a file, and by nobody else's pipe."""

import contextlib
import os
import time
from pathlib import Path

from traybot.errors import TraybotError
from traybot.system.windows_pipe_base import (
    CHUNK,
    ERROR_PIPE_BUSY,
    Operation,
    PipeCalls,
    name_in,
)
from traybot.text import _

_QUEUE_SECONDS = 5.0


class PipeClient:
    """Satisfies `calling.ClientConnection`."""

    def __init__(self, path: Path, seconds: float, calls: PipeCalls | None = None) -> None:
        """Connect to the pipe whose name stands in `path`; a send may take `seconds`.

        `OSError` if nobody listens there, `TraybotError` if it is somebody else who does.
        """
        self._calls = calls or _own_calls()
        self._seconds = seconds
        self._pipe = self._knock(name_in(path))
        if not self._is_ours():
            self.close()
            what = _("cannot trust what answers for traybot: it is another user's")
            raise TraybotError(what, _("start traybot anew, and look who does that"))

    def _knock(self, name: str) -> int:
        deadline = time.monotonic() + _QUEUE_SECONDS
        while True:
            try:
                return self._calls.open(name)
            except OSError as error:
                left = deadline - time.monotonic()
                if getattr(error, "winerror", 0) != ERROR_PIPE_BUSY or left <= 0:
                    raise
                with contextlib.suppress(OSError):
                    self._calls.wait_for(name, left)

    def _is_ours(self) -> bool:
        server = self._calls.server_of(self._pipe)
        return self._calls.user_of(server) == self._calls.user_of(os.getpid())

    def send(self, data: bytes) -> None:
        """Send it all."""
        while data:
            operation = self._calls.write(self._pipe, data[:CHUNK])
            self._finished(operation, self._seconds)
            data = data[CHUNK:]

    def receive(self, seconds: float | None) -> bytes:
        """Wait for bytes."""
        try:
            operation = self._calls.read(self._pipe, CHUNK)
            return self._finished(operation, seconds)
        except BrokenPipeError:
            return b""

    def _finished(self, operation: Operation, seconds: float | None) -> bytes:
        if self._calls.finish(operation, seconds):
            return operation.result()
        operation.cancel()
        self._calls.finish(operation, None)
        try:
            # It may have ended well before it was called off.
            return operation.result()
        except OSError:
            raise TimeoutError from None

    def close(self) -> None:
        """Close the pipe."""
        if self._pipe != -1:
            self._calls.close(self._pipe)
            self._pipe = -1


def _own_calls() -> PipeCalls:
    """Windows' own can be loaded there only."""
    from traybot.system.windows_pipe_calls import WindowsPipeCalls

    return WindowsPipeCalls()
