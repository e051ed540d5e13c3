"""What does a watch on a window see? The window itself, and whether its program answers."""

import re
from collections.abc import Callable

from traybot.core.geometry import Rect
from traybot.core.watchfile import WatchSpec
from traybot.workers.places import Place

#: Whether it holds (None: that cannot be told), where the window is, and why.
Answer = tuple[bool | None, Rect | None, str]


def question(spec: WatchSpec, place: Place) -> Callable[[], Answer]:
    """Give what answers a watch of the kind `window`."""
    kinds: dict[str, Callable[[], Answer]] = {
        "front": lambda: _front(spec.window, place),
        "hung": lambda: _hung(spec.window, place),
    }
    return kinds.get(spec.is_, lambda: _there(spec, place))


def _front(title: str, place: Place) -> Answer:
    front = place.front()
    holds = front is not None and bool(re.search(title, front.title))
    return holds, front.rect if front and holds else None, ""


def _hung(title: str, place: Place) -> Answer:
    window = place.window(title)
    if window is None:
        return False, None, ""
    answers = place.answers(window)
    if answers is None:
        return None, window.rect, "whether its program answers cannot be told"
    return not answers, window.rect, ""


def _there(spec: WatchSpec, place: Place) -> Answer:
    window = place.window(spec.window)
    holds = {
        "gone": window is None,
        "present": window is not None,
        "minimized": window is not None and window.minimized,
    }[spec.is_]
    return holds, window.rect if window else None, ""
