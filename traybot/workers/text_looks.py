"""How does a watch look for text? It has a thread read: the other watches must not wait for that.

To read a small region takes as long as a hundred looks at a picture. A look takes a picture, has it
read if its pixels are others than before, and says what the last reading found. While something is
being read it concludes nothing.
"""

import re
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread

from traybot.core.geometry import Rect
from traybot.errors import BackendUnavailable, BotError
from traybot.text import _
from traybot.vision.pixels import Pixels, to_bgr
from traybot.vision.text import Line, Reader, digest, seek

Readings = Future[tuple[Line, ...]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one picture was found to say; times in monotonic seconds."""

    at: float
    #: `None` if the pattern is not there.
    line: Line | None
    #: Where the picture was taken.
    rect: Rect

    @property
    def place(self) -> Rect | None:
        """Where the text is on the screen."""
        return self.line.rect.moved(self.rect.x, self.rect.y) if self.line else None


@dataclass(frozen=True, slots=True)
class _Task:
    """A reading under way."""

    key: str
    at: float
    rect: Rect
    lines: Readings


class TextLook:
    """Looks for a pattern in one region."""

    def __init__(self, pattern: str, ask: Callable[[Pixels], Readings]) -> None:
        """`ask` has a picture read that does not change any more."""
        self._pattern = re.compile(pattern)
        self._ask = ask
        self._task: _Task | None = None
        self._last: tuple[str, Line | None] | None = None

    def anew(self) -> None:
        """Forget what is being read: what was on the screen until now counts no more."""
        self._task = None

    def look(self, pixels: Pixels, at: float, rect: Rect) -> Seen | None:
        """Take in a picture of `rect` of the screen, taken `at`; `None` while it is being read."""
        picture = to_bgr(pixels)
        key = digest(picture)
        seen = self._finished()
        if self._last is not None and self._last[0] == key:
            return seen or Seen(at, self._last[1], rect)
        if self._task is None:
            self._task = _Task(key, at, rect, self._ask(picture))
        return seen

    def _finished(self) -> Seen | None:
        """Give what the reading under way has found, once, when it has ended."""
        task = self._task
        if task is None or not task.lines.done():
            return None
        self._task = None
        line = seek(task.lines.result(), self._pattern)
        self._last = (task.key, line)
        return Seen(task.at, line, task.rect)


class Desk:
    """One thread that reads for all looks; used by the thread that looks."""

    def __init__(self) -> None:
        """Load nothing, start nothing."""
        self._reader = Reader()
        self._asked: SimpleQueue[tuple[Pixels, Readings]] = SimpleQueue()
        self._looks: list[TextLook] = []

    def look_for(self, name: str, pattern: str) -> TextLook:
        """Make the look of a watch; the first loads the reader, which takes about a second."""
        try:
            self._reader.open()
        except BackendUnavailable as error:
            what = _('cannot use the watch "{name}": {why}').format(name=name, why=error.what)
            raise BotError(what, error.remedy) from error
        if not self._looks:
            # A daemon thread: nobody waits for the end of a reading when the process leaves.
            Thread(target=self._serve, name="reader", daemon=True).start()
        self._looks.append(TextLook(pattern, self._ask))
        return self._looks[-1]

    def anew(self) -> None:
        """Forget what is being read: what was on the screen until now counts no more."""
        for look in self._looks:
            look.anew()

    def _ask(self, pixels: Pixels) -> Readings:
        future: Readings = Future()
        self._asked.put((pixels, future))
        return future

    def _serve(self) -> None:
        while True:
            pixels, future = self._asked.get()
            try:
                future.set_result(self._reader.read(pixels))
            except Exception as error:  # noqa: BLE001  the look that asked raises it
                future.set_exception(error)
