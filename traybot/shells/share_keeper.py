"""What if the Manager dies? Another one is started, filled, and made known; nobody waits for it."""

import logging
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import wait
from typing import Any

from traybot.core.events import Event
from traybot.shells import pulse
from traybot.shells.launcher import Launcher
from traybot.shells.share import Share, ShareAddress

_log = logging.getLogger(__name__)

_AGAIN_SECONDS = 1.0


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
        #: When a failed start is tried again (0: none has failed).
        self._again_at = 0.0
        self._fresh: ShareAddress | None = None
        # A thread of its own: it waits for a Manager that hangs.
        self._asker = Launcher("share pulse")
        self._pulse = pulse.Pulse(pulse.MANAGER, lambda: self._asker.submit(self._ask))
        self._heard = False
        #: Makes a new address known to the children.
        self.moved: Callable[[ShareAddress], None] = lambda _: None

    def start(self) -> None:
        """Have a Manager started soon."""
        self._starting, self._again_at = True, 0.0
        self._launcher.submit(self._start)

    def _start(self) -> None:
        try:
            self._fresh = self._share.start(self._sections())
        except (OSError, EOFError):
            _log.exception("cannot start a settings manager")
            self._again_at = time.monotonic() + _AGAIN_SECONDS
        finally:
            self._starting = False
            self._wake()

    def _ask(self) -> None:
        self._heard = self._share.ping()
        self._wake()

    def stop(self, seconds: float) -> None:
        """Ask no more; wait for that no longer than `seconds`."""
        self._asker.stop(seconds)

    def waitables(self) -> list[Any]:
        """The end of the Manager."""
        sentinel = self._share.sentinel
        return [] if sentinel is None or self._starting else [sentinel]

    def seconds_left(self) -> float | None:
        """When a failed start is to be tried again, or the Manager to be asked if it is there."""
        due = [at for at in (self._again_at, self._pulse.due_at()) if at]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def collect(self) -> list[Event]:
        """Replace a Manager that is dead or hangs, make a new one known."""
        if self._fresh is not None:
            address, self._fresh = self._fresh, None
            self._pulse.begin()
            self.moved(address)
        self._look_after_pulse()
        sentinel = self._share.sentinel
        if sentinel is not None and not self._starting and wait([sentinel], 0):
            _log.error("the settings manager was lost: starting another")
            self._pulse.end()
            self._share.end()
            self.start()
        elif 0.0 < self._again_at <= time.monotonic():
            self.start()
        return []

    def _look_after_pulse(self) -> None:
        if self._heard:
            self._heard = False
            self._pulse.answered()
        if self._pulse.hangs():
            _log.error("the settings manager does not answer: ending it")
            self._share.kill()
