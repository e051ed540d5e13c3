"""Is there a way to press? Hands opens it, loses it with the screen, and opens it again."""

import contextlib
import logging
import time
from collections.abc import Callable

from traybot.errors import TraybotError
from traybot.shells.ledger import release_all
from traybot.shells.memory import Memory
from traybot.system import choose
from traybot.system.base import Injector
from traybot.system.windowing import Windows

_log = logging.getLogger(__name__)

#: A screen that is gone is looked for so often.
_AGAIN_SECONDS = 0.5
#: One that was never there may be on its way still; or there is none, and that is not disturbed.
_FIRST_SECONDS = 2.0


class Way:
    """The connections that hands presses by; `injector` is None while there is no screen."""

    def __init__(self, memory: Memory, changed: Callable[[str], None]) -> None:
        """`changed` is told why nothing can be pressed, "" when it can."""
        self._memory = memory
        self._changed = changed
        self._again_at = 0.0
        self.injector: Injector | None = None
        self.windows: Windows | None = None
        self.why = ""
        #: There was a screen once: it may come back.
        self.had = False

    def open(self) -> bool:
        """Connect, and let go of what was held when the former connection was lost."""
        self._again_at = 0.0
        try:
            self.injector = choose.injector()
            release_all(self._memory, self.injector)
        except (TraybotError, OSError) as error:
            self._drop()
            self._again_at = time.monotonic() + (_AGAIN_SECONDS if self.had else _FIRST_SECONDS)
            self._tell(str(error))
            return False
        with contextlib.suppress(TraybotError, OSError):
            self.windows = choose.windows()
        self.had = True
        self._tell("")
        return True

    def lost(self) -> bool:
        """Note that a call found no screen; whether there is another one already."""
        _log.warning("the screen was lost")
        self._drop()
        return self.open()

    def seconds_left(self) -> float | None:
        """When to look for a screen again."""
        return max(0.0, self._again_at - time.monotonic()) if self._again_at else None

    def tend(self) -> None:
        """Look for a screen that is gone, if it is time to."""
        if self.seconds_left() == 0.0:
            self.open()

    def _drop(self) -> None:
        for connection in (self.injector, self.windows):
            if connection is not None:
                with contextlib.suppress(TraybotError, OSError):
                    connection.close()
        self.injector, self.windows = None, None

    def _tell(self, why: str) -> None:
        changed, self.why = why != self.why, why
        if changed:
            self._changed(why)
