"""How does a watch look? One way for each kind: it gives what it saw, and concludes nothing."""

import multiprocessing
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from traybot.core.geometry import Match, Rect
from traybot.core.watchfile import WatchSpec
from traybot.errors import BotError, TraybotError
from traybot.shells.memory import Memory
from traybot.system.base import MARK
from traybot.vision import changes, color
from traybot.vision.cameras import opener
from traybot.vision.match import best
from traybot.vision.screen import Frame, Screen
from traybot.vision.templates import Template, load_template, scaled
from traybot.workers import stuck_looks
from traybot.workers.places import Place
from traybot.workers.text_looks import Desk

#: The process table is read no more often than this: it takes milliseconds.
_PROCESSES_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look saw. `sees` None: it could not look (no window, no screen)."""

    sees: bool | None
    #: When the picture was taken, monotonic seconds.
    at: float
    score: float | None = None
    #: On the screen.
    rect: Rect | None = None
    why: str = ""
    #: It is still finding out: what it saw comes with a later look.
    working: bool = False


#: Takes the life's running time in seconds.
Look = Callable[[float], Sight]


class Eyes:
    """What the looks of one deathwatch share: the screen, the window, the process table."""

    def __init__(
        self,
        title: str,
        folder: str,
        token: str,
        memory: Memory | None = None,
        capture: str = "auto",
    ) -> None:
        """Open nothing yet; `memory` is what the life writes as it goes."""
        self.memory = memory
        self.screen = Screen(opener(capture))
        self.place = Place(title, self.screen)
        self.folder = Path(folder)
        self._token = token
        self._table: list[psutil.Process] = []
        self._table_at = 0.0
        self._tick: dict[Rect | None, Frame] = {}
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

    def frame(self, region: Rect | None) -> Frame:
        """Take a picture of a region of the bot's area; `CaptureError` if none of it is there."""
        if region not in self._tick:
            self._tick[region], _ = self.place.look(region)
        return self._tick[region]

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


def prepare(spec: WatchSpec, eyes: Eyes) -> Look:
    """Make the look of a watch; `BotError` if it cannot be."""
    makers: dict[str, Callable[[WatchSpec, Eyes], Look]] = {
        "image": _image,
        "color": _color,
        "still": _still,
        "changed": _changed,
        "process": _process,
        "window": _window,
        "timer": _timer,
        "text": _text,
    }
    makers |= dict.fromkeys(stuck_looks.LOOKS, _stuck)
    maker = makers.get(spec.kind)
    if maker is None:
        what = f'cannot use the watch "{spec.name}": kind = "{spec.kind}" is not built yet'
        raise BotError(what, "known are " + ", ".join(makers))
    return _safely(maker(spec, eyes))


def _safely(look: Look) -> Look:
    def safe(running: float) -> Sight:
        at = time.monotonic()
        try:
            return look(running)
        except TraybotError as error:
            return Sight(None, at, why=str(error))
        except Exception as error:  # noqa: BLE001  one watch that cannot look must not blind the rest
            return Sight(None, at, why=f"{type(error).__name__}: {error}")

    return safe


def _image(spec: WatchSpec, eyes: Eyes) -> Look:
    templates = [load_template(eyes.folder / name, name) for name in spec.see]
    for template in templates:
        for scale in spec.scales:
            scaled(template, scale)

    def look(_running: float) -> Sight:
        frame = eyes.frame(spec.region)
        matches = [_best(frame, template, spec) for template in templates]
        seen = [match for match in matches if match and match.score >= spec.threshold]
        enough = len(seen) == len(templates) if spec.every_picture else bool(seen)
        shown = max(filter(None, matches), key=lambda match: match.score, default=None)
        return _sight(enough, frame, shown)

    return look


def _best(frame: Frame, template: Template, spec: WatchSpec) -> Match | None:
    return best(frame.pixels, template, scales=spec.scales)


def _sight(sees: bool, frame: Frame, match: Match | None) -> Sight:  # noqa: FBT001  the answer itself
    if match is None:
        return Sight(sees, frame.at)
    return Sight(sees, frame.at, match.score, frame.place(match).rect, match.template)


def _color(spec: WatchSpec, eyes: Eyes) -> Look:
    wanted = spec.color
    assert wanted is not None, "checked with the file"

    def look(_running: float) -> Sight:
        frame = eyes.frame(spec.region)
        part = color.share(frame.pixels, wanted, spec.tolerance)
        return Sight(part >= spec.share, frame.at, part, frame.rect)

    return look


def _still(spec: WatchSpec, eyes: Eyes) -> Look:
    stillness = changes.Stillness(spec.tolerance)
    last = 0.0

    def look(running: float) -> Sight:
        nonlocal last
        if running < last:
            stillness.reset()  # another life
        last = running
        frame = eyes.frame(spec.region)
        stood = stillness.look(frame.pixels, running)
        return Sight(stood >= spec.lasting, frame.at, None, frame.rect, f"still for {stood:.1f} s")

    return look


def _changed(spec: WatchSpec, eyes: Eyes) -> Look:
    before: Frame | None = None
    since: float | None = None
    last = 0.0

    def look(running: float) -> Sight:
        nonlocal before, since, last
        frame = eyes.frame(spec.region)
        if before is None or running < last:
            before, since = frame, None
        last = running
        differs = changes.differs(before.pixels, frame.pixels, spec.tolerance)
        since = (running if since is None else since) if differs else None
        holds = since is not None and running - since >= spec.lasting
        return Sight(holds, frame.at, None, frame.rect)

    return look


def _process(spec: WatchSpec, eyes: Eyes) -> Look:
    pattern = re.compile(spec.cmdline) if spec.cmdline else None

    def look(_running: float) -> Sight:
        at = time.monotonic()
        there = eyes.runs(spec.process, pattern)
        return Sight(there is (spec.is_ == "present"), at)

    return look


def _named(wanted: str, name: str) -> bool:
    """Linux cuts names after 15 bytes; Windows adds an ending."""
    return name in {wanted, wanted[:15], f"{wanted}.exe"}


def _window(spec: WatchSpec, eyes: Eyes) -> Look:
    if spec.is_ == "hung":
        what = f'cannot use the watch "{spec.name}": is = "hung" is not built yet'
        raise BotError(what, 'use is = "gone", or kind = "still"')

    def look(_running: float) -> Sight:
        at = time.monotonic()
        if spec.is_ == "front":
            front = eyes.place.front()
            holds = front is not None and bool(re.search(spec.window, front.title))
            return Sight(holds, at, rect=front.rect if front and holds else None)
        window = eyes.place.window(spec.window)
        holds = {
            "gone": window is None,
            "present": window is not None,
            "minimized": window is not None and window.minimized,
        }[spec.is_]
        return Sight(holds, at, rect=window.rect if window else None)

    return look


def _timer(spec: WatchSpec, _eyes: Eyes) -> Look:
    def look(running: float) -> Sight:
        return Sight(running >= spec.after, time.monotonic(), why=f"running for {running:.1f} s")

    return look


def _text(spec: WatchSpec, eyes: Eyes) -> Look:
    text = eyes.desk.look_for(spec.name, spec.text)

    def look(_running: float) -> Sight:
        frame = eyes.frame(spec.region)
        seen = text.look(frame.pixels, frame.at, frame.rect)
        if seen is None:
            return Sight(None, frame.at, working=True)
        if seen.line is None:
            return Sight(False, seen.at)  # noqa: FBT003  the answer itself
        return Sight(True, seen.at, seen.line.score, seen.place, seen.line.text)  # noqa: FBT003

    return look


def _stuck(spec: WatchSpec, eyes: Eyes) -> Look:
    assert eyes.memory is not None, "only a deathwatch looks for this"
    stuck = stuck_looks.LOOKS[spec.kind](spec, eyes.memory)

    def look(running: float) -> Sight:
        sees, why = stuck(running)
        return Sight(sees, time.monotonic(), why=why)

    return look
