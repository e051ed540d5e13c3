"""Which places may still score as much as the best so far? By the bounds of block means.

The cheapest way is taken for each group of offsets: the windows that are left one by one, or whole
maps of them where most are left.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from traybot.vision.blocks import NO_LIMIT, SLACK, Blocks, Indices, Piece, highest
from traybot.vision.scene import Doubles, Flags, Floats, Scene, correlated

#: Measured costs in nanoseconds: to look at one value of a window, also for each of its members,
#: and each member; a value of a map, by its terms, and in any case.
_PER_VALUE, _PER_MEMBER_VALUE, _PER_MEMBER = 2.6, 0.05, 4.0
_PER_TERM, _MOST_TERMS, _PER_PLACE = 0.045, 12.0, 0.6
#: A limit below this leaves nearly everything: it is not worth a map.
_USELESS = -0.5
#: From so many places on it pays to look at the energy of their pixels.
_MANY = 1000
#: Values that are looked at in one go.
_AT_ONCE = 400_000
_NONE = np.empty(0, np.intp)


@dataclass(frozen=True, slots=True)
class Places:
    """Places by row and column, with the highest score that each may have."""

    rows: Indices
    columns: Indices
    highest: Doubles

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, chosen: npt.NDArray[np.generic]) -> "Places":
        """Give those at indices, or where a flag says so."""
        return Places(self.rows[chosen], self.columns[chosen], self.highest[chosen])


class Level:
    """The blocks of one side, in one scene and of one piece."""

    def __init__(self, scene: Scene, piece: Piece, blocks: Blocks) -> None:
        """Take what the scene knows; maps are made when they are needed."""
        self.blocks = blocks
        self._scene = scene
        self._piece = piece
        self._means = scene.means(blocks.side)
        self._spread = scene.spread(blocks.side, blocks.shape, blocks.counted)
        self._windows = sliding_window_view(self._means, blocks.shape)
        self._maps: list[Floats | None] = [None] * len(blocks.leaders)

    def promising(self, rows: int) -> Places:
        """Give places that look good, `rows` from each map; `highest` is how good, no bound."""
        down, across = [], []
        for group in range(len(self._maps)):
            found = self._led(group)
            best = found.argmax(axis=1)
            height = found[np.arange(len(best)), best]
            top = np.argpartition(height, -min(rows, len(height)))[-rows:]
            down.append(top)
            across.append(best[top])
        groups = np.repeat(np.arange(len(down)), [len(part) for part in down])
        below, right = np.concatenate(down), np.concatenate(across)
        values = self._windows[below, right].reshape(len(below), 1, -1)
        likeness = np.matmul(values, self.blocks.vectors[groups].transpose(0, 2, 1))[:, 0]
        likeness /= self._spread[below, right][:, np.newaxis]
        side = self.blocks.side
        top = (below[:, np.newaxis] * side - self.blocks.down[groups]).ravel()
        left = (right[:, np.newaxis] * side - self.blocks.across[groups]).ravel()
        places = Places(top, left, likeness.ravel().astype(np.float64))
        return places.only(self._fits(top, left))

    def candidates(self, bar: float, budget: float) -> Places | None:
        """Find all places that may reach the bar; `None` if that takes more than `budget` ms."""
        blocks, least = self.blocks, self.blocks.least(bar)
        if (least <= NO_LIMIT).any():
            return None
        kept = [self._kept(group, limit) for group, limit in enumerate(blocks.limits(bar))]
        left = np.array([np.count_nonzero(flags) for flags in kept])
        members = blocks.alpha.shape[1]
        single = _PER_VALUE * blocks.number + members * (
            _PER_MEMBER_VALUE * blocks.number + _PER_MEMBER
        )
        terms = min(_PER_TERM * blocks.number, _MOST_TERMS)
        dense = members * self._spread.size * (terms + _PER_PLACE)
        if np.minimum(left * single, dense).sum() > budget * 1e6:
            return None
        parts = [Places(_NONE, _NONE, np.empty(0))]
        for group in map(int, np.flatnonzero(left)):
            if left[group] * single > dense:
                parts += self._by_maps(group, least[group])
            else:
                parts += self._by_windows(group, least[group], np.flatnonzero(kept[group]))
        places = Places(
            np.concatenate([part.rows for part in parts]),
            np.concatenate([part.columns for part in parts]),
            np.concatenate([part.highest for part in parts]),
        )
        return places.only(places.highest + SLACK >= bar)

    def _kept(self, group: int, limit: float) -> Flags:
        """Tell where one of a group may reach what belongs to the limit."""
        if limit < _USELESS:
            return np.ones(self._spread.shape, np.bool_)
        return np.asarray(self._led(group) >= np.float32(limit), np.bool_)

    def _led(self, group: int) -> Floats:
        """Correlate with the leader of a group everywhere, once."""
        found = self._maps[group]
        if found is None:
            found = self._maps[group] = self._map(self.blocks.leaders[group])
        return found

    def _map(self, vector: Floats) -> Floats:
        found = correlated(self._means, vector.reshape(self.blocks.shape))
        return np.asarray(cv2.divide(found, self._spread), np.float32)

    def _by_maps(self, group: int, least: Doubles) -> list[Places]:
        """Correlate with every member of a group everywhere: where most places are left."""
        parts = []
        for member, vector in enumerate(self.blocks.vectors[group]):
            found = self._map(vector)
            flags = found >= np.float32(least[member])
            down, across = np.divmod(np.flatnonzero(flags), found.shape[1])
            members = np.full(len(down), member)
            parts.append(self._placed(group, members, (down, across), found[down, across]))
        return parts

    def _by_windows(self, group: int, least: Doubles, left: Indices) -> list[Places]:
        """Correlate with every member of a group at the places that are left."""
        vectors = self.blocks.vectors[group].T
        step = max(64, _AT_ONCE // self.blocks.number)
        parts = []
        for begin in range(0, len(left), step):
            down, across = np.divmod(left[begin : begin + step], self._spread.shape[1])
            values = self._windows[down, across].reshape(len(down), -1)
            found = values @ vectors / self._spread[down, across][:, np.newaxis]
            place, member = np.divmod(np.flatnonzero(found >= least), len(least))
            likeness = found[place, member]
            parts.append(self._placed(group, member, (down[place], across[place]), likeness))
        return parts

    def _placed(
        self, group: int, members: Indices, at: tuple[Indices, Indices], likeness: Floats
    ) -> Places:
        """Turn blocks and offsets into places in pixels.

        Of many of them the energy of their pixels is looked at too: in noise block means show
        little of it, so the score cannot be high.
        """
        blocks, (down, across) = self.blocks, at
        rows = down * blocks.side - blocks.down[group][members]
        columns = across * blocks.side - blocks.across[group][members]
        fits = self._fits(rows, columns)
        rows, columns, likeness = rows[fits], columns[fits], likeness[fits]
        shown: Doubles | None = None
        if len(rows) > _MANY and blocks.counted is None:
            size = (self._piece.width, self._piece.height)
            length = blocks.side * self._spread[down[fits], across[fits]]
            shown = np.minimum(length / self._scene.lengths_at(rows, columns, size), 1.0)
        return Places(rows, columns, highest(likeness, blocks.alpha[group][members[fits]], shown))

    def _fits(self, rows: Indices, columns: Indices) -> Flags:
        width, height = self._scene.size
        down = (rows >= 0) & (rows <= height - self._piece.height)
        return np.asarray(down & (columns >= 0) & (columns <= width - self._piece.width), np.bool_)


def narrowed(
    scene: Scene, piece: Piece, blocks: Blocks, places: Places, *, by_energy: bool
) -> Places:
    """Lower the highest scores by other blocks' means; `by_energy` looks at the pixels' too.

    How much of what is at a place its block means show at all is worth knowing: in noise little.
    """
    side, counted = blocks.side, blocks.counted
    windows = sliding_window_view(scene.means(side), blocks.shape)
    down, across = -(-places.rows // side), -(-places.columns // side)
    index = blocks.index[down * side - places.rows, across * side - places.columns]
    vectors, alpha = blocks.vectors.reshape(-1, blocks.number), blocks.alpha.ravel()
    bounds = np.empty(len(places))
    step = max(1, _AT_ONCE // blocks.number)
    for begin in range(0, len(places), step):
        part = slice(begin, begin + step)
        values = windows[down[part], across[part]].reshape(-1, blocks.number)
        if counted is not None:
            values = values[:, counted]
        around = values - values.mean(axis=1, keepdims=True)
        length = np.sqrt(np.maximum(np.einsum("ij,ij->i", around, around), 1e-6))
        chosen = vectors[index[part]]
        if counted is not None:
            chosen = chosen[:, counted]
        likeness = np.einsum("ij,ij->i", around, chosen) / length
        shown = None
        if by_energy and counted is None:
            size = (piece.width, piece.height)
            whole = scene.lengths_at(places.rows[part], places.columns[part], size)
            shown = np.minimum(side * length / whole, 1.0)
        bounds[part] = highest(likeness, alpha[index[part]], shown)
    return Places(places.rows, places.columns, np.minimum(places.highest, bounds))
