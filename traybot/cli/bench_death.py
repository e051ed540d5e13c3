"""How long does a death take here, from its pixels on the screen to the routine gone?

A daemon of its own, with files of its own, plays a bot that does nothing; a small window in the
screen's corner shows the death picture. Times count from the X server's word that the picture is
shown to the event that tells the end of the routine.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import psutil
from PIL import Image

from traybot.core.geometry import Rect
from traybot.errors import TraybotError
from traybot.text import _

_PLACE, _SIDE = Rect(40, 40, 200, 100), 64
_SETTINGS = """
[routine]
run = "routine:play"

[limits]
max_deaths = 100000

[[watch]]
name = "death"
see = "death.png"
region = [{x}, {y}, {width}, {height}]
then = "restart"
"""
_CODE = """
def play(bot):
    while True:
        bot.sleep(1.0)
"""
#: So long a daemon may take to answer, and so long it is watched doing nothing, in seconds.
_PATIENCE = 20.0
_QUIET = 3.0


@dataclass(frozen=True, slots=True)
class Deaths:
    """What was measured."""

    #: Milliseconds from the picture shown to the routine gone.
    times: tuple[float, ...]
    #: The deathwatch's share of a core while the screen stands still.
    share: float


def deaths(times: int) -> Deaths:
    """Die so often on the screen that DISPLAY names; `TraybotError` if that cannot be done."""
    if not os.environ.get("DISPLAY"):
        what = _("cannot measure a death: there is no X11 screen")
        raise TraybotError(what, _("run it inside an X11 session, or with --no-display"))
    dice = np.random.default_rng(3)
    picture = Image.fromarray(dice.integers(0, 256, (_SIDE, _SIDE, 3), dtype=np.uint8))
    with tempfile.TemporaryDirectory(prefix="traybot-bench-") as home, _window() as paint:
        folder = Path(home, "bots", "bench")
        folder.mkdir(parents=True)
        picture.save(folder / "death.png")
        (folder / "routine.py").write_text(_CODE, encoding="utf-8")
        place = {"x": _PLACE.x, "y": _PLACE.y, "width": _PLACE.width, "height": _PLACE.height}
        (folder / "bot.toml").write_text(_SETTINGS.format(**place), encoding="utf-8")
        with _Daemon(folder, home) as daemon:
            daemon.until("running")
            share = daemon.share_of_a_core()
            return Deaths(tuple(_die(daemon, paint, picture, dice) for _n in range(times)), share)


def _die(daemon: "_Daemon", paint: Any, picture: Image.Image, dice: np.random.Generator) -> float:  # noqa: ANN401
    time.sleep(float(dice.uniform(0.05, 0.1)))  # at any moment between two looks
    paint(picture)
    shown = time.monotonic()
    gone = daemon.until("gone")
    paint(None)
    daemon.until("running")
    return (gone - shown) * 1000.0


class _Daemon:
    """A daemon in the foreground whose events are read with the time of their coming."""

    def __init__(self, bot: Path, home: str) -> None:
        self._env = {**os.environ, "TRAYBOT_HOME": home}
        command = [sys.executable, "-m", "traybot", "run", str(bot), "--no-tray", "--no-hotkeys"]
        self._process = subprocess.Popen(
            [*command, "--json"],
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )
        self._heard: queue.SimpleQueue[tuple[float, dict[str, Any]]] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._reader.join(_PATIENCE)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._heard.put((time.monotonic(), json.loads(line)))

    def until(self, event: str) -> float:
        """Give when an event came that tells of the bot, or of its routine."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                at, document = self._heard.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty as error:
                what = _('cannot measure a death: no "{event}" came').format(event=event)
                raise TraybotError(what, _("does the demo work? traybot demo")) from error
            if document["event"] == event and document.get("child", "routine") == "routine":
                return at

    def share_of_a_core(self) -> float:
        """Watch the deathwatch do nothing for a while."""
        asked = [sys.executable, "-m", "traybot", "status", "--json"]
        told = subprocess.run(asked, env=self._env, capture_output=True, check=False, text=True)
        try:
            watcher = psutil.Process(json.loads(told.stdout)["pids"]["deathwatch"])
            before = watcher.cpu_times()
            time.sleep(_QUIET)
            after = watcher.cpu_times()
        except (ValueError, KeyError, psutil.Error) as error:
            why = told.stderr.strip().removeprefix("traybot: ") or repr(error)
            what = _("cannot measure what a deathwatch takes: {why}").format(why=why)
            raise TraybotError(what, _("does the demo work? traybot demo")) from error
        return (after.user + after.system - before.user - before.system) / _QUIET


@contextmanager
def _window() -> Iterator[Any]:
    """Show a grey window in the corner, above all; gives what paints a picture in it, or none."""
    from Xlib import X

    from traybot.system.x11_connection import connect

    with closing(connect()) as display:
        screen = display.screen()
        window = screen.root.create_window(
            *_PLACE.as_list(), 0, screen.root_depth, background_pixel=0x5A5A5A, override_redirect=1
        )
        brush = window.create_gc()
        window.map()
        window.configure(stack_mode=X.Above)
        display.sync()

        def paint(picture: Image.Image | None) -> None:
            if picture is None:
                window.clear_area()
            else:
                window.put_pil_image(brush, (_PLACE.width - _SIDE) // 2, 18, picture)
            display.sync()

        yield paint
