"""A running demo game as a test drives it: reports to wait for, keys by the window system."""

import json
import queue
import subprocess
import sys
import threading
from contextlib import closing
from typing import Any, Self

from Xlib import X
from Xlib.display import Display
from Xlib.xobject.drawable import Window

from tests.demo.keys import send
from tests.desktop import eventually
from traybot.demo.flight import HEIGHT, WIDTH
from traybot.demo.game import TITLE

#: A report that does not come in this time never comes; a life has five seconds at most.
REPORT_SECONDS = 15.0


def find_window(display: Display, title: str) -> Window | None:
    """Find the window with this title, inside whatever frame it has."""
    todo = [display.screen().root]
    while todo:
        window = todo.pop()
        if window.get_wm_name() == title:
            return window
        todo += window.query_tree().children
    return None


def place_of(title: str) -> tuple[int, int]:
    """Where the window with this title is on the screen, without its frame, in pixels.

    Ask when the game has said that it plays: a window manager moves a window before it shows it.
    """
    with closing(Display()) as display:
        window = eventually(lambda: find_window(display, title), what=f"the window {title!r}")
        assert window
        corner = window.translate_coords(display.screen().root, 0, 0)
        return -corner.x, -corner.y


class LivingGame:
    """The game in a `with` block, on the display of this process."""

    def __init__(self, *options: str) -> None:
        self.left = self.top = 0
        self.reports: list[dict[str, Any]] = []
        self._options = options
        self._lines: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> Self:
        """Start it and wait until its window shows the first life."""
        command = [sys.executable, "-m", "traybot.demo.game", *self._options]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        try:
            self.await_state("playing", deaths=0)
            self.left, self.top = place_of(TITLE)
            self._point_at()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End it, whatever state it is in."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()

    def await_state(self, state: str, *, deaths: int) -> dict[str, Any]:
        """Wait for the report of this state; give it."""
        while True:
            report: dict[str, Any] = json.loads(self._lines.get(timeout=REPORT_SECONDS))
            self.reports.append(report)
            if report["state"] == state and report["deaths"] == deaths:
                return report

    @property
    def heard(self) -> int:
        """How many reports have come that nobody has waited for yet."""
        return self._lines.qsize()

    def _point_at(self) -> None:
        """Put the pointer over the window: where nobody manages windows, it gets the keys."""
        with closing(Display()) as display:
            display.screen().root.warp_pointer(self.left + WIDTH // 2, self.top + HEIGHT // 2)
            display.sync()

    def press(self, key: str) -> None:
        """Put a key down, by its X name."""
        self._send(X.KeyPress, key)

    def release(self, key: str) -> None:
        """Let a key go."""
        self._send(X.KeyRelease, key)

    def tap(self, key: str) -> None:
        """Put a key down and let it go."""
        self.press(key)
        self.release(key)

    def _send(self, kind: int, key: str) -> None:
        with closing(Display()) as display:
            send(display, kind, key)

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self._lines.put(line)
