"""Which key events mean which action? Chords in, keycodes with modifier states out; no I/O.

X delivers a grabbed key only in exactly the state that was asked for, so every state in which a
chord shall fire is listed. CapsLock, NumLock and ScrollLock never matter; nor does the modifier by
which the server tells plain programs of a second keyboard layout, AltGr's.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from traybot.core import keys
from traybot.core.hotkey import SAFETY_ACTIONS, Chord, never_arrives, parse_chord
from traybot.system.x11_keymap import Keymap
from traybot.system.x11_keysyms import keysyms_of
from traybot.text import _

#: The eight modifiers of a key event's state; above them stand buttons and layout.
ALL_MODIFIERS = 0xFF
_SHIFT, _CAPS_LOCK = 0x01, 0x02
_NEVER_MATTER = ("num_lock", "scroll_lock", "alt_gr")

Modifiers = Sequence[Iterable[int]]
#: A keycode, and the state of the eight modifiers.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to grab, and what became of each action."""

    claims: dict[Place, str]
    #: By action, the places without any lock: somebody else's grab of one spoils the chord.
    bare: dict[str, frozenset[Place]]
    #: "bound", "taken: …" by another action of ours, or "unsupported: …".
    states: dict[str, str]


def plan(chords: Sequence[tuple[str, str]], keymap: Keymap, modifiers: Modifiers) -> Plan:
    """Decide for each `(action, chord)`; `modifiers` as GetModifierMapping tells them.

    Safety actions fire with any further modifier held too, and nobody else gets what they need.
    """
    bare: dict[str, frozenset[Place]] = {}
    states: dict[str, str] = {}
    for action, text in sorted(chords, key=lambda chord: _rank(chord[0])):
        try:
            bare[action] = frozenset(_bare_places(text, keymap, modifiers))
        except ValueError as wrong:
            states[action] = _("unsupported: {why}").format(why=wrong)
    claims: dict[Place, str] = {}
    for action, wanted in _in_order_of_claims(bare, _ignored(keymap, modifiers)):
        for place in wanted:
            claims.setdefault(place, action)
    for action, places in bare.items():
        winners = {claims[place] for place in places} - {action}
        states[action] = (
            _("taken: {winners} has it").format(winners=", ".join(sorted(winners)))
            if winners
            else "bound"
        )
    return Plan(claims, bare, states)


def _rank(action: str) -> int:
    return SAFETY_ACTIONS.index(action) if action in SAFETY_ACTIONS else len(SAFETY_ACTIONS)


def _in_order_of_claims(
    bare: dict[str, frozenset[Place]], ignored: int
) -> Iterator[tuple[str, set[Place]]]:
    """The safety actions' own chords, then those with more held, then what remains to others."""
    safety = [action for action in SAFETY_ACTIONS if action in bare]
    for action in safety:
        yield action, _widened(bare[action], ignored)
    for action in safety:
        yield action, _widened(bare[action], ALL_MODIFIERS)
    for action, places in bare.items():
        if action not in safety:
            yield action, _widened(places, ignored)


def _bare_places(text: str, keymap: Keymap, modifiers: Modifiers) -> Iterator[Place]:
    """Give the places of a chord; `ValueError` if it is none, or cannot be on this keyboard."""
    chord = parse_chord(text)
    why_not = never_arrives(chord, "x11")
    if why_not:
        raise ValueError(why_not)
    mask = _mask_of(chord, keymap, modifiers)
    codes, shifted = keymap.codes_of(chord.key), keymap.shifted_codes_of(chord.key)
    if not codes and not (shifted and keys.is_character(chord.key)):
        raise ValueError(_('this keyboard has no key "{key}"').format(key=chord.key))
    for code in codes:
        yield code, mask
    for code in () if codes else shifted:
        yield code, mask | _SHIFT


def _mask_of(chord: Chord, keymap: Keymap, modifiers: Modifiers) -> int:
    mask = 0
    for name in chord.modifiers:
        bit = _bit_of(name, keymap, modifiers)
        if not bit:
            raise ValueError(_('this keyboard has no "{name}"').format(name=name))
        mask |= bit
    return mask


def _ignored(keymap: Keymap, modifiers: Modifiers) -> int:
    mask = _CAPS_LOCK
    for name in _NEVER_MATTER:
        mask |= _bit_of(name, keymap, modifiers)
    return mask


def _bit_of(name: str, keymap: Keymap, modifiers: Modifiers) -> int:
    """Give the bit that a modifier key sets in a key event's state; 0 where none does."""
    wanted = set(keysyms_of(name))
    for bit, codes in enumerate(modifiers):
        if any(code and wanted.intersection(keymap.rows.get(code, ())) for code in codes):
            return 1 << bit
    return 0


def _widened(places: Iterable[Place], more: int) -> set[Place]:
    """Add every combination of further modifiers."""
    return {(code, mask | extra) for code, mask in places for extra in _subsets(more)}


def _subsets(mask: int) -> Iterator[int]:
    """Give every number that has no bits but these."""
    subset = mask
    while subset:
        yield subset
        subset = (subset - 1) & mask
    yield 0
