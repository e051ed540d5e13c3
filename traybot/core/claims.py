"""Which chords does each action claim, where a system wants each combination named by itself?

For systems that deliver a hotkey only in exactly the state that was asked for, and ignore the locks
by themselves: Windows and macOS. X needs more, see `system/x11_chords.py`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from traybot.core.hotkey import SAFETY_ACTIONS, Chord, Platform, never_arrives, parse_chord
from traybot.text import _

#: The modifiers' bits together, and the key's number.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Claims:
    """What to ask the system for, and what became of each action before it was asked."""

    #: Every place, those with further modifiers held too, and whose it is.
    actions: dict[Place, str]
    #: By action the place that is its chord itself: refused, the action has not got it.
    bare: dict[str, Place]
    #: "bound", "taken: …" by another action of ours, or "unsupported: …".
    states: dict[str, str]


def claim(
    chords: Sequence[tuple[str, str]],
    code_of: Callable[[str], int | None],
    bits: Mapping[str, int],
    platform: Platform,
) -> Claims:
    """Decide for each `(action, chord)`; `bits` has the modifiers there are.

    Safety actions fire with any further modifier held too, and nobody else gets what they need.
    """
    bare: dict[str, Place] = {}
    states: dict[str, str] = {}
    for action, text in chords:
        try:
            bare[action] = _place(parse_chord(text), code_of, bits, platform)
        except ValueError as wrong:
            states[action] = f"unsupported: {wrong}"
    actions: dict[Place, str] = {}
    for action, place in _in_order(bare, sum(bits.values())):
        actions.setdefault(place, action)
    for action, place in bare.items():
        winner = actions[place]
        states[action] = "bound" if winner == action else f"taken: {winner} has it"
    return Claims(actions, bare, states)


def _in_order(bare: Mapping[str, Place], every: int) -> Iterator[tuple[str, Place]]:
    """The safety actions' own chords, then theirs with more held, then what remains to others."""
    safety = [action for action in SAFETY_ACTIONS if action in bare]
    yield from ((action, bare[action]) for action in safety)
    for action in safety:
        mask, code = bare[action]
        yield from ((action, (mask | more, code)) for more in range(every + 1) if not more & ~every)
    yield from bare.items()


def _place(
    chord: Chord,
    code_of: Callable[[str], int | None],
    bits: Mapping[str, int],
    platform: Platform,
) -> Place:
    """Give a chord's place; `ValueError` says why it has none."""
    why_not = never_arrives(chord, platform)
    if why_not:
        raise ValueError(why_not)
    code = code_of(chord.key)
    if code is None:
        raise ValueError(_('this keyboard has no key "{key}"').format(key=chord.key))
    strange = sorted(chord.modifiers - set(bits))
    if strange:
        raise ValueError(_('this system hears no hotkey with "{key}"').format(key=strange[0]))
    return sum(bits[name] for name in chord.modifiers), code
