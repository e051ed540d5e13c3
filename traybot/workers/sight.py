"""How does a bot look at the screen? Regions and results count from its window."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

from traybot.core.botfile import BotPlan
from traybot.core.geometry import Match, Rect, scale_to
from traybot.errors import CaptureError, ScreenSilent, TraybotError, WindowMissing
from traybot.text import _
from traybot.vision import changes, match
from traybot.vision.cameras import opener
from traybot.vision.features import FeatureSeeker
from traybot.vision.pixels import Pixels
from traybot.vision.scene import Scene
from traybot.vision.screen import Frame, Screen
from traybot.vision.seeker import Seeker, View
from traybot.vision.templates import Template, load_template
from traybot.vision.text import Reader
from traybot.workers.line import Line
from traybot.workers.mouse import Mouse
from traybot.workers.places import Place

#: So many templates, by region and threshold, are remembered with their last place.
_SEEKERS = 256
#: How often a wait looks again.
_LOOK_SECONDS = 0.02
#: How long a look waits for a window that is not there (yet).
_WINDOW_SECONDS = 10.0

#: `(x, y, width, height)` relative to the bot's window.
Region = Rect | Sequence[int] | None
Thing = TypeVar("Thing")


class NotSeen(TraybotError, TimeoutError):
    """A wait ended without its picture."""


@dataclass(frozen=True, slots=True)
class Found(Match):
    """A match that can be clicked; `rect` and `center` count from the bot's window."""

    mouse: Mouse | None = None

    def click(self, button: str = "left") -> None:
        """Click its middle."""
        assert self.mouse is not None
        self.mouse.click(*self.center, button=button)


class ScreenOfBot:
    """What a bot sees. Used by the thread that `play` runs on."""

    def __init__(self, plan: BotPlan, line: Line, mouse: Mouse, capture: str = "auto") -> None:
        """Open nothing before the first look; `capture` is the way that the settings name."""
        self._line = line
        self._mouse = mouse
        self._folder = Path(plan.folder)
        self._reference = plan.reference
        self._screen = Screen(opener(capture))
        self._place = Place(plan.window, self._screen)
        self._reader = Reader()
        self._seekers: dict[tuple[object, ...], Seeker] = {}

    def origin(self) -> tuple[int, int]:
        """Where the bot's window begins on the screen, in pixels; (0, 0) without one."""
        area = self._patiently(self._place.area)
        return area.x, area.y

    def grab(self, region: Region = None) -> Pixels:
        """Take a picture now: (height, width, 4) BGRA bytes; the fourth byte means nothing."""
        return self._frame(region)[0].pixels

    def find(
        self,
        template: str,
        region: Region = None,
        *,
        threshold: float = 0.9,
        scales: Sequence[float] = (1.0,),
    ) -> Found | None:
        """Look once for a template, a picture file of the bot's folder; None if it is not seen."""
        rect = _rect(region)
        seeker = self._seeker(template, rect, threshold, self._scaled(scales))
        # A picture of what is looked at, no more: the last place takes a hundredth of the screen.
        found = seeker.look(partial(self._part, rect), lambda: self._view(rect))
        if found is None or found.score < threshold:
            return None
        return Found(found.rect, found.score, found.scale, found.template, self._mouse)

    def find_turned(
        self, template: str, region: Region = None, *, min_matches: int = 8
    ) -> Found | None:
        """Look once for a template at any angle and size, by key points: so many must agree.

        In a region of 300 x 300 pixels this takes about 10 ms, or 40 if it is not there; in all of
        a screen a tenth of a second.
        """
        frame, area = self._frame(region)
        found = self._features(template, min_matches).find(frame.pixels)
        return self._found(frame, area, found) if found else None

    def find_all(
        self, template: str, region: Region = None, *, threshold: float = 0.9, limit: int = 100
    ) -> list[Found]:
        """Look once for every place that shows a template, best first."""
        frame, area = self._frame(region)
        scales = (scale_to(area, self._reference),)
        seen = match.find_all(
            frame.pixels,
            self._template(template),
            threshold=threshold,
            scales=scales,
            limit=limit,
        )
        return [self._found(frame, area, one) for one in seen]

    def wait(
        self,
        template: str,
        timeout: float = 10.0,
        region: Region = None,
        *,
        threshold: float = 0.9,
    ) -> Found:
        """Look until a template is seen; `NotSeen` (a `TimeoutError`) after `timeout` seconds."""

        def look() -> Found | None:
            return self.find(template, region, threshold=threshold)

        found = self._until(look, timeout)
        if found is None:
            raise NotSeen(
                _("cannot see {template} within {timeout:g} s").format(
                    template=template, timeout=timeout
                ),
                _("is the game there?"),
            )
        return found

    def wait_gone(
        self,
        template: str,
        timeout: float = 10.0,
        region: Region = None,
        *,
        threshold: float = 0.9,
    ) -> None:
        """Look until a template is no longer seen; `NotSeen` after `timeout` seconds."""

        def look() -> bool:
            return self.find(template, region, threshold=threshold) is None

        if not self._until(look, timeout):
            raise NotSeen(
                _("{template} is still seen after {timeout:g} s").format(
                    template=template, timeout=timeout
                ),
                _("is the game stuck?"),
            )

    def wait_still(
        self,
        seconds: float = 0.5,
        timeout: float = 10.0,
        region: Region = None,
        *,
        tolerance: int = changes.TOLERANCE,
    ) -> None:
        """Look until a region has stood still for `seconds`; `NotSeen` after `timeout`."""
        stillness = changes.Stillness(tolerance)

        def look() -> bool:
            frame, _ = self._frame(region)
            return stillness.look(frame.pixels, self._line.playing_time()) >= seconds

        if not self._until(look, timeout):
            raise NotSeen(
                _("cannot see it stand still within {timeout:g} s").format(timeout=timeout),
                _("raise the tolerance"),
            )

    def color(self, x: int, y: int) -> tuple[int, int, int]:
        """Red, green and blue (0 to 255) of a pixel of the window."""
        blue, green, red = (int(v) for v in self._frame((x, y, 1, 1))[0].pixels[0, 0, :3])
        return red, green, blue

    def text(self, region: Region = None) -> str:
        """Read what is written, a line for each line on the screen; "" if nothing is.

        Needs the extra `traybot[ocr]`; the first call loads it, which takes about a second. Then a
        region of 200 x 100 pixels takes about 0.1 s, and a whole screen 1 to 3 s.
        """
        self._reader.open()
        frame, _ = self._frame(region)
        return "\n".join(line.text for line in self._reader.read(frame.pixels))

    def _frame(self, region: Region) -> tuple[Frame, Rect]:
        """Take a picture; gives the area of the window too."""
        self._line.checkpoint()
        rect = _rect(region)
        return self._patiently(lambda: self._place.look(rect))

    def _view(self, region: Rect | None) -> View:
        """Take a picture to search in; places count from the window."""
        frame, area = self._frame(region)
        return View(Scene(frame.pixels), frame.rect.x - area.x, frame.rect.y - area.y)

    def _part(self, region: Rect | None, rect: Rect) -> View | None:
        """Take a picture of a rectangle inside a region; `None` if nothing of it is there now."""
        part = rect if region is None else rect.within(region)
        if part.empty:
            return None
        try:
            return self._view(part)
        except CaptureError:
            return None  # the window has become smaller

    def _patiently(self, look: Callable[[], Thing]) -> Thing:
        """Wait for a window that is not there yet, for a while."""
        deadline = self._line.playing_time() + _WINDOW_SECONDS
        while True:
            try:
                return look()
            except (WindowMissing, ScreenSilent):
                if self._line.playing_time() > deadline:
                    raise
            self._line.sleep(_LOOK_SECONDS)

    def _scaled(self, scales: Sequence[float]) -> tuple[float, ...]:
        """Give the sizes at which to look now, for templates that were taken at `reference`."""
        if self._reference is None:
            return tuple(scales)
        now = scale_to(self._patiently(self._place.area), self._reference)
        return tuple(now * scale for scale in scales)

    def _until(self, look: Callable[[], Thing], timeout: float) -> Thing:
        # Playing time: what a pause takes is not the game's fault.
        end = self._line.playing_time() + timeout
        while True:
            answer = look()
            if answer or self._line.playing_time() >= end:
                return answer
            self._line.sleep(_LOOK_SECONDS)

    def _seeker(
        self, name: str, region: Rect | None, threshold: float, scales: tuple[float, ...]
    ) -> Seeker:
        """Give what remembers where this was seen last."""
        key = (name, region, threshold, scales)
        seeker = self._seekers.pop(key, None)
        if seeker is None:
            seeker = Seeker(self._template(name), threshold=threshold, scales=scales)
        self._seekers[key] = seeker
        if len(self._seekers) > _SEEKERS:
            del self._seekers[next(iter(self._seekers))]
        return seeker

    @lru_cache(maxsize=256)  # noqa: B019  there is one screen in a life
    def _features(self, name: str, min_matches: int) -> FeatureSeeker:
        return FeatureSeeker(self._template(name), min_matches)

    def _template(self, name: str) -> Template:
        return _load(self._folder / name, name)

    def _found(self, frame: Frame, area: Rect, seen: Match) -> Found:
        rect = seen.rect.moved(frame.rect.x - area.x, frame.rect.y - area.y)
        return Found(rect, seen.score, seen.scale, seen.template, self._mouse)


def _rect(region: Region) -> Rect | None:
    return region if region is None or isinstance(region, Rect) else Rect(*region)


@lru_cache(maxsize=256)
def _load(path: Path, name: str) -> Template:
    return load_template(path, name)
