"""What of a life is still dying when its process is gone? What it had started; it is waited for."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from traybot.shells.launcher import Launcher
from traybot.system.base import ProcessHandle
from traybot.system.lives_over import LivesOver, Swept

_log = logging.getLogger(__name__)

#: So often we look whether what was killed with a life is dead and collected.
_LOOK_SECONDS = 0.02
#: After so long something stands still that should collect it: then we look less often.
_USUAL_SECONDS = 5.0
_RARE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Grave:
    """A life that is gone, and when it went."""

    child: str
    handle: ProcessHandle | None
    since: float


class Graveyard:
    """The lives that are gone, until nothing of them is left. The engine's thread only."""

    def __init__(
        self,
        launcher: Launcher,
        end_orphans: Callable[[LivesOver], Swept],
        playing: Callable[[], frozenset[int]],
        wake: Callable[[], None],
    ) -> None:
        """`end_orphans(over)` is one sweep; `playing()` gives the lives that play now.

        The first runs on the launcher's thread: only there is it certain which process is the
        forkserver. `wake` has the engine look after us.
        """
        self._launcher = launcher
        self._end_orphans = end_orphans
        self._playing = playing
        self._wake = wake
        self._graves: list[_Grave] = []
        #: When the last life went.
        self._last = 0.0
        #: The newest life that plays, or played.
        self.newest = 0
        #: What the next sweep may end, and whether one waits for the launcher's thread.
        self._over = LivesOver(0)
        self._waits = False
        #: The last sweep found something, so that there may be more.
        self._more = False

    def lay(self, child: str, handle: ProcessHandle | None) -> None:
        """A life is gone; its handle is ours from now on."""
        self._last = boot_time()
        self._graves.append(_Grave(child, handle, self._last))

    def seconds_left(self) -> float | None:
        """When to look again."""
        if self._more:
            return _LOOK_SECONDS
        if not self._graves:
            return None
        usual = any(grave.since > boot_time() - _USUAL_SECONDS for grave in self._graves)
        return _LOOK_SECONDS if usual else _RARE_SECONDS

    def tend(self) -> None:
        """End and collect what lives left behind, until nothing more of it is handed to us."""
        if self._more:
            self._more = False
            self._ask(self._last)
        for grave in list(self._graves):
            if grave.child != "deathwatch":
                # That one starts nothing, and what has the routine's mark may still be wanted.
                self._ask(grave.since)
            more = grave.handle is not None and grave.handle.reap()
            if not more:
                self._graves.remove(grave)
                if grave.handle is not None:
                    grave.handle.close()

    def _ask(self, before: float) -> None:
        """Have a sweep made; whose life is not known must have begun `before`."""
        self._over = LivesOver(self.newest, self._playing(), before)
        if not self._waits:
            self._waits = True
            self._launcher.submit(self._sweep)

    def _sweep(self) -> None:
        self._waits = False
        swept = self._end_orphans(self._over)
        if swept.ended:
            _log.info("%s processes were left behind by lives; ended", swept.ended)
        if swept.more:
            self._more = True
            self._wake()


def boot_time() -> float:
    """Seconds since the machine began, as the system counts them for the birth of processes."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    if clock is None:
        return time.time() - psutil.boot_time()
    seconds: float = vars(time)["clock_gettime"](clock)
    return seconds
