"""Is the machine kept awake now? A thread of its own sees to it, so that nobody waits for a bus.

The engine hands over the phase and goes on. What cannot be had is said, and tried again later.
"""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable

from traybot.core.phases import AT_WORK, Phase
from traybot.errors import TraybotError
from traybot.system.base import Awake
from traybot.text import _

HELD, NOT_HELD = _("held"), _("not held")
#: How often a wish is looked after: a service may have started anew, or have come up late.
LOOK_AGAIN_SECONDS = 60.0
_REASON = _("a bot is playing")
_log = logging.getLogger(__name__)


class AwakeKeeper:
    """Holds while a bot is at work and the settings want it."""

    def __init__(self, choose: Callable[[], Awake], wanted: Callable[[], bool]) -> None:
        """Both are called on the thread; `wanted` at each change, for settings may change."""
        self._choose, self._wanted = choose, wanted
        self._phases: queue.SimpleQueue[Phase | None] = queue.SimpleQueue()
        self._lock, self._phase = threading.Lock(), Phase.IDLE
        self._awake: Awake | None = None
        #: "held", "not held", or "unavailable: why"; written by the thread alone.
        self.state = NOT_HELD
        self._thread = threading.Thread(target=self._run, name="awake", daemon=True)
        self._thread.start()

    def show(self, phase: Phase) -> None:
        """Tell where the bot is; from any thread, at once."""
        with self._lock:
            self._phase = phase
            self._phases.put(phase)

    def look_again(self) -> None:
        """See at once whether it is wanted still; from any thread."""
        with self._lock:
            self._phases.put(self._phase)

    def stop(self, seconds: float) -> None:
        """Let go and end the thread; wait for that no longer than `seconds`."""
        self._phases.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        phase: Phase | None = Phase.IDLE
        while phase is not None:
            phase = self._next(phase)
            try:
                self._see_to(phase in AT_WORK and self._wanted())
            except TraybotError as error:
                self._say(_("unavailable: {why}").format(why=error))
            except Exception as error:  # noqa: BLE001  the outermost line of the thread
                self._say(_("unavailable: {why}").format(why=repr(error)))
                _log.exception("keeping awake has failed")

    def _next(self, phase: Phase) -> Phase | None:
        """Wait for news, and of several take the last; look again if there are none for long."""
        latest: Phase | None = phase
        with contextlib.suppress(queue.Empty):
            latest = self._phases.get(timeout=LOOK_AGAIN_SECONDS if phase in AT_WORK else None)
            while latest is not None:
                latest = self._phases.get_nowait()
        return latest

    def _see_to(self, wanted: bool) -> None:  # noqa: FBT001  private, and named where it is called
        if wanted:
            self._awake = self._awake or self._choose()
            self._awake.hold(_REASON)
            self._say(HELD)
        elif self._awake is not None:
            self._awake.release()
            self._say(NOT_HELD)
        else:
            self._say(NOT_HELD)

    def _say(self, state: str) -> None:
        if state != self.state:
            _log.info("awake: %s", state)
        self.state = state
