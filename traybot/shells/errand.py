"""How does the engine have the screen asked, when the screen may never answer? A thread goes."""

import contextlib
import logging
import threading
from collections.abc import Callable
from multiprocessing import Pipe

from traybot.errors import TraybotError
from traybot.system import choose

_log = logging.getLogger(__name__)


class Errand:
    """One question on a thread of its own, that nobody has to wait for."""

    def __init__(self, question: Callable[[], int]) -> None:
        """Go."""
        self.answer = 0
        self._done, self._tell = Pipe(duplex=False)
        self._thread = threading.Thread(target=self._go, args=(question,), daemon=True)
        self._thread.name = "errand"
        self._thread.start()

    def _go(self, question: Callable[[], int]) -> None:
        try:
            self.answer = question()
        except Exception:  # noqa: BLE001  the outermost line of the thread
            _log.exception("an errand failed")
        finally:
            self._tell.close()

    def fileno(self) -> int:
        """Readable once the answer is there."""
        return self._done.fileno()

    @property
    def done(self) -> bool:
        """Whether the answer is there."""
        return self._tell.closed

    def wait(self, seconds: float) -> bool:
        """Wait for the answer, but no longer; whether it is there."""
        self._thread.join(seconds)
        return self.done

    def close(self) -> None:
        """Forget it; the thread goes on by itself if it must."""
        self._done.close()


def ask_screen() -> int:
    """Find out whether the screen answers, be it with a refusal; waits until it does."""
    with contextlib.suppress(TraybotError, OSError):
        choose.injector().close()
    return 0
