"""Where does input go when no screen is there? Into a list, as if a keyboard had obeyed."""

from traybot.core import keys
from traybot.errors import BotError
from traybot.system.base import BUTTONS, KEY_CODES, HeldInput
from traybot.text import _

#: Keys are numbered from here in the order of `keys.NAMES`, as on no real keyboard.
_FIRST_CODE = 8
_SHIFTED = dict(zip('!@#$%^&*()_+{}|:"<>?~', "1234567890-=[]\\;',./`", strict=True))
_SIGNS = {below: above for above, below in _SHIFTED.items()}
_WRITTEN = {"enter": "\n", "tab": "\t", "space": " "}
_CONTROLS = {"\n": "enter", "\r": "enter", "\t": "tab", " ": "space"}


class RecordingInjector:
    """Satisfies `system.base.Injector` in memory: an American keyboard that keeps a diary.

    `calls` has a line for each thing that happened, such as `"press up"`, `"press button 1"`,
    `"move 3 4"`, `"scroll 0 -1"`; a release of what is not held leaves none.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._numbers = {name: code for code, name in enumerate(keys.NAMES, _FIRST_CODE)}
        self._names = {code: name for name, code in self._numbers.items()}
        self._keys: set[int] = set()
        self._buttons: set[int] = set()
        self._pointer = (0, 0)

    def code_of(self, key: str) -> int:
        """Give the code of a key name; `BotError` where this keyboard has no such key."""
        try:
            name = keys.canonical(key)
        except ValueError as wrong:
            raise BotError(_("cannot press a key: {wrong}").format(wrong=wrong)) from None
        if name not in self._numbers or name in _SHIFTED:
            raise BotError(
                _('cannot press "{name}": this keyboard has no key of its own for it').format(
                    name=name
                )
            )
        return self._numbers[name]

    def name_of(self, code: int) -> str:
        """Give the canonical name of a code, or the character that was lent it."""
        return self._names.get(code, f"code {code}")

    def typed(self) -> str:
        """What the presses so far have written; keys that write nothing are left out."""
        text, shift = "", False
        for kind, name in (call.split(" ", 1) for call in self.calls):
            if name == "shift":
                shift = kind == "press"
            elif (
                kind == "press" and (character := _WRITTEN.get(name, name)) and len(character) == 1
            ):
                text += _SIGNS.get(character, character.upper()) if shift else character
        return text

    def strokes(self, text: str) -> list[tuple[int, ...]]:
        """Give for each character the codes to hold together; `BotError` if no key means it."""
        return [self._stroke(character) for character in text]

    def press(self, code: int) -> None:
        """Put a key down; `BotError` for a number that no code has."""
        if not 0 < code < KEY_CODES:
            raise BotError(
                _("cannot press key {code}: there is none of that number").format(code=code)
            )
        self._keys.add(code)
        self.calls.append(f"press {self.name_of(code)}")

    def release(self, code: int) -> None:
        """Let a key go."""
        if code in self._keys:
            self._keys.remove(code)
            self.calls.append(f"release {self.name_of(code)}")

    def press_button(self, button: int) -> None:
        """Put a mouse button down; `BotError` for a number that no button has."""
        if not 0 < button < BUTTONS:
            raise BotError(
                _("cannot press mouse button {button}: there is none of that number").format(
                    button=button
                )
            )
        self._buttons.add(button)
        self.calls.append(f"press button {button}")

    def release_button(self, button: int) -> None:
        """Let a mouse button go."""
        if button in self._buttons:
            self._buttons.remove(button)
            self.calls.append(f"release button {button}")

    def move(self, x: int, y: int) -> None:
        """Put the pointer at a screen pixel."""
        self._pointer = (x, y)
        self.calls.append(f"move {x} {y}")

    def scroll(self, dx: int, dy: int) -> None:
        """Turn the wheel by notches: right and up are positive."""
        self.calls.append(f"scroll {dx} {dy}")

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is now: where it was moved last."""
        return self._pointer

    def held(self) -> HeldInput:
        """What was pressed and not released."""
        return HeldInput(frozenset(self._keys), frozenset(self._buttons))

    def close(self) -> None:
        """Let go of nothing; may be called twice."""

    def _stroke(self, character: str) -> tuple[int, ...]:
        name = _CONTROLS.get(character, character.lower())
        if character in _SHIFTED:
            return self._numbers["shift"], self._numbers[_SHIFTED[character]]
        if name in self._numbers:
            shift = () if name == character or character in _CONTROLS else (self._numbers["shift"],)
            return (*shift, self._numbers[name])
        if not character.isprintable():
            raise BotError(_("cannot type one of the characters: no key means it"))
        return (self._lent(character),)

    def _lent(self, character: str) -> int:
        """Give a foreign character a code that no key has, from the highest down."""
        if character not in self._numbers:
            code = KEY_CODES - 1
            while code in self._names:
                code -= 1
            self._numbers[character], self._names[code] = code, character
        return self._numbers[character]
