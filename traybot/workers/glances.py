"""Is what the watches see any good? A glance now and then, told when the answer changes.

A glance asks where the bot's window is, and takes a picture of it once a second at most: what it
costs must not show.
"""

import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace

import numpy as np

from traybot.core import health as rules
from traybot.core.geometry import Rect
from traybot.core.health import Glance, Health, Trouble
from traybot.errors import CaptureError, ScreenSilent, TraybotError, WindowMinimized, WindowMissing
from traybot.vision.camera import MssCamera
from traybot.vision.changes import fingerprint
from traybot.vision.pixels import Pixels
from traybot.workers.eyes import Eyes

#: So often it is asked where the window is, and so often a picture is taken; in seconds.
_GLANCE_SECONDS, _PICTURE_SECONDS = 0.25, 1.0
#: So often it is asked whether glances are wished for while they are not.
_WISH_SECONDS = 0.5
#: A picture counts as black up to this brightness of its brightest channel.
_DARK = 8
#: Every so many-th row and column of a picture is looked at.
_STEP = 4


class Glances:
    """The glances of one deathwatch, at one life after another."""

    def __init__(self, eyes: Eyes, *, wanted: Callable[[], bool] | None) -> None:
        """`wanted` says whether anybody acts now on what is told; None: nobody ever does."""
        self._eyes = eyes
        self._wanted = wanted
        self._health = Health()
        self._told: Trouble | None = None
        self._glanced_at = self._pictured_at = 0.0
        self._picture: Glance | None = None

    def begin(self) -> None:
        """Another life is watched: nothing is known of its picture."""
        self._health, self._told, self._picture = Health(), None, None
        self._glanced_at = self._pictured_at = 0.0

    def seconds(self) -> float | None:
        """Give how long until the next glance; None: there is none."""
        if self._wanted is None:
            return None
        if not self._wanted():
            return _WISH_SECONDS
        return max(0.0, self._glanced_at + _GLANCE_SECONDS - time.monotonic())

    def take(self, drawn: int) -> Trouble | None:
        """Glance if it is time; give a trouble, or its end, that is new.

        `drawn` is how often the screen has told that something was drawn where the watches look.
        """
        now = time.monotonic()
        if self._wanted is None or not self._wanted():
            return self._take_back()
        if now < self._glanced_at + _GLANCE_SECONDS:
            return None
        glance = self._glance(drawn)
        self._glanced_at = time.monotonic()
        self._health = rules.look(self._health, glance)
        if self._health.trouble is self._told:
            return None
        self._told = self._health.trouble
        return self._told

    def _take_back(self) -> Trouble | None:
        """End a trouble that was told: since then somebody has wished for no glances."""
        told = self._told
        self.begin()
        return Trouble.NONE if told not in {None, Trouble.NONE} else None

    def _glance(self, drawn: int) -> Glance:
        try:
            if self._eyes.silent is not None:
                raise self._eyes.silent
            area = self._eyes.place.area()
            return self._at(area, drawn)
        except WindowMinimized:
            missing = Trouble.MINIMIZED
        except ScreenSilent:
            missing = Trouble.FROZEN
        except (WindowMissing, CaptureError):
            missing = Trouble.GONE
        self._picture = None
        return Glance(time.monotonic(), missing)

    def _at(self, area: Rect, drawn: int) -> Glance:
        """Glance at what is there; the picture may be some moments old."""
        now, size, last = time.monotonic(), (area.width, area.height), self._picture
        if last is not None and last.size == size and now < self._pictured_at + _PICTURE_SECONDS:
            return replace(last, at=now, drawn=drawn)
        pixels = _sample(self._eyes.screen.grab(area).pixels)
        doubted = rules.suspicious(self._health, now, drawn) and self._contradicted(area, pixels)
        self._pictured_at = now
        black = int(pixels[..., :3].max(initial=0)) <= _DARK
        self._picture = Glance(
            now, Trouble.NONE, size, black, fingerprint(pixels), drawn, contradicted=doubted
        )
        return self._picture

    def _contradicted(self, area: Rect, pixels: Pixels) -> bool:
        """Whether mss sees something else than we do, before and after."""
        with closing(MssCamera()) as other, suppress(TraybotError):
            seen = _sample(other.take(area.within(other.layout().bounds)))
            again = _sample(self._eyes.screen.grab(area).pixels)
            same = np.array_equal(again[..., :3], pixels[..., :3])
            return same and not np.array_equal(seen[..., :3], pixels[..., :3])
        return False


def _sample(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[::_STEP, ::_STEP])
