"""Where is a template in a picture? Pure functions on arrays.

One scale of scores for all templates, with or without transparent pixels: the normalised
correlation of brightness, 0 to 1; 1 is the same picture, or the same but for its overall brightness
and contrast. Each reported score is computed anew at the place found, so it is exact.

`find` and `find_all` look at the colours of what they found too: a place whose colours are others
is no match. `best` tells the nearest place by brightness alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from traybot.core.geometry import Match, Rect
from traybot.errors import TemplateError
from traybot.vision import scores
from traybot.vision.blocks import SLACK, Indices, Piece
from traybot.vision.bounded import Accepts, Hunt, everything
from traybot.vision.full import Full
from traybot.vision.pixels import Pixels
from traybot.vision.scene import Flags, Floats, Scene
from traybot.vision.scores import same_colors, same_colors_at, score_at
from traybot.vision.templates import Template, scaled, scaled_size

#: Fewer places than these are all looked at: nothing is faster.
MIN_PLACES = 50_000
#: A bar below this leaves too many places to a full search: it takes its map's highest first.
_LOW = 0.5
#: Sizes of templates kept for later searches.
_KEPT_SIZES = 256


def best(
    pixels: Pixels | Scene, template: Template, *, scales: Sequence[float] = (1.0,)
) -> Match | None:
    """Find the place most like the template, whatever its score; `rect` is relative to `pixels`.

    `None` if the template is larger than the picture at every scale, or nothing is like it at all.
    """
    return _best(as_scene(pixels), template, scales, _Wanted(0.0, _any))


def find(
    pixels: Pixels | Scene,
    template: Template,
    *,
    threshold: float = 0.9,
    scales: Sequence[float] = (1.0,),
) -> Match | None:
    """Find the best place that scores at least `threshold`."""
    scene = as_scene(pixels)
    found = _best(scene, template, scales, _colored(scene, threshold, near=False))
    return found if found is not None and found.score >= threshold else None


def look(
    pixels: Pixels | Scene,
    template: Template,
    *,
    threshold: float = 0.9,
    scales: Sequence[float] = (1.0,),
) -> Match | None:
    """Find the best place as `find` does, or else give one below the threshold, the best met.

    That is nearly free: a search that finds nothing has scored some places, though not all.
    """
    scene = as_scene(pixels)
    return _best(scene, template, scales, _colored(scene, threshold, near=True))


def find_all(
    pixels: Pixels | Scene,
    template: Template,
    *,
    threshold: float = 0.9,
    scales: Sequence[float] = (1.0,),
    limit: int = 100,
) -> list[Match]:
    """Find every place that scores at least `threshold`, best first, at most `limit`.

    Of places that are closer than half a template to each other only the best counts.
    """
    scene = as_scene(pixels)
    found: list[Match] = []
    for piece, scale in _pieces(scene, template, scales):
        found += _every(scene, piece, scale, threshold, limit)
    kept: list[Match] = []
    for match in sorted(found, key=_by_score, reverse=True):
        if not any(_same_place(match.rect, other.rect) for other in kept):
            kept.append(match)
    return kept[:limit]


def at(
    pixels: Pixels | Scene, template: Template, x: int, y: int, *, scale: float = 1.0
) -> Match | None:
    """Score one place; `None` where the template does not fit, or the picture is flat."""
    scene = as_scene(pixels)
    piece = _at_scale(template, scale)
    width, height = scene.size
    if piece is None or not 0 <= x <= width - piece.width or not 0 <= y <= height - piece.height:
        return None
    return _at_piece(scene, piece, scale, (x, y))


def colors_agree(
    pixels: Pixels | Scene, template: Template, match: Match, *, threshold: float = 0.9
) -> bool:
    """Tell whether the colours at a match are the template's, as `find` at this threshold does."""
    piece = _at_scale(template, match.scale)
    assert piece is not None, "it was found at this scale"
    x, y = match.rect.x, match.rect.y
    return same_colors(as_scene(pixels).pixels, piece.template, x, y, threshold)


def as_scene(pixels: Pixels | Scene) -> Scene:
    """Give the scene of a picture; one scene for several searches shares their work."""
    return pixels if isinstance(pixels, Scene) else Scene(pixels)


def ready(template: Template, scales: Sequence[float] = (1.0,)) -> None:
    """Prepare a template now for what its first search would do otherwise."""
    for scale in scales:
        piece = _at_scale(template, scale)
        if piece is not None:
            for side in piece.sides:
                piece.blocks(side)
            scores.prepare(piece.template)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked for."""

    #: The least score that counts.
    floor: float
    #: Which places of a piece may count.
    takes: Callable[[Piece], Accepts]
    #: Whether else the nearest place is to be told.
    near: bool = True


def _any(_piece: Piece) -> Accepts:
    return everything


def _colored(scene: Scene, threshold: float, *, near: bool) -> _Wanted:
    """Want the template's colours where a place scores the threshold."""

    def takes(piece: Piece) -> Accepts:
        def accepts(rows: Indices, columns: Indices, scores: Floats) -> Flags:
            taken = scores < threshold - SLACK
            asked = np.flatnonzero(~taken)
            if len(asked):
                rows, columns = rows[asked], columns[asked]
                taken[asked] = same_colors_at(
                    scene.pixels, piece.template, rows, columns, threshold
                )
            return np.asarray(taken, np.bool_)

        return accepts

    return _Wanted(threshold, takes, near)


def _best(
    scene: Scene, template: Template, scales: Sequence[float], wanted: _Wanted
) -> Match | None:
    """Find the best over all scales; each has to beat those before it."""
    found: Match | None = None
    for piece, scale in _pieces(scene, template, scales):
        floor = wanted.floor if found is None else max(wanted.floor, found.score)
        match = _best_of(scene, piece, scale, replace(wanted, floor=floor))
        if match is not None and (found is None or match.score > found.score):
            found = match
    return found


def _best_of(scene: Scene, piece: Piece, scale: float, wanted: _Wanted) -> Match | None:
    """Find the best place from the floor on, or else the best that was met."""
    accepts = wanted.takes(piece)
    if _places(scene, piece) < MIN_PLACES:
        return _best_in_full(scene, piece, scale, wanted)
    hunt = Hunt(scene, piece, wanted.floor, accepts)
    if hunt.best():
        return _at_piece(scene, piece, scale, hunt.place)
    if hunt.bar < _LOW:
        return _best_in_full(scene, piece, scale, wanted)
    search = Full(scene, piece)
    place = search.best(hunt.bar, accepts) or hunt.place
    if place is None and wanted.near:
        place = search.nearest(wanted.floor)
    return _at_piece(scene, piece, scale, place)


def _every(scene: Scene, piece: Piece, scale: float, threshold: float, limit: int) -> list[Match]:
    """Find up to `limit` places at one scale, best first."""
    found = None
    if _places(scene, piece) >= MIN_PLACES:
        found = Hunt(scene, piece, threshold).every()
    rows, columns, likeness = (
        (found[0].rows, found[0].columns, found[1])
        if found is not None
        else Full(scene, piece).reaching(threshold)
    )
    # Asked for all at first: a place of other colours must not hide the one beside it.
    left = np.flatnonzero(same_colors_at(scene.pixels, piece.template, rows, columns, threshold))
    left = left[np.argsort(-likeness[left], kind="stable")]
    matches: list[Match] = []
    while len(left) and len(matches) < limit:
        x, y = int(columns[left[0]]), int(rows[left[0]])
        match = _at_piece(scene, piece, scale, (x, y))
        if match is None or match.score < threshold:
            left = left[1:]
            continue
        matches.append(match)
        apart_x = np.abs(columns[left] - x) > piece.width // 2
        left = left[apart_x | (np.abs(rows[left] - y) > piece.height // 2)]
    return matches


def _best_in_full(scene: Scene, piece: Piece, scale: float, wanted: _Wanted) -> Match | None:
    """Find the best place by looking at all of them."""
    search, accepts = Full(scene, piece), wanted.takes(piece)
    found = _at_piece(scene, piece, scale, search.highest())
    if found is not None and _goes(found, wanted.floor, accepts):
        return found  # mostly that is all
    place = search.best(wanted.floor, accepts) if wanted.floor > 0 else None
    return _at_piece(scene, piece, scale, place or search.nearest(wanted.floor))


def _goes(found: Match, floor: float, accepts: Accepts) -> bool:
    """Whether the best of all may count, or is only the nearest that there is."""
    x, y, score = found.rect.x, found.rect.y, np.array([found.score], np.float32)
    return found.score < floor - SLACK or bool(accepts(np.array([y]), np.array([x]), score)[0])


def _at_piece(
    scene: Scene, piece: Piece, scale: float, place: tuple[int, int] | None
) -> Match | None:
    """Score one place (x, y) where the piece fits."""
    score = place and score_at(scene.grey, piece.template, *place)
    if place is None or score is None:
        return None
    return Match(Rect(*place, piece.width, piece.height), score, scale, piece.template.name)


def _pieces(
    scene: Scene, template: Template, scales: Sequence[float]
) -> Iterator[tuple[Piece, float]]:
    """Give the template at each scale where it fits into the picture and still is a template."""
    width, height = scene.size
    for scale in scales:
        wide, high = scaled_size(template, scale)
        if wide <= width and high <= height:
            piece = _at_scale(template, scale)
            if piece is not None:
                yield piece, scale


@lru_cache(maxsize=_KEPT_SIZES)
def _at_scale(template: Template, scale: float) -> Piece | None:
    try:
        return Piece(scaled(template, scale))
    except TemplateError:
        return None


def _places(scene: Scene, piece: Piece) -> int:
    width, height = scene.size
    return (width - piece.width + 1) * (height - piece.height + 1)


def _same_place(one: Rect, other: Rect) -> bool:
    (x, y), (other_x, other_y) = one.center, other.center
    near_x = abs(x - other_x) <= max(one.width, other.width) // 2
    return near_x and abs(y - other_y) <= max(one.height, other.height) // 2


def _by_score(match: Match) -> float:
    return match.score
