"""Which codes give which keys and characters on this X keyboard? Tables in, codes out; no I/O.

Columns of the core keymap: 0 and 1 are the first layout's key without and with Shift, 2 and 3 the
second layout's, 4 to 7 the same with AltGr (measured against `setxkbmap de` and `us,ru`).
"""

from collections.abc import Mapping

from traybot.core import keys
from traybot.system.x11_keysyms import keysyms_of, keysyms_of_character

# Levels: columns of the first layout; those of the second lie two to the right.
_PLAIN, _SHIFTED, _ALT_GR, _SHIFTED_ALT_GR = 0, 1, 4, 5
_HELD_FOR: dict[int, tuple[str, ...]] = {
    _PLAIN: (),
    _SHIFTED: ("shift",),
    _ALT_GR: ("alt_gr",),
    _SHIFTED_ALT_GR: ("shift", "alt_gr"),
}
_LAYOUT_WIDTH = 2
_LAYOUTS = 2


class Keymap:
    """What is on each key: keysyms by keycode and column, as a server told them once."""

    def __init__(self, rows: Mapping[int, tuple[int, ...]]) -> None:
        self.rows = rows
        self._places: dict[int, list[tuple[int, int]]] = {}
        for code, row in rows.items():
            for column, keysym in enumerate(row):
                if keysym:
                    self._places.setdefault(keysym, []).append((column, code))
        for places in self._places.values():
            places.sort()

    def codes_of(self, name: str) -> list[int]:
        """Give the codes that a canonical key name means here, the best first; maybe none.

        A sign counts only where it needs no modifier: pressing the `1` key is no way to get `!`.
        A letter, digit or named key counts wherever it is printed: the French `1` needs Shift, yet
        is the key that people mean.
        """
        bare = {0, _LAYOUT_WIDTH}
        places = [
            (column not in bare, rank, column, code)
            for rank, keysym in enumerate(keysyms_of(name))
            for column, code in self._places.get(keysym, ())
            if column in bare or not keys.is_character(name)
        ]
        return list(dict.fromkeys(code for *_, code in sorted(places)))

    def shifted_codes_of(self, name: str) -> list[int]:
        """Give the codes on which a sign stands above another and is reached by Shift."""
        return [
            code
            for keysym in keysyms_of(name)
            for column, code in self._places.get(keysym, ())
            if column in {_SHIFTED, _SHIFTED + _LAYOUT_WIDTH}
        ]

    def stroke(self, character: str, *, layout: int, caps: bool) -> tuple[int, ...] | None:
        """Give the codes that together type a character, the key last; None where they cannot.

        `layout` is the one switched to, from 0; `caps` whether CapsLock is on.
        """
        nearest = self._nearest(character, layout)
        if nearest is None:
            return None
        level, code = nearest
        if caps and level < _ALT_GR and self._has_two_cases(code, layout, character):
            level = _PLAIN if level == _SHIFTED else _SHIFTED
        return (*(self._held_for(level) or ()), code)

    def empty_codes(self) -> list[int]:
        """Give the codes that no key uses, the highest first: keyboards are numbered from below."""
        first = min(self.rows)  # some programs take the lowest code for "no key"
        return [
            code
            for code, row in sorted(self.rows.items(), reverse=True)
            if code > first and not any(row)
        ]

    def _nearest(self, character: str, layout: int) -> tuple[int, int] | None:
        """Give level and code of the key that types a character with the fewest modifiers."""
        if layout >= _LAYOUTS:
            return None
        places = [
            (column - layout * _LAYOUT_WIDTH, code)
            for keysym in keysyms_of_character(character)
            for column, code in self._places.get(keysym, ())
        ]
        reachable = [place for place in places if self._held_for(place[0]) is not None]
        return min(reachable, default=None)

    def _held_for(self, level: int) -> tuple[int, ...] | None:
        """Give the modifiers' codes that reach a level; None if nothing here does."""
        if level not in _HELD_FOR:
            return None
        codes = [self.codes_of(name) for name in _HELD_FOR[level]]
        return tuple(found[0] for found in codes) if all(codes) else None

    def _has_two_cases(self, code: int, layout: int, character: str) -> bool:
        """Whether CapsLock changes what this key gives, as it does for letters only."""
        lower, upper = character.lower(), character.upper()
        if lower == upper or len(lower) != 1 or len(upper) != 1:
            return False
        offset = layout * _LAYOUT_WIDTH
        pair = self.rows[code][offset : offset + _LAYOUT_WIDTH]
        wanted = (keysyms_of_character(lower), keysyms_of_character(upper))
        return all(keysym in known for keysym, known in zip(pair, wanted, strict=True))
