"""When has the settings file changed? Its folder tells, or it is looked for twice a second.

Told once the file has stood still between two looks, so a burst of saves is one change, and a file
that is replaced, as editors do it, counts like one that is written.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from traybot.system import choose
from traybot.system.folder_ear import FolderEar

LOOK_SECONDS = 0.5
#: A folder that tells is looked at all the same: of a link's target, of what another machine writes
#: and of a new folder in its place it hears nothing.
_UNHEARD_SECONDS = 5.0
#: Where somebody writes into the folder all the time we are not woken more often than this.
_BURST_SECONDS = 0.1
#: More than any change takes that can be read at all.
_END_SECONDS = 1.0

_log = logging.getLogger(__name__)
#: What tells one state of a file from another; None where there is no file.
Stamp = tuple[int, int, int] | None


class SettingsWatch:
    """A thread that calls `changed` after each change; ends with `stop`."""

    def __init__(self, path: Path, changed: Callable[[], None]) -> None:
        """What the file is now counts as known."""
        self._path, self._changed = path, changed
        self._leave = threading.Event()
        self._ear: FolderEar | None = None
        self._known = self._stamp()
        self._thread = threading.Thread(target=self._run, name="settings", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._ear = choose.folder_ear(self._path.parent)
        self._thread.start()

    def stop(self) -> None:
        """End; may be called twice, and before the start.

        A file that is being read where no disk answers is not waited for.
        """
        self._leave.set()
        if self._ear is not None:
            self._ear.ring()
        if self._thread.is_alive():
            self._thread.join(_END_SECONDS)
        if self._thread.is_alive():
            return
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.close()

    def _run(self) -> None:
        last, settled = self._known, False
        while not self._waited(settled=settled):
            now = self._stamp()
            if now == last and now != self._known:
                self._known = now
                try:
                    self._changed()
                except Exception:  # noqa: BLE001  one failed reload must not be the last
                    _log.exception("the changed settings were not taken")
            last, settled = now, now == self._known

    def _waited(self, *, settled: bool) -> bool:
        """Wait until a look may be worth it; whether to end."""
        if self._ear is None or not settled:
            return self._leave.wait(LOOK_SECONDS)
        self._ear.wait(_UNHEARD_SECONDS)
        return self._leave.wait(_BURST_SECONDS)

    def _stamp(self) -> Stamp:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size
