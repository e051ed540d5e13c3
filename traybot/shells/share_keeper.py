"""What if the Manager dies? Another one is started, filled, and made known; nobody waits for it."""

import logging
from collections.abc import Callable, Mapping
from multiprocessing.connection import wait
from typing import Any

from traybot.core.events import Event
from traybot.shells.launcher import Launcher
from traybot.shells.share import Share, ShareAddress

_log = logging.getLogger(__name__)


class ShareKeeper:
    """Keeps a Manager running. The engine's thread, but for the launcher's jobs."""

    def __init__(
        self,
        share: Share,
        launcher: Launcher,
        sections: Callable[[], Mapping[str, Mapping[str, Any]]],
        wake: Callable[[], None],
    ) -> None:
        """`sections` gives the settings as they are now; `wake` has the engine collect."""
        self._share, self._launcher = share, launcher
        self._sections, self._wake = sections, wake
        self._starting = False
        self._fresh: ShareAddress | None = None
        #: Makes a new address known to the children.
        self.moved: Callable[[ShareAddress], None] = lambda _: None

    def start(self) -> None:
        """Have a Manager started soon."""
        self._starting = True
        self._launcher.submit(self._start)

    def _start(self) -> None:
        try:
            self._fresh = self._share.start(self._sections())
        finally:
            self._starting = False
            self._wake()

    def waitables(self) -> list[Any]:
        """The end of the Manager."""
        sentinel = self._share.sentinel
        return [] if sentinel is None or self._starting else [sentinel]

    def seconds_left(self) -> float | None:
        """Nothing here needs the clock."""
        return None

    def collect(self) -> list[Event]:
        """Replace a dead Manager, make a new one known."""
        if self._fresh is not None:
            address, self._fresh = self._fresh, None
            self.moved(address)
        sentinel = self._share.sentinel
        if sentinel is not None and not self._starting and wait([sentinel], 0):
            _log.error("the settings manager was lost: starting another")
            self._share.end()
            self.start()
        return []
