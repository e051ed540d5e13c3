"""Is a daemon of this user running already? A lock that the kernel takes back at our death."""

import os
from pathlib import Path

from traybot.errors import AlreadyRunning


class InstanceLock:
    """Held for life by the one daemon; no child inherits it."""

    def __init__(self, path: Path) -> None:
        """Take the lock; `AlreadyRunning` if another holds it."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            _lock(self._file)
        except OSError:
            os.close(self._file)
            what = "cannot start a second traybot: one is running"
            raise AlreadyRunning(what, "see it with: traybot status") from None

    def release(self) -> None:
        """Give the lock back; may be called twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _lock(file: int) -> None:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # Windows only
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
