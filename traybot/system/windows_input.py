"""Which virtual-key number has a key on Windows? The table that `portable_input` sends by.

Numbers are those of WinUser.h. Signs sit elsewhere on each keyboard layout, so Windows is asked for
them (VkKeyScanW).
"""

import ctypes
from collections.abc import Callable, Sequence

from traybot.core import keys

_VKS: dict[str, int] = {
    "backspace": 0x08,
    "tab": 0x09,
    "enter": 0x0D,
    "pause": 0x13,
    "caps_lock": 0x14,
    "esc": 0x1B,
    "space": 0x20,
    "page_up": 0x21,
    "page_down": 0x22,
    "end": 0x23,
    "home": 0x24,
    "left": 0x25,
    "up": 0x26,
    "right": 0x27,
    "down": 0x28,
    "print_screen": 0x2C,
    "insert": 0x2D,
    "delete": 0x2E,
    "super": 0x5B,
    "right_super": 0x5C,
    "menu": 0x5D,
    "kp_multiply": 0x6A,
    "kp_add": 0x6B,
    "kp_subtract": 0x6D,
    "kp_decimal": 0x6E,
    "kp_divide": 0x6F,
    "num_lock": 0x90,
    "scroll_lock": 0x91,
    "shift": 0xA0,
    "right_shift": 0xA1,
    "ctrl": 0xA2,
    "right_ctrl": 0xA3,
    "alt": 0xA4,
    "right_alt": 0xA5,
    "alt_gr": 0xA5,
    # The keypad's Enter has the number of the other one, and differs by a flag only.
    "kp_enter": 0x0D,
}
_FIRST_FUNCTION_KEY, _FIRST_KEYPAD_DIGIT = 0x70, 0x60
#: Numbers that WinUser.h leaves unassigned or reserved.
_UNASSIGNED = (*range(0x3A, 0x41), *range(0x88, 0x90), *range(0x97, 0xA0), *range(0xC1, 0xDA))

# VkKeyScanW: the low byte is the key, the high byte what to hold with it; -1 for none.
_NO_KEY = -1
_HELD_BITS = ((1, "shift"), (2, "ctrl"), (4, "alt"))
_ANY_HELD = 0x7
_LAST_OF_ONE_UNIT = 0xFFFF


class WindowsKeys:
    """Satisfies `portable_input.KeyTable`; characters by the layout of the moment."""

    spare_codes: Sequence[int] = _UNASSIGNED

    def __init__(self, key_scan: Callable[[str], int] | None = None) -> None:
        """`key_scan` answers like VkKeyScanW; Windows' own if left out."""
        self._key_scan = key_scan or _vk_key_scan

    def code_of(self, name: str) -> int | None:
        """Give the virtual-key number of a canonical key name, if there is such a key."""
        if name in _VKS:
            return _VKS[name]
        if name in keys.LETTERS or name in keys.DIGITS:
            return ord(name.upper())
        if name in keys.FUNCTION_KEYS:
            return _FIRST_FUNCTION_KEY + keys.FUNCTION_KEYS.index(name)
        if name in keys.KEYPAD[: len(keys.DIGITS)]:
            return _FIRST_KEYPAD_DIGIT + keys.KEYPAD.index(name)
        stroke = self.stroke(name) if len(name) == 1 else None
        return stroke[0] if stroke and len(stroke) == 1 else None

    def stroke(self, character: str) -> tuple[int, ...] | None:
        """Give the codes that together type a character, the key last, if keys can."""
        answer = self._key_scan(character)
        # Some layouts need more than these three, such as the Japanese ones: not by keys, then.
        if answer == _NO_KEY or answer >> 8 & ~_ANY_HELD:
            return None
        held = tuple(_VKS[name] for bit, name in _HELD_BITS if answer >> 8 & bit)
        return (*held, answer & 0xFF)

    def vk_of(self, code: int) -> int:
        """Give the virtual key of a code, which is the same number here."""
        return code


def _vk_key_scan(character: str) -> int:
    """Ask Windows; it knows characters of one UTF-16 unit only."""
    if ord(character) > _LAST_OF_ONE_UNIT:
        return _NO_KEY
    # By its name, since other systems' ctypes lack it and a type checker there would object.
    answer: int = vars(ctypes)["windll"].user32.VkKeyScanW(ord(character))
    return ctypes.c_short(answer).value
