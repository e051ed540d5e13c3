"""Is a template on the screen, or in a picture? And if not quite, how near is it?"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from traybot.core.geometry import Match, Rect
from traybot.errors import TraybotError
from traybot.text import _, in_english

if TYPE_CHECKING:
    from traybot.vision.screen import Frame
    from traybot.vision.templates import Template

_GREEN, _AMBER = (0, 255, 0), (255, 160, 0)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for, an option each."""

    #: A picture's path; for a text the regular expression.
    template: str
    #: Look here, not at the screen.
    picture: str | None = None
    region: Rect | None = None
    kind: str = "image"
    threshold: float = 0.9
    scales: tuple[float, ...] = (1.0,)
    every: bool = False
    show: str | None = None
    as_json: bool = False


class _How(TypedDict):
    """What a search keeps to."""

    threshold: float
    scales: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search gave."""

    #: Best first, relative to the frame; one that is not good enough if none is.
    matches: tuple[Match, ...]
    found: bool
    #: Milliseconds: of the search alone, and of what was loaded for it.
    ms: float
    load_ms: float
    #: Says why it was not found; asked when that is to be read by a person.
    why: Callable[[], str]


def find(**given: Any) -> int:  # noqa: ANN401  the options of the command
    """Look for it; exit code 0 whether it is found or not."""
    wish = Wish(**given)
    outcome, frame = _KINDS[wish.kind](wish)
    if wish.show:
        _show(frame, outcome, Path(wish.show))
    document = in_english(_document(wish, outcome, frame))
    print(json.dumps(document) if wish.as_json else _told(outcome, frame))
    return 0


def _image(wish: Wish) -> tuple[Outcome, "Frame"]:
    from traybot.vision import match, nearness
    from traybot.vision.templates import load_template

    began = time.perf_counter()
    template = load_template(Path(wish.template))
    match.ready(template, wish.scales)
    load_ms = _since(began)
    frame = _frame(wish)
    began = time.perf_counter()
    how: _How = {"threshold": wish.threshold, "scales": wish.scales}
    if wish.every:
        matches = match.find_all(frame.pixels, template, **how)
    else:
        matches = list(filter(None, [match.find(frame.pixels, template, **how)]))
    ms = _since(began)
    found = bool(matches)
    if not found:
        matches = list(filter(None, [match.best(frame.pixels, template, scales=wish.scales)]))

    def why() -> str:
        best = matches[0] if matches else None
        told = [_best(best, frame, wish), _elsewhere(template, wish)]
        if not told[1]:
            told[1] = nearness.explain(frame, template, best, **how)
        return "; ".join(filter(None, told))

    return Outcome(tuple(matches), found, ms, load_ms, why), frame


def _feature(wish: Wish) -> tuple[Outcome, "Frame"]:
    from traybot.vision.features import FeatureSeeker
    from traybot.vision.templates import load_template

    began = time.perf_counter()
    seeker = FeatureSeeker(load_template(Path(wish.template)))
    load_ms = _since(began)
    frame = _frame(wish)
    began = time.perf_counter()
    found = seeker.find(frame.pixels)
    ms = _since(began)

    def why() -> str:
        return _("too few key points agree: choose a smaller region, or cut a larger piece")

    return Outcome((found,) if found else (), found is not None, ms, load_ms, why), frame


def _best(best: Match | None, frame: "Frame", wish: Wish) -> str:
    from traybot.vision.nearness import place

    if best is None:
        return ""
    return _("best {score:.2f} at {place}; threshold {threshold:.2f}").format(
        score=best.score, place=place(frame, best), threshold=wish.threshold
    )


def _elsewhere(template: "Template", wish: Wish) -> str:
    """Say that it is outside the region."""
    from traybot.vision import match
    from traybot.vision.nearness import place

    if wish.region is None:
        return ""
    whole = _frame(replace(wish, region=None))
    found = match.find(whole.pixels, template, threshold=wish.threshold, scales=wish.scales)
    if found is None:
        return ""
    return _("outside the region it scores {score:.2f} at {place}").format(
        score=found.score, place=place(whole, found)
    )


def _text(wish: Wish) -> tuple[Outcome, "Frame"]:
    from traybot.vision.text import Reader, seek

    try:
        pattern = re.compile(wish.template)
    except re.error as error:
        what = _('cannot look for "{text}": {why}').format(text=wish.template, why=error)
        raise TraybotError(what, _("write a regular expression")) from error
    began = time.perf_counter()
    reader = Reader()
    reader.open()
    load_ms = _since(began)
    frame = _frame(wish)
    began = time.perf_counter()
    lines = reader.read(frame.pixels)
    line = seek(lines, pattern)
    ms = _since(began)
    hits = [one for one in lines if pattern.search(one.text)] if wish.every else []
    hits = hits or ([line] if line else [])
    matches = tuple(Match(one.rect, one.score, 1.0, one.text) for one in hits)

    def why() -> str:
        if not lines:
            return _("nothing is written there")
        return _("what is read there: {lines}").format(lines=" | ".join(one.text for one in lines))

    return Outcome(matches, bool(matches), ms, load_ms, why), frame


_KINDS: dict[str, Callable[[Wish], tuple[Outcome, "Frame"]]] = {
    "image": _image,
    "feature": _feature,
    "text": _text,
}
KINDS = tuple(_KINDS)


def _frame(wish: Wish) -> "Frame":
    """Take the picture, of the region alone if there is one."""
    from traybot.vision.screen import Frame, Screen

    if wish.picture is None:
        with Screen() as screen:
            frame = screen.grab(wish.region)
            return replace(frame, pixels=frame.pixels.copy())
    from traybot.vision.pictures import load_picture
    from traybot.vision.pixels import to_bgr

    pixels = to_bgr(load_picture(Path(wish.picture)))
    height, width = pixels.shape[:2]
    whole = Frame(pixels, Rect(0, 0, width, height), 0.0, 1)
    if wish.region is None:
        return whole
    if wish.region.within(whole.rect).empty:
        what = _("cannot look at {region}: the picture is {width} x {height}").format(
            region=wish.region.as_list(), width=width, height=height
        )
        raise TraybotError(what, _("choose a region inside it"))
    return whole.crop(wish.region)


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000.0


def _document(wish: Wish, outcome: Outcome, frame: "Frame") -> dict[str, Any]:
    placed = [_place(one, frame, wish.kind) for one in outcome.matches]
    document = {"found": outcome.found, **(placed[0] if placed else {"rect": None, "score": None})}
    document |= {"ms": round(outcome.ms, 3), "load_ms": round(outcome.load_ms, 3)}
    if wish.every:
        document["all"] = placed if outcome.found else []
    return document


def _place(match: Match, frame: "Frame", kind: str) -> dict[str, Any]:
    rect = frame.place(match).rect.as_list()
    document: dict[str, Any] = {"rect": rect, "score": round(match.score, 4)}
    more = {"text": match.template} if kind == "text" else {"scale": match.scale}
    return document | more | _turned(match, rect[0] - match.rect.x, rect[1] - match.rect.y)


def _turned(match: Match, right: int, down: int) -> dict[str, Any]:
    """Say how a template lies that was found by its key points, its corners moved so far."""
    corners = getattr(match, "corners", ())
    if not corners:
        return {}
    angle = round(getattr(match, "angle", 0.0), 1)
    return {"angle": angle, "corners": [[x + right, y + down] for x, y in corners]}


def _told(outcome: Outcome, frame: "Frame") -> str:
    if not outcome.found:
        return _("not found: {why}").format(why=outcome.why())
    return "\n".join(_sentence(frame.place(one)) for one in outcome.matches)


def _sentence(match: Match) -> str:
    rect = match.rect
    told = _("found: {score:.3f} at {x},{y}, {width} x {height} pixels").format(
        score=match.score, x=rect.x, y=rect.y, width=rect.width, height=rect.height
    )
    if match.scale != 1.0:
        told += _(", {scale:g} times its size").format(scale=match.scale)
    return told


def _show(frame: "Frame", outcome: Outcome, out: Path) -> None:
    from traybot.vision.draw import Mark, draw
    from traybot.vision.pictures import save_png

    color = _GREEN if outcome.found else _AMBER
    marks = [
        Mark(one.rect, f"{one.score:.3f}", color, getattr(one, "corners", ()))
        for one in outcome.matches
    ]
    save_png(out, draw(frame.pixels, marks))
