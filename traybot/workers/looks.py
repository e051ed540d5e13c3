"""How does a watch look? One way for each kind: it gives what it saw, and concludes nothing."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from traybot.core.geometry import Match, Rect
from traybot.core.watchfile import WatchSpec
from traybot.errors import TraybotError
from traybot.text import _
from traybot.vision import changes, color
from traybot.vision.features import FeatureSeeker
from traybot.vision.screen import Frame
from traybot.vision.seeker import Seeker, View, crop
from traybot.vision.templates import load_template, scaled
from traybot.workers import stuck_looks, window_looks
from traybot.workers.eyes import Eyes

#: Kinds whose sight follows from the pixels of one picture alone.
_SAME_AGAIN = frozenset({"image", "feature", "color"})


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look saw. `sees` None: it could not look (no window, no screen)."""

    sees: bool | None
    #: When the picture was taken, monotonic seconds.
    at: float
    score: float | None = None
    #: On the screen.
    rect: Rect | None = None
    why: str = ""
    #: It is still finding out: what it saw comes with a later look.
    working: bool = False


#: Takes the life's running time in seconds.
Look = Callable[[float], Sight]


def prepare(spec: WatchSpec, eyes: Eyes) -> Look:
    """Make the look of a watch; `BotError` if it cannot be."""
    makers: dict[str, Callable[[WatchSpec, Eyes], Look]] = {
        "image": _image,
        "feature": _feature,
        "color": _color,
        "still": _still,
        "changed": _changed,
        "process": _process,
        "window": _window,
        "timer": _timer,
        "text": _text,
    }
    makers |= dict.fromkeys(stuck_looks.LOOKS, _stuck)
    look = makers[spec.kind](spec, eyes)
    if spec.kind in _SAME_AGAIN:
        look = _same_again(look, spec, eyes)
    return _safely(look)


def _same_again(look: Look, spec: WatchSpec, eyes: Eyes) -> Look:
    """Have equal pixels at the same place give the same sight again, and not be matched again."""
    last: tuple[int, Rect, Sight] | None = None

    def again(running: float) -> Sight:
        nonlocal last
        frame = eyes.frame(spec.region)
        key = changes.fingerprint(frame.pixels)
        if last is not None and last[0] == key and last[1] == frame.rect:
            return replace(last[2], at=frame.at)
        sight = look(running)
        last = (key, frame.rect, sight)
        return sight

    return again


def _safely(look: Look) -> Look:
    def safe(running: float) -> Sight:
        at = time.monotonic()
        try:
            return look(running)
        except TraybotError as error:
            return Sight(None, at, why=str(error))
        except Exception as error:  # noqa: BLE001  one watch that cannot look must not blind the rest
            return Sight(None, at, why=f"{type(error).__name__}: {error}")

    return safe


def _image(spec: WatchSpec, eyes: Eyes) -> Look:
    templates = [load_template(eyes.folder / name, name) for name in spec.see]
    for template in templates:
        for scale in spec.scales:
            scaled(template, scale)

    def at_scale(scale: float) -> list[Seeker]:
        scales = tuple(scale * one for one in spec.scales)
        return [Seeker(each, threshold=spec.threshold, scales=scales) for each in templates]

    scale, seekers = 1.0, at_scale(1.0)

    def look(_running: float) -> Sight:
        nonlocal scale, seekers
        frame, scene = eyes.frame(spec.region), eyes.scene(spec.region)
        if scale != eyes.scale:  # the window has another size
            scale, seekers = eyes.scale, at_scale(eyes.scale)
        matches = [seeker.look(partial(crop, scene), partial(View, scene)) for seeker in seekers]
        seen = [match for match in matches if match and match.score >= spec.threshold]
        enough = len(seen) == len(templates) if spec.every_picture else bool(seen)
        shown = max(filter(None, matches), key=lambda match: match.score, default=None)
        return _sight(enough, frame, shown)

    return look


def _feature(spec: WatchSpec, eyes: Eyes) -> Look:
    (name,) = spec.see
    seeker = FeatureSeeker(load_template(eyes.folder / name, name), spec.min_matches)

    def look(_running: float) -> Sight:
        frame = eyes.frame(spec.region)
        found = seeker.find(frame.pixels, thorough=False)
        return _sight(found is not None, frame, found)

    return look


def _sight(sees: bool, frame: Frame, match: Match | None) -> Sight:  # noqa: FBT001  the answer itself
    if match is None:
        return Sight(sees, frame.at)
    return Sight(sees, frame.at, match.score, frame.place(match).rect, match.template)


def _color(spec: WatchSpec, eyes: Eyes) -> Look:
    wanted = spec.color
    assert wanted is not None, "checked with the file"

    def look(_running: float) -> Sight:
        frame = eyes.frame(spec.region)
        part = color.share(frame.pixels, wanted, spec.tolerance)
        return Sight(part >= spec.share, frame.at, part, frame.rect)

    return look


def _still(spec: WatchSpec, eyes: Eyes) -> Look:
    stillness = changes.Stillness(spec.tolerance)
    last = 0.0

    def look(running: float) -> Sight:
        nonlocal last
        if running < last:
            stillness.reset()  # another life
        last = running
        frame = eyes.frame(spec.region)
        stood = stillness.look(frame.pixels, running)
        why = _("still for {seconds:.1f} s").format(seconds=stood)
        return Sight(stood >= spec.lasting, frame.at, None, frame.rect, why)

    return look


def _changed(spec: WatchSpec, eyes: Eyes) -> Look:
    before: Frame | None = None
    since: float | None = None
    last = 0.0

    def look(running: float) -> Sight:
        nonlocal before, since, last
        frame = eyes.frame(spec.region)
        if before is None or running < last:
            before, since = Frame(frame.pixels.copy(), frame.rect, frame.at, frame.number), None
        last = running
        differs = changes.differs(before.pixels, frame.pixels, spec.tolerance)
        since = (running if since is None else since) if differs else None
        holds = since is not None and running - since >= spec.lasting
        return Sight(holds, frame.at, None, frame.rect)

    return look


def _process(spec: WatchSpec, eyes: Eyes) -> Look:
    pattern = re.compile(spec.cmdline) if spec.cmdline else None

    def look(_running: float) -> Sight:
        at = time.monotonic()
        there = eyes.runs(spec.process, pattern)
        return Sight(there is (spec.is_ == "present"), at)

    return look


def _window(spec: WatchSpec, eyes: Eyes) -> Look:
    ask = window_looks.question(spec, eyes.place)

    def look(_running: float) -> Sight:
        at = time.monotonic()
        sees, rect, why = ask()
        return Sight(sees, at, rect=rect, why=why)

    return look


def _timer(spec: WatchSpec, _eyes: Eyes) -> Look:
    def look(running: float) -> Sight:
        why = _("running for {seconds:.1f} s").format(seconds=running)
        return Sight(running >= spec.after, time.monotonic(), why=why)

    return look


def _text(spec: WatchSpec, eyes: Eyes) -> Look:
    text = eyes.desk.look_for(spec.name, spec.text)

    def look(_running: float) -> Sight:
        frame = eyes.frame(spec.region)
        seen = text.look(frame.pixels, frame.at, frame.rect)
        if seen is None:
            return Sight(None, frame.at, working=True)
        if seen.line is None:
            return Sight(False, seen.at)  # noqa: FBT003  the answer itself
        return Sight(True, seen.at, seen.line.score, seen.place, seen.line.text)  # noqa: FBT003

    return look


def _stuck(spec: WatchSpec, eyes: Eyes) -> Look:
    assert eyes.memory is not None, "only a deathwatch looks for this"
    stuck = stuck_looks.LOOKS[spec.kind](spec, eyes.memory)

    def look(running: float) -> Sight:
        sees, why = stuck(running)
        return Sight(sees, time.monotonic(), why=why)

    return look
