"""Which way to take pictures is there on this machine? The fastest one that works."""

import os
from collections.abc import Callable
from functools import partial

from traybot.errors import BackendUnavailable
from traybot.system import choose
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
