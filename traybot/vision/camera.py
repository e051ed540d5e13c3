"""How do pixels get from the screen into memory? One class for each way to do it.

A camera belongs to the thread that made it. It is thrown away after its first error: `Screen`
makes a new one, for after a change of resolution or of the X server an old one stays broken.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from traybot.core.geometry import Rect
from traybot.errors import CaptureError
from traybot.text import _
from traybot.vision.pixels import Pixels

if TYPE_CHECKING:
    from mss import MSS

#: How long mss's size of the screen is believed. A screen that shrinks is noticed at once, by the
#: error; one that grows after this time at the latest.
LAYOUT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Where pixels are; the origin may be negative when a monitor is left of the first one."""

    bounds: Rect
    monitors: tuple[Rect, ...]


class Camera(Protocol):
    """Takes pictures of the screen; every method raises `CaptureError` when that is impossible."""

    def layout(self) -> Layout:
        """Give the present size of the screen, as far as the system tells; cheap."""
        ...

    def outdated(self) -> bool:
        """Whether the layout may have changed before the last picture; costs next to nothing."""
        ...

    def take(self, rect: Rect) -> Pixels:
        """Take (h, w, 4) BGRA of a rectangle inside the bounds; it stays so while it is held."""
        ...

    def close(self) -> None:
        """Let go of the connection; never raises; may be called twice."""
        ...


class MssCamera:
    """Takes pictures by `mss`: on Windows, macOS, and X11 where it does not share memory."""

    def __init__(self) -> None:
        """Connects at the first question."""
        self._mss: MSS | None = None
        self._layout: Layout | None = None
        self._asked_at = -LAYOUT_SECONDS

    def layout(self) -> Layout:
        """Give the size of the screen, asked by a new connection when it was long ago.

        mss remembers monitors as long as it lives, so it would never see a screen grow.
        """
        if self._layout is None or self.outdated():
            self._layout = self._ask_layout()
        return self._layout

    def _ask_layout(self) -> Layout:
        self.close()
        with _explained():
            whole, *each = [
                Rect(monitor["left"], monitor["top"], monitor["width"], monitor["height"])
                for monitor in self._connected().monitors
            ]
        self._asked_at = time.monotonic()
        return Layout(whole, tuple(each) or (whole,))

    def outdated(self) -> bool:
        """Nobody tells us: a layout is believed for a while."""
        return time.monotonic() - self._asked_at > LAYOUT_SECONDS

    def take(self, rect: Rect) -> Pixels:
        """Take a picture; the array lies on the only copy that mss makes."""
        box = (rect.x, rect.y, rect.x + rect.width, rect.y + rect.height)
        with _explained():
            shot = self._connected().grab(box)
            return np.frombuffer(shot.raw, np.uint8).reshape(rect.height, rect.width, 4)

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._mss = self._mss, None
        if connection is not None:
            with suppress(CaptureError), _explained():
                connection.close()

    def _connected(self) -> "MSS":
        from mss import MSS

        if self._mss is None:
            self._mss = MSS()
        return self._mss


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what mss raises into one line; when the X server is gone it raises `AssertionError`."""
    from mss import ScreenShotError

    try:
        yield
    except (ScreenShotError, AssertionError, OSError) as error:
        why = (str(error).splitlines() or [_("the connection to the display was lost")])[0]
        why = why.partition(" (")[0]  # our own remedy stands in the brackets
        raise CaptureError(
            _("cannot take a picture of the screen: {why}").format(why=why), remedy()
        ) from error


def remedy() -> str:
    """Say what to do where no picture of the screen can be taken."""
    display = os.environ.get("DISPLAY")
    if display:
        return _("check that the display {display} still runs").format(display=display)
    return _("run it in a graphical session, where pictures of the screen are allowed")
