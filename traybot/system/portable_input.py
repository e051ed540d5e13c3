"""How is input sent where there is no X? By pynput, on Windows and macOS.

Which numbers keys have there is each system's own table (`windows_input`, `macos_input`). These
systems do not tell our input from the user's, so what is held is what was pressed here.

`keyboard`, which listens on Windows, is no good for sending: it never marks a key as extended, so
its arrows are those of the keypad. pynput does, and gives scan codes, which games read, as well.
"""

import unicodedata
from collections.abc import Callable, Container, Sequence
from typing import TYPE_CHECKING, Protocol

from traybot.core import keys
from traybot.errors import BackendUnavailable, BotError
from traybot.system.base import KEY_CODES, HeldInput
from traybot.system.macos_input import MacKeys
from traybot.system.windows_input import WindowsKeys
from traybot.text import _

if TYPE_CHECKING:  # importing pynput needs a desktop
    from pynput.keyboard import KeyCode
    from pynput.mouse import Button

_CONTROL_KEYS = {"\n": "enter", "\r": "enter", "\t": "tab", " ": "space"}
#: What pynput calls the buttons; the last two differ between systems.
_BUTTON_NAMES = {
    1: ("left",),
    2: ("middle",),
    3: ("right",),
    8: ("x1", "button8"),
    9: ("x2", "button9"),
}


class KeyTable(Protocol):
    """Which number, from 0 to 255, has a key on one kind of system?"""

    #: Numbers that no key has; they are lent to characters that no key gives.
    spare_codes: Sequence[int]

    def code_of(self, name: str) -> int | None:
        """Give the code of a canonical key name, if there is such a key."""
        ...

    def stroke(self, character: str) -> tuple[int, ...] | None:
        """Give the codes that together type a character, the key last, if keys can."""
        ...

    def vk_of(self, code: int) -> int:
        """Give what pynput calls the virtual key of a code."""
        ...


def _table_of(pynput_backend: str) -> KeyTable:
    """Give the table for one of pynput's modules, such as `pynput.keyboard._win32`."""
    system = pynput_backend.rpartition("_")[2]
    tables: dict[str, Callable[[], KeyTable]] = {"win32": WindowsKeys, "darwin": MacKeys}
    if system not in tables:
        raise BackendUnavailable(
            _("cannot send input by pynput on {system}").format(system=system),
            _("it is for Windows and macOS"),
        )
    return tables[system]()


class PortableInjector:
    """Satisfies `system.base.Injector` by pynput; for the thread that made it."""

    def __init__(self, table: KeyTable | None = None) -> None:
        """Use this table, or the one of the system that pynput works on here.

        `BackendUnavailable` where pynput finds no desktop, or a system that has no table.
        """
        try:
            from pynput import keyboard, mouse
        except ImportError as missing:
            raise BackendUnavailable(
                _("cannot send input: {missing}").format(missing=missing), _("log in to a desktop")
            ) from missing
        self._table = table or _table_of(keyboard.Controller.__module__)
        self._keyboard, self._mouse = keyboard.Controller(), mouse.Controller()
        self._make_key, self._buttons = keyboard.KeyCode, mouse.Button
        self._named: dict[int | None, KeyCode] = {}
        for key in keyboard.Key:  # these carry the flags that a bare number lacks
            self._named.setdefault(key.value.vk, key.value)
        self._lent: dict[str, int] = {}
        self._held_keys: set[int] = set()
        self._held_buttons: set[int] = set()

    def code_of(self, key: str) -> int:
        """Give the code of a key name; `BotError` where this keyboard has no such key."""
        try:
            name = keys.canonical(key)
        except ValueError as wrong:
            raise BotError(_("cannot press a key: {wrong}").format(wrong=wrong)) from None
        code = self._table.code_of(name)
        if code is None:
            raise BotError(
                _('cannot press "{name}": this keyboard has no key of its own for it').format(
                    name=name
                )
            )
        return code

    def strokes(self, text: str) -> list[tuple[int, ...]]:
        """Give for each character the codes to hold together; lends codes to what is on no key."""
        found = {character: self._stroke(character) for character in text}
        missing = [character for character, codes in found.items() if codes is None]
        self._lend(missing, set(text))
        return [found[character] or (self._lent[character],) for character in text]

    def press(self, code: int) -> None:
        """Put a key down; `BotError` for a number that no key has."""
        if not 0 <= code < KEY_CODES:
            raise BotError(
                _("cannot press key {code}: there is none of that number").format(code=code)
            )
        self._held_keys.add(code)
        self._keyboard.press(self._key(code))

    def release(self, code: int) -> None:
        """Let a key go that this object holds."""
        if code in self._held_keys:
            self._keyboard.release(self._key(code))
            self._held_keys.remove(code)

    def press_button(self, button: int) -> None:
        """Put a mouse button down; `BotError` if this system knows none of that number."""
        known = self._button(button)
        if known is None:
            raise BotError(
                _("cannot press mouse button {button}: this system knows none so numbered").format(
                    button=button
                )
            )
        self._held_buttons.add(button)
        self._mouse.press(known)

    def release_button(self, button: int) -> None:
        """Let a mouse button go that this object holds."""
        known = self._button(button)
        if known is not None and button in self._held_buttons:
            self._mouse.release(known)
            self._held_buttons.remove(button)

    def move(self, x: int, y: int) -> None:
        """Put the pointer at a screen pixel."""
        self._mouse.position = (x, y)

    def scroll(self, dx: int, dy: int) -> None:
        """Turn the wheel by notches: right and up are positive."""
        self._mouse.scroll(dx, dy)

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is now, in screen pixels."""
        x, y = self._mouse.position
        return int(x), int(y)

    def held(self) -> HeldInput:
        """What was pressed here and not released: these systems do not tell whose a press is."""
        return HeldInput(frozenset(self._held_keys), frozenset(self._held_buttons))

    def close(self) -> None:
        """Drop pynput's controllers, which then let go of what they use; may be called twice."""
        vars(self).pop("_keyboard", None)
        vars(self).pop("_mouse", None)

    def _stroke(self, character: str) -> tuple[int, ...] | None:
        if character in _CONTROL_KEYS:
            code = self._table.code_of(_CONTROL_KEYS[character])
            return None if code is None else (code,)
        if unicodedata.category(character) in {"Cc", "Cs", "Cn"}:
            raise BotError(
                _("cannot type one of the characters: no key means it"), _("leave it out")
            )
        return self._table.stroke(character)

    def _lend(self, characters: Sequence[str], keep: Container[str]) -> None:
        """Give each character a code of its own; those lent longest ago give way first."""
        old = [lent for lent in self._lent if lent not in keep]
        for character in characters:
            if character in self._lent:
                continue
            free = [code for code in self._table.spare_codes if code not in self._lent.values()]
            if not free and not old:
                raise BotError(
                    _("cannot type so many different characters that no key gives at once"),
                    _("type the text in shorter pieces"),
                )
            self._lent[character] = free[0] if free else self._lent.pop(old.pop(0))

    def _key(self, code: int) -> "KeyCode":
        for character, lent in self._lent.items():
            if lent == code:
                return self._make_key.from_char(character)
        vk = self._table.vk_of(code)
        return self._named.get(vk) or self._make_key.from_vk(vk)

    def _button(self, number: int) -> "Button | None":
        for name in _BUTTON_NAMES.get(number, ()):
            if name in self._buttons.__members__:
                return self._buttons[name]
        return None
