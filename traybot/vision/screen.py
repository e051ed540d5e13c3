"""What is on the screen now? Frames: pixels that know where and when they were seen."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from traybot.core.geometry import Match, Rect
from traybot.errors import CaptureError, ScreenSilent
from traybot.text import _
from traybot.vision.camera import Camera, Layout
from traybot.vision.cameras import open_camera
from traybot.vision.pixels import Pixels

#: So often a picture is taken anew because the screen changed its size meanwhile.
_TRIES = 3


@dataclass(slots=True, eq=False)  # not frozen: that would take a microsecond for each
class Frame:
    """A picture of a part of the screen; nobody changes it."""

    #: (h, w, 4) BGRA; the fourth byte means nothing.
    pixels: Pixels
    #: The part, in pixels of the whole screen.
    rect: Rect
    #: `time.monotonic()` just before the capture began: what is seen is not older.
    at: float
    #: Counts the frames of one `Screen`, from 1.
    number: int

    def crop(self, region: Rect) -> "Frame":
        """Give the part inside a region of the screen, uncopied; `CaptureError` if none is."""
        part = _clip(region, self.rect)
        x, y = part.x - self.rect.x, part.y - self.rect.y
        pixels = self.pixels[y : y + part.height, x : x + part.width]
        return Frame(pixels, part, self.at, self.number)

    def place(self, match: Match) -> Match:
        """Give a match found in `pixels` its place on the screen."""
        rect = match.rect.moved(self.rect.x, self.rect.y)
        return Match(rect, match.score, match.scale, match.template)


class Screen:
    """Takes frames. One for each thread that looks; opens nothing before the first look.

    Survives a change of resolution and a new X server: every call tries once more with a new
    camera before it raises.
    """

    def __init__(self, opens: Callable[[], Camera] = open_camera) -> None:
        """`opens` connects to the screen, or raises `CaptureError`."""
        self._open_camera = opens
        self._camera: Camera | None = None
        self._layout: Layout | None = None
        self._number = 0
        #: What was asked for last, in which layout, and what of it is on the screen.
        self._cut: tuple[Rect, Layout, Rect] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def grab(self, region: Rect | None = None) -> Frame:
        """Take a frame of a region, or of the whole screen, all monitors together.

        What of the region lies outside the screen is cut off. `CaptureError` if all of it does, or
        if there is no screen to look at.
        """
        try:
            return self._grab(region)
        except ScreenSilent:
            self.close()
            raise  # whoever comes anew would wait as long
        except CaptureError:
            self.close()
            return self._grab(region)

    def bounds(self) -> Rect:
        """Give the rectangle around all monitors; its origin may be negative."""
        return self._fresh_layout().bounds

    def monitors(self) -> list[Rect]:
        """Give the rectangle of each monitor."""
        return list(self._fresh_layout().monitors)

    def close(self) -> None:
        """Let go of the screen; may be called twice, and a later grab opens it again."""
        if self._camera is not None:
            self._camera.close()
        self._camera = self._layout = None

    def _grab(self, region: Rect | None) -> Frame:
        layout, camera = self._layout or self._known_layout(), self._opened()
        tries = _TRIES
        while True:
            cut = self._cut
            if region is None:
                rect = layout.bounds
            elif cut is not None and cut[0] is region and cut[1] is layout:
                rect = cut[2]
            else:
                rect = _clip(region, layout.bounds)
                self._cut = region, layout, rect
            at = time.monotonic()
            pixels = camera.take(rect)
            tries -= 1
            if not (camera.outdated() and tries):
                break
            before, layout = layout, self._known_layout()
            if layout == before:
                break
        self._number += 1
        return Frame(pixels, rect, at, self._number)

    def _fresh_layout(self) -> Layout:
        try:
            return self._known_layout()
        except CaptureError:
            self.close()
            return self._known_layout()

    def _known_layout(self) -> Layout:
        self._layout = self._opened().layout()
        return self._layout

    def _opened(self) -> Camera:
        if self._camera is None:
            self._camera = self._open_camera()
        return self._camera


def _clip(region: Rect, bounds: Rect) -> Rect:
    part = region.within(bounds)
    if part.empty:
        raise CaptureError(
            _("cannot take a picture of {region}: the screen is {bounds}").format(
                region=region.as_list(), bounds=bounds.as_list()
            ),
            _("choose a region on the screen: x, y, width, height"),
        )
    return part
