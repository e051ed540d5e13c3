"""How is a character typed that is on no key? By lending it a code that the keyboard leaves unused.

Every program learns of the change from the server, in order with the key presses that follow. What
is lent stays lent until `restore`: taking it back at once would overtake slow programs.
"""

from collections.abc import Container, Iterable

from Xlib.display import Display

from traybot.errors import BotError
from traybot.system.x11_keymap import Keymap
from traybot.system.x11_keysyms import keysyms_of_character
from traybot.text import _


class SpareCodes:
    """Lends keycodes of one keyboard; belongs to the thread of the connection."""

    def __init__(self, connection: Display) -> None:
        self._connection = connection
        #: Keysyms without and with Shift, by code; the code lent longest ago first.
        self._lent: dict[int, tuple[int, int]] = {}

    def lend(self, characters: Iterable[str], keymap: Keymap, keep: Container[int]) -> None:
        """Put characters that the keymap lacks on unused keys; read the keymap again afterwards.

        Where no more are unused, those lent longest ago give way, except the codes in `keep`.
        `BotError` if there is not room for all of them at once.
        """
        pairs = list(dict.fromkeys(_pair(character) for character in characters))
        self._forget_lost(keymap)
        codes = [*keymap.empty_codes(), *(code for code in self._lent if code not in keep)]
        if len(pairs) > len(codes):
            raise BotError(
                _(
                    "cannot type {pairs} different characters that this keyboard lacks "
                    "at once: it has room for {codes}"
                ).format(pairs=len(pairs), codes=len(codes)),
                _("type the text in shorter pieces"),
            )
        for code, pair in zip(codes, pairs, strict=False):
            self._connection.change_keyboard_mapping(code, [pair])
            self._lent.pop(code, None)
            self._lent[code] = pair

    def restore(self, keymap: Keymap) -> None:
        """Take back what was lent and has not been changed by somebody since."""
        self._forget_lost(keymap)
        for code in self._lent:
            self._connection.change_keyboard_mapping(code, [(0, 0)])
        self._lent.clear()

    def _forget_lost(self, keymap: Keymap) -> None:
        """A change of layout takes everything back by itself."""
        self._lent = {
            code: pair for code, pair in self._lent.items() if keymap.rows.get(code, ())[:2] == pair
        }


def _pair(character: str) -> tuple[int, int]:
    """Give the keysyms for a key without and with Shift; a letter brings its other case."""
    cases = (character.lower(), character.upper())
    if character not in cases or any(len(case) != 1 for case in cases):
        cases = (character, character)
    plain, shifted = (keysyms_of_character(case) for case in cases)
    if not plain or not shifted:
        raise BotError(_("cannot type one of the characters: no key means it"), _("leave it out"))
    return plain[0], shifted[0]
