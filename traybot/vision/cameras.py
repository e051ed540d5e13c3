"""Which ways to see are there on this machine? The fastest one that works."""

import os
from collections.abc import Callable
from functools import partial
from typing import Protocol

from traybot.core.geometry import Rect
from traybot.errors import BackendUnavailable
from traybot.system import choose
from traybot.text import _
from traybot.vision.camera import Camera, MssCamera


def opener(backend: str) -> Callable[[], Camera]:
    """Give what opens a camera of this kind, for a `Screen`."""
    return partial(open_camera, backend)


def open_camera(backend: str = "auto") -> Camera:
    """Connect to the screen by the way that `[capture] backend` names.

    "auto": shared memory on X11 where the server shares it, else mss, as everywhere else.
    `CaptureError` where there is no screen.
    """
    if backend == "auto" and choose.LINUX and os.environ.get("DISPLAY"):
        from traybot.vision.x11_camera import X11Camera

        try:
            return X11Camera()
        except BackendUnavailable:
            pass
    return MssCamera()


class Damage(Protocol):
    """Hears what is drawn on the screen; `BackendUnavailable` from any call once it cannot."""

    def fileno(self) -> int:
        """Something to wait for; call `heard` before each wait."""
        ...

    def heard(self) -> bool:
        """Whether something was drawn since the last call."""
        ...

    def places(self) -> list[Rect]:
        """Give where something was drawn since the last call; what follows is told anew."""
        ...

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        ...


def open_damage() -> Damage:
    """Begin to hear what is drawn on the screen; `BackendUnavailable` where nobody tells."""
    if choose.LINUX and os.environ.get("DISPLAY"):
        from traybot.vision.x11_damage import X11Damage

        return X11Damage()
    what = _("cannot hear what is drawn on the screen of this system")
    raise BackendUnavailable(what, _("the screen is looked at every now and then instead"))
