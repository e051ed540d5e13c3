"""Is a daemon of this user running already? A lock that the kernel takes back at our death."""

import os
import time
from pathlib import Path

from traybot.errors import AlreadyRunning
from traybot.text import _

#: Who only asks whether a daemon is there holds the lock for an instant; a daemon keeps it.
_TRIES, _AGAIN_SECONDS = 3, 0.01


class InstanceLock:
    """Held for life by the one daemon; no child inherits it."""

    def __init__(self, path: Path) -> None:
        """Take the lock; `AlreadyRunning` if another holds it."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        for left in reversed(range(_TRIES)):
            try:
                _lock(self._file)
                return
            except OSError:
                if left:
                    time.sleep(_AGAIN_SECONDS)
        os.close(self._file)
        what = _("cannot start a second traybot: one is running")
        raise AlreadyRunning(what, _("see it with: traybot status"))

    def release(self) -> None:
        """Give the lock back; may be called twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def is_locked(path: Path) -> bool:
    """Whether a daemon holds the lock, answering or not."""
    if not path.exists():
        return False
    try:
        InstanceLock(path).release()
    except AlreadyRunning:
        return True
    except OSError:  # what lies there is no lock
        return False
    return False


def _lock(file: int) -> None:
    # By their names: a type checker knows the one module empty here, the other one elsewhere.
    try:
        import fcntl
    except ImportError:
        import msvcrt

        vars(msvcrt)["locking"](file, vars(msvcrt)["LK_NBLCK"], 1)
        return
    posix = vars(fcntl)
    posix["flock"](file, posix["LOCK_EX"] | posix["LOCK_NB"])
