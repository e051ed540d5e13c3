"""Has anything in a folder changed? The kernel tells, by inotify(7), so nobody looks in vain."""

import ctypes
import os
import select
import sys
from pathlib import Path

assert sys.platform == "linux", "only Linux has what this file is about"

#: IN_MODIFY, IN_CLOSE_WRITE, IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE: sys/inotify.h.
_CHANGES = 0x2 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200
_AT_ONCE_BYTES = 65536


class LinuxFolderEar:
    """Hears of changes of the files in a folder, not of those in folders inside it."""

    def __init__(self, folder: Path) -> None:
        """Begin to listen; `OSError` where the folder is not there or the kernel has had enough."""
        libc = ctypes.CDLL(None, use_errno=True)
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._heard = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if (
            self._heard < 0
            or libc.inotify_add_watch(self._heard, os.fsencode(folder), _CHANGES) < 0
        ):
            error = ctypes.get_errno()
            self.close()
            raise OSError(error, os.strerror(error), f"{folder}")

    def wait(self, seconds: float) -> None:
        """Return when something has changed since the last call, after `ring`, or in time."""
        ready, _, _ = select.select([self._heard, self._bell], [], [], seconds)
        if self._heard in ready:
            os.read(self._heard, _AT_ONCE_BYTES)

    def ring(self) -> None:
        """Have `wait` return from now on; from any thread."""
        os.eventfd_write(self._bell, 1)

    def close(self) -> None:
        """Listen no more; nobody waits."""
        os.close(self._bell)
        if self._heard >= 0:
            os.close(self._heard)
