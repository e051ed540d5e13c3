"""What is a hotkey? Its text taken apart, put together again, and judged before it is bound."""

from dataclasses import dataclass
from typing import Literal

from traybot.core import keys
from traybot.text import _

Platform = Literal["x11", "windows", "macos"]

#: Fire with any further modifier held too, because the bot itself may be holding one.
#: The first outranks the second, and both outrank every other action.
SAFETY_ACTIONS = ("panic", "stop")

#: Keys with a name that people write and move with.
_TYPED = frozenset(("space", "enter", "tab", "backspace", "delete", "up", "down", "left", "right"))


@dataclass(frozen=True, slots=True)
class Chord:
    """Modifiers and one key, by their canonical names (`core.keys`)."""

    modifiers: frozenset[str]
    key: str


def parse_chord(text: str) -> Chord:
    """Take `"ctrl+shift+f8"` apart; `ValueError` says in one line what is wrong with it."""
    names = [_canonical(word, text) for word in _words(text)]
    plain = [keys.RIGHT_TWINS.get(name, name) for name in names]
    modifiers = frozenset(name for name in plain if name in keys.MODIFIERS)
    others = list(dict.fromkeys(name for name in plain if name not in keys.MODIFIERS))
    if not others:
        raise ValueError(
            _('the hotkey "{text}" has no key besides its modifiers').format(text=text)
        )
    if len(others) > 1:
        raise ValueError(
            _(
                'the hotkey "{text}" has more than one key: {keys}; one is allowed, '
                "besides modifiers"
            ).format(text=text, keys=", ".join(others))
        )
    return Chord(modifiers, others[0])


def format_chord(chord: Chord) -> str:
    """Give the text that `parse_chord` takes, in the usual order."""
    held = [name for name in keys.MODIFIERS if name in chord.modifiers]
    return "+".join([*held, "plus" if chord.key == "+" else chord.key])


def never_arrives(chord: Chord, platform: Platform) -> str:
    """Why no program ever hears this chord on that kind of system; empty if it may be heard."""
    if platform == "x11":
        # Measured: not even a grab sees them; with Shift held too they arrive.
        if chord.modifiers == {"ctrl", "alt"} and chord.key in keys.FUNCTION_KEYS[:12]:
            return _("X keeps ctrl+alt+f1 to ctrl+alt+f12 for switching consoles")
    elif platform == "windows":
        if chord.key == "f12" and not chord.modifiers:
            return _("Windows keeps f12 for its debugger")
        if chord.key == "delete" and chord.modifiers >= {"ctrl", "alt"}:
            return _("Windows keeps ctrl+alt+delete for itself")
        if chord == Chord(frozenset({"super"}), "l"):
            return _("Windows keeps super+l for locking the screen")
    return ""


def takes_typing(chord: Chord) -> str:
    """Why this chord would be missed in every other program; empty if it would not.

    Shift and AltGr make letters too, and select with the arrows.
    """
    if chord.modifiers & {"ctrl", "alt", "super"}:
        return ""
    if len(chord.key) > 1 and chord.key not in _TYPED:
        return ""
    return _(
        '"{chord}" would be taken from every program: add ctrl, alt or super, as in "{better}", '
        "or choose a function key"
    ).format(
        chord=format_chord(chord),
        better=format_chord(Chord(frozenset({"ctrl", "shift"}), chord.key)),
    )


def _words(text: str) -> list[str]:
    """Split at the plus signs, of which the last may be the key itself."""
    text = text.strip()
    if not text:
        raise ValueError(_("the hotkey is empty"))
    if text == "+":
        return ["plus"]
    words = [*text[:-2].split("+"), "plus"] if text.endswith("++") else text.split("+")
    if not all(word.strip() for word in words):
        raise ValueError(
            _('the hotkey "{text}" has nothing on one side of a "+"').format(text=text)
        )
    return [word.strip() for word in words]


def _canonical(word: str, text: str) -> str:
    try:
        return keys.canonical(word)
    except ValueError as error:
        raise ValueError(
            _('the hotkey "{text}" has an unknown key: {error}').format(text=text, error=error)
        ) from None
