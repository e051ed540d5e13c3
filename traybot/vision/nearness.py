"""Why was a template not found? What a person needs to know about a near miss, as one sentence."""

from collections.abc import Sequence

from traybot.core.geometry import Match
from traybot.text import _
from traybot.vision import match
from traybot.vision.pixels import Pixels
from traybot.vision.screen import Frame
from traybot.vision.templates import Template, scaled_size

#: Sizes that screens are set to, and games are shown at: where a template that is too small or too
#: large would be found.
_SIZES = (0.5, 0.6, 2 / 3, 0.75, 0.8, 0.9, 1.1, 1.25, 4 / 3, 1.5, 1.75, 2.0)
#: A best score this much above the second best tells the two apart.
_MARGIN = 0.15
#: What scores less is like nothing in particular.
_LIKE = 0.5


def explain(
    frame: Frame,
    template: Template,
    best: Match | None,
    *,
    threshold: float,
    scales: Sequence[float] = (1.0,),
) -> str:
    """Say why the best match is below the threshold, and what to do; takes about a second.

    `best` is relative to the frame; places are told on the screen.
    """
    pixels = frame.pixels
    if _too_large(pixels, template, scales):
        return _(
            "the template has {template} pixels, more than what is looked at: {picture}"
        ).format(template=_shown(template.size), picture=_shown(pixels.shape[1::-1]))
    if best is not None and best.score >= threshold:
        return _("its brightness is right there, and its colours are others")
    sizes = [one for one in _SIZES if one not in scales]
    other = match.find(pixels, template, threshold=threshold, scales=sizes)
    if other is not None:
        return _(
            "at {scale:.2f} times its size it scores {score:.2f} at {place}: cut it anew, or look "
            "at that size, --scale {scale:.2f}"
        ).format(scale=other.scale, score=other.score, place=place(frame, other))
    if best is None or best.score < _LIKE:
        return _("nothing is much like it: is it on the screen, and not covered?")
    return _alone(frame, template, best, scales)


def place(frame: Frame, found: Match) -> str:
    """Write where on the screen a match is, as "x,y"."""
    rect = frame.place(found).rect
    return f"{rect.x},{rect.y}"


def _alone(frame: Frame, template: Template, best: Match, scales: Sequence[float]) -> str:
    """Say whether a lower threshold would tell the best place from the others."""
    seen = match.find_all(frame.pixels, template, threshold=_MARGIN, scales=scales, limit=2)
    second = seen[1].score if len(seen) > 1 else 0.0
    if best.score - second >= _MARGIN:
        return _(
            "the next best place scores {second:.2f}: a threshold of {between:.2f} tells them "
            "apart, or cut it anew from this screen"
        ).format(second=second, between=(best.score + second) / 2)
    return _(
        "other places are like it too, the next scores {second:.2f} at {place}: cut a piece with "
        "more in it"
    ).format(second=second, place=place(frame, seen[1]))


def _too_large(pixels: Pixels, template: Template, scales: Sequence[float]) -> bool:
    sizes = [scaled_size(template, scale) for scale in scales]
    height, width = pixels.shape[:2]
    return all(size[0] > width or size[1] > height for size in sizes)


def _shown(size: Sequence[int]) -> str:
    return f"{size[0]} x {size[1]}"
