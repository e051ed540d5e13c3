"""Where does MaaFramework sit that has no device? At a controller that shows one grey picture."""
# ruff: noqa: ANN401, ARG002, D102  the peer has no types; what it calls takes what it gives

from typing import Any

import numpy as np
from maa.controller import CustomController
from maa.pipeline import JFeatureMatch, JTemplateMatch
from maa.resource import Resource
from maa.tasker import Tasker


class Nothing(CustomController):
    """A device that can be connected to, and does nothing."""

    def connect(self) -> bool:
        return True

    def request_uuid(self) -> str:
        return "nothing"

    def start_app(self, intent: str) -> bool:
        return True

    def stop_app(self, intent: str) -> bool:
        return True

    def screencap(self) -> Any:
        return np.full((1080, 1920, 3), 90, np.uint8)

    def click(self, x: int, y: int) -> bool:
        return True

    def swipe(self, x1: int, y1: int, x2: int, y2: int, duration: int) -> bool:
        return True

    def touch_down(self, contact: int, x: int, y: int, pressure: int) -> bool:
        return True

    def touch_move(self, contact: int, x: int, y: int, pressure: int) -> bool:
        return True

    def touch_up(self, contact: int) -> bool:
        return True

    def click_key(self, keycode: int) -> bool:
        return True

    def input_text(self, text: str) -> bool:
        return True

    def key_down(self, keycode: int) -> bool:
        return True

    def key_up(self, keycode: int) -> bool:
        return True


def seat() -> tuple[Any, Any]:
    """Give a tasker and its resource, ready to recognise."""
    Tasker.set_stdout_level(0)
    Tasker.set_save_draw(False)
    resource, device, tasker = Resource(), Nothing(), Tasker()
    device.post_connection().wait()
    tasker.bind(resource, device)
    _KEPT.extend((resource, device, tasker))
    return tasker, resource


def wanted(kind: str, name: str, threshold: float) -> Any:
    """Give what to recognise: a template with a threshold, or its features as they come."""
    if kind == "TemplateMatch":
        return JTemplateMatch(template=[name], threshold=[threshold])
    return JFeatureMatch(template=[name])


#: The library's objects end with their Python side.
_KEPT: list[Any] = []
