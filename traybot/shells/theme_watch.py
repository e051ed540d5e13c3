"""Is the desktop dark or light now? A thread waits for its answer to change and tells."""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable

from traybot.shells.tray_pictures import TEMPLATE
from traybot.system import choose

_log = logging.getLogger(__name__)

#: A desktop that does not tell in this time is asked on, and the icon has a look meanwhile.
_FIRST_SECONDS = 3.0


def look_for(dark: bool | None) -> str:  # noqa: FBT001  it is the answer to a question, or None
    """Give the look of the icon that is seen on such a desktop; None: the one seen on both."""
    if choose.MACOS:
        return TEMPLATE  # the menu bar gives it its own colour, whatever is behind it
    if dark is None:
        return "color"
    return "dark" if dark else "light"


class ThemeWatch:
    """Watches while it is wanted; methods may be called from any thread."""

    def __init__(self, changed: Callable[[bool | None], None]) -> None:
        """`changed` is called from a thread of its own, with what `dark` is now."""
        self._changed = changed
        #: Whether the desktop is dark; None if nobody tells, or nobody has asked yet.
        self.dark: bool | None = None
        self._lock = threading.Lock()
        self._mouth: socket.socket | None = None

    def watch(self, *, wanted: bool) -> None:
        """Begin or end to watch; the first answer is there when this returns."""
        with self._lock:
            if wanted and self._mouth is None:
                ear, self._mouth = socket.socketpair()
                asked = threading.Event()
                arguments = (ear, asked)
                threading.Thread(
                    target=self._run, args=arguments, name="theme", daemon=True
                ).start()
                asked.wait(_FIRST_SECONDS)
            elif not wanted and self._mouth is not None:
                self._mouth.close()
                self._mouth = None

    def stop(self) -> None:
        """End; may be called twice."""
        self.watch(wanted=False)

    def _run(self, ear: socket.socket, asked: threading.Event) -> None:
        try:
            with contextlib.closing(choose.theme()) as theme, ear:
                self.dark = theme.dark()
                asked.set()
                ear.setblocking(False)  # noqa: FBT003  the library's own way
                while not _ended(ear):
                    theme.wait(ear.fileno())
                    before, self.dark = self.dark, theme.dark()
                    if self.dark != before and not _ended(ear):
                        _log.info("the desktop is %s now", look_for(self.dark))
                        self._changed(self.dark)
        except Exception:  # noqa: BLE001  a thread's outermost line; the icon keeps its look
            _log.exception("the desktop's theme is watched no more")
        finally:
            asked.set()


def _ended(ear: socket.socket) -> bool:
    """Whether nobody wants to hear any more."""
    try:
        return not ear.recv(1)
    except BlockingIOError:
        return False
