"""What of a life is still dying when its process is gone? What it had started; it is waited for."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from traybot.system.base import ProcessHandle

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

    def __init__(self, end_orphans: Callable[[float], None]) -> None:
        """`end_orphans(before)` has ended what lives left behind that are over.

        Whose life is not known must have begun before that time, in seconds since the machine did.
        """
        self._end_orphans = end_orphans
        self._graves: list[_Grave] = []
        #: When the last life went.
        self._last = 0.0
        #: The last sweep found something, so that there may be more; set by any thread.
        self.more = False

    def lay(self, child: str, handle: ProcessHandle | None) -> None:
        """A life is gone; its handle is ours from now on."""
        self._last = boot_time()
        self._graves.append(_Grave(child, handle, self._last))

    def seconds_left(self) -> float | None:
        """When to look again."""
        if self.more:
            return _LOOK_SECONDS
        if not self._graves:
            return None
        usual = any(grave.since > boot_time() - _USUAL_SECONDS for grave in self._graves)
        return _LOOK_SECONDS if usual else _RARE_SECONDS

    def tend(self) -> None:
        """End and collect what lives left behind, until nothing more of it is handed to us."""
        if self.more:
            self.more = False
            self._end_orphans(self._last)
        for grave in list(self._graves):
            if grave.child != "deathwatch":
                # That one starts nothing, and what has the routine's mark may still be wanted.
                self._end_orphans(grave.since)
            more = grave.handle is not None and grave.handle.reap()
            if not more:
                self._graves.remove(grave)
                if grave.handle is not None:
                    grave.handle.close()


def boot_time() -> float:
    """Seconds since the machine began, as the system counts them for the birth of processes."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    if clock is None:
        return time.time() - psutil.boot_time()
    seconds: float = vars(time)["clock_gettime"](clock)
    return seconds
