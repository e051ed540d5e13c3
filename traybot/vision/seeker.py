"""Where is a template now, given where it was? The last place first, then near it, then everywhere.

What is watched mostly stands still or moves a little: a look at the last place takes a thousandth
of a search, and where its pixels are still the same it is no more than a look at those. A place
counts as the old one while it scores about what it did; when it has become worse something else may
be the better match, and all is searched.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from traybot.core.geometry import Match, Rect
from traybot.vision import match
from traybot.vision.changes import fingerprint
from traybot.vision.scene import Scene
from traybot.vision.templates import Template

#: How far a thing moves from look to look, mostly, in pixels.
REACH = 24
#: By how much a score may fall at the old place before all is searched.
_EASE = 0.02


@dataclass(frozen=True, slots=True)
class View:
    """A scene, and where its corner lies in the whole picture."""

    scene: Scene
    x: int = 0
    y: int = 0


class Seeker:
    """Looks for one template again and again; used by one thread."""

    def __init__(
        self, template: Template, *, threshold: float = 0.9, scales: Sequence[float] = (1.0,)
    ) -> None:
        """Prepare the template, so that the first look is as quick as the later ones."""
        match.ready(template, scales)
        self._template = template
        self._threshold = threshold
        self._scales = tuple(scales)
        self._last: Match | None = None
        #: Which pixels were at the last place when it was looked at alone.
        self._pixels: int | None = None

    def look(self, part: Callable[[Rect], View | None], whole: Callable[[], View]) -> Match | None:
        """Find the best place, or give the nearest that was met, with a score below the threshold.

        `part` gives what is in a rectangle of the whole picture, cut to it, or `None` if nothing
        is; `whole` gives all. Places count from the whole picture's corner.
        """
        found = self._again(part) if self._last is not None else None
        if found is None:
            self._pixels = None
            view = whole()
            met = match.look(
                view.scene, self._template, threshold=self._threshold, scales=self._scales
            )
            found = _moved(met, view)
        self._last = found if found is not None and found.score >= self._threshold else None
        return found

    def _again(self, part: Callable[[Rect], View | None]) -> Match | None:
        """Look where it was, then near that; `None` if it is not there as it was."""
        last = self._last
        assert last is not None, "asked only then"
        wanted = max(self._threshold, last.score - _EASE)
        view = part(last.rect)
        if view is not None:
            pixels = fingerprint(view.scene.pixels)
            if pixels == self._pixels:
                return last
            x, y = last.rect.x - view.x, last.rect.y - view.y
            found = match.at(view.scene, self._template, x, y, scale=last.scale)
            if found is not None and found.score >= wanted and self._colored(found, view):
                self._pixels = pixels
                return _moved(found, view)
        self._pixels = None
        view = part(_around(last.rect))
        if view is None:
            return None
        near = match.find(
            view.scene, self._template, threshold=self._threshold, scales=(last.scale,)
        )
        return _moved(near, view) if near is not None and near.score >= wanted else None

    def _colored(self, found: Match, view: View) -> bool:
        return match.colors_agree(view.scene, self._template, found, threshold=self._threshold)


def _around(rect: Rect) -> Rect:
    return Rect(rect.x - REACH, rect.y - REACH, rect.width + 2 * REACH, rect.height + 2 * REACH)


def _moved(found: Match | None, view: View) -> Match | None:
    if found is None:
        return None
    return Match(found.rect.moved(view.x, view.y), found.score, found.scale, found.template)


def crop(scene: Scene, rect: Rect) -> View | None:
    """Give a part of a scene, cut to it."""
    inside = rect.within(Rect(0, 0, *scene.size))
    if inside.empty:
        return None
    bottom, right = inside.y + inside.height, inside.x + inside.width
    return View(Scene(scene.pixels[inside.y : bottom, inside.x : right]), inside.x, inside.y)
