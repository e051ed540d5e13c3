"""What do the looks of one deathwatch share? Screen, window, processes, the pictures of a tick."""

import multiprocessing
import re
import time
from contextlib import suppress
from pathlib import Path

import psutil

from traybot.core.geometry import Rect, scale_to
from traybot.errors import ScreenSilent, TraybotError
from traybot.shells.memory import Memory
from traybot.system.base import MARK
from traybot.vision.cameras import opener
from traybot.vision.scene import Scene
from traybot.vision.screen import Frame, Screen
from traybot.workers.places import Place
from traybot.workers.text_looks import Desk

#: The process table is read no more often than this: it takes milliseconds.
_PROCESSES_SECONDS = 0.2


class Eyes:
    """For the thread that looks."""

    def __init__(
        self,
        title: str,
        folder: str,
        token: str,
        memory: Memory | None = None,
        capture: str = "auto",
        reference: tuple[int, int] | None = None,
    ) -> None:
        """Open nothing yet; `memory` is what the life writes as it goes."""
        self.memory = memory
        self.screen = Screen(opener(capture))
        self.place = Place(title, self.screen)
        self.folder = Path(folder)
        self._reference = reference
        #: How many times as large as their pictures things were at the last look.
        self.scale = 1.0
        self._token = token
        self._table: list[psutil.Process] = []
        self._table_at = 0.0
        #: The screen has not answered in this tick: nobody waits for it again before the next.
        self.silent: ScreenSilent | None = None
        self._tick: dict[Rect | None, Frame] = {}
        self._scenes: dict[Rect | None, Scene] = {}
        #: Reads texts, beside the loop that looks.
        self.desk = Desk()

    def open(self) -> None:
        """Look at anything once: to load and to connect takes as long as a hundred looks."""
        for look in (self.screen.grab, self.place.front):
            with suppress(TraybotError):
                look()

    def close(self) -> None:
        """Let go of screen and windows; a later look opens them again."""
        self.screen.close()
        self.place.close()

    def new_tick(self) -> None:
        """Forget the frames of the last tick: watches on one region share one picture."""
        self._tick.clear()
        self._scenes.clear()
        self.silent = None

    def frame(self, region: Rect | None) -> Frame:
        """Take a picture of a region of the bot's area; `CaptureError` if none of it is there."""
        if region not in self._tick:
            if self.silent is not None:
                raise self.silent
            try:
                self._tick[region], area = self.place.look(region)
            except ScreenSilent as error:
                self.silent = error
                raise
            self.scale = scale_to(area, self._reference)
        return self._tick[region]

    def scene(self, region: Rect | None) -> Scene:
        """Give that picture to search in: watches on one region share what is made of it."""
        if region not in self._scenes:
            self._scenes[region] = Scene(self.frame(region).pixels)
        return self._scenes[region]

    def seen(self, region: Rect | None) -> Rect | None:
        """Give where on the screen this tick's picture of a region was taken, if it was."""
        frame = self._tick.get(region)
        return frame.rect if frame else None

    def runs(self, wanted: str, cmdline: re.Pattern[str] | None) -> bool:
        """Whether a process of this name, and command line, runs that is none of ours."""
        now = time.monotonic()
        if now - self._table_at > _PROCESSES_SECONDS:
            self._table = list(psutil.process_iter(["name", "cmdline", "status"]))
            self._table_at = now
        return any(
            _named(wanted, process.info["name"] or "")
            and (cmdline is None or cmdline.search(" ".join(process.info["cmdline"] or ())))
            and process.info["status"] != psutil.STATUS_ZOMBIE
            and not self._ours(process)
            for process in self._table
        )

    def _ours(self, process: psutil.Process) -> bool:
        """Whether it belongs to traybot itself; the bot's program carries no mark."""
        daemon = multiprocessing.parent_process()
        if daemon is not None and process.pid == daemon.pid:
            return True
        try:
            return process.environ().get(MARK) == self._token
        except psutil.Error:
            return False


def _named(wanted: str, name: str) -> bool:
    """Linux cuts names after 15 bytes; Windows adds an ending."""
    return name in {wanted, wanted[:15], f"{wanted}.exe"}
