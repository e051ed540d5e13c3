"""What does X call a key, and what a character? From our names to X's numbers (keysyms).

Legacy keysyms of a script are its ISO 8859 part's (or KOI8's) bytes below a number for the script,
as `keysymdef.h` in xorgproto lists them; every other character has the Unicode form.
"""

import functools
import unicodedata

from Xlib import XK

from traybot.core import keys

XK.load_keysym_group("xkb")  # for ISO_Level3_Shift; latin1 and miscellany are there from the start

#: Keys by X's names, the usual one first. Letters, digits and signs need no table.
_NAMES: dict[str, tuple[str, ...]] = {
    "up": ("Up",),
    "down": ("Down",),
    "left": ("Left",),
    "right": ("Right",),
    "home": ("Home",),
    "end": ("End",),
    "page_up": ("Prior",),
    "page_down": ("Next",),
    "enter": ("Return",),
    "esc": ("Escape",),
    "space": ("space",),
    "tab": ("Tab", "ISO_Left_Tab"),
    "backspace": ("BackSpace",),
    "insert": ("Insert",),
    "delete": ("Delete",),
    "caps_lock": ("Caps_Lock", "ISO_Lock"),
    "num_lock": ("Num_Lock",),
    "scroll_lock": ("Scroll_Lock",),
    "print_screen": ("Print", "Sys_Req"),
    "pause": ("Pause",),
    "menu": ("Menu",),
    "ctrl": ("Control_L", "Control_R"),
    "alt": ("Alt_L", "Alt_R", "Meta_L"),
    "alt_gr": ("ISO_Level3_Shift", "Mode_switch"),
    "shift": ("Shift_L", "Shift_R"),
    "super": ("Super_L", "Super_R"),
    "right_ctrl": ("Control_R",),
    "right_alt": ("Alt_R", "ISO_Level3_Shift"),
    "right_shift": ("Shift_R",),
    "right_super": ("Super_R",),
    "kp_0": ("KP_0", "KP_Insert"),
    "kp_1": ("KP_1", "KP_End"),
    "kp_2": ("KP_2", "KP_Down"),
    "kp_3": ("KP_3", "KP_Next"),
    "kp_4": ("KP_4", "KP_Left"),
    "kp_5": ("KP_5", "KP_Begin"),
    "kp_6": ("KP_6", "KP_Right"),
    "kp_7": ("KP_7", "KP_Home"),
    "kp_8": ("KP_8", "KP_Up"),
    "kp_9": ("KP_9", "KP_Prior"),
    "kp_enter": ("KP_Enter",),
    "kp_add": ("KP_Add",),
    "kp_subtract": ("KP_Subtract",),
    "kp_multiply": ("KP_Multiply",),
    "kp_divide": ("KP_Divide",),
    "kp_decimal": ("KP_Decimal", "KP_Delete", "KP_Separator"),
    "kp_equal": ("KP_Equal",),
}


def _span(first: int, last: int, *, without: bytes = b"") -> frozenset[int]:
    return frozenset(range(first, last + 1)) - frozenset(without)


#: Number of the script, its code page, and which bytes of that mean the same as the keysym.
_LEGACY: tuple[tuple[int, str, frozenset[int]], ...] = (
    (0x100, "iso8859-2", _span(0xA1, 0xFF)),
    (0x200, "iso8859-3", _span(0xA1, 0xFF)),
    (0x300, "iso8859-4", _span(0xA2, 0xFF)),
    (0x500, "iso8859-6", _span(0xAC, 0xF2)),
    (0x600, "koi8-u", _span(0xC0, 0xFF) | {0xA3, 0xA4, 0xA6, 0xA7, 0xAD}),
    (0x600, "koi8-u", frozenset({0xB3, 0xB4, 0xB6, 0xB7, 0xBD})),
    (0x700, "iso8859-7", _span(0xC1, 0xD9, without=b"\xd2\xd3")),
    (0x700, "iso8859-7", _span(0xE1, 0xF9, without=b"\xf2\xf3")),
    (0xC00, "iso8859-8", _span(0xE0, 0xFA)),
    (0xD00, "tis-620", _span(0xA1, 0xF9, without=b"\xee\xef")),
    (0x1300, "iso8859-15", _span(0xBC, 0xBE)),
)
#: The three sigmas sit elsewhere among the keysyms than in the code page.
_SINGLE = {
    "€": 0x20AC,
    "\N{GREEK CAPITAL LETTER SIGMA}": 0x7D2,
    "\N{GREEK SMALL LETTER SIGMA}": 0x7F2,
    "\N{GREEK SMALL LETTER FINAL SIGMA}": 0x7F3,
}
#: Up to here a keysym is the character's own number.
_LATIN_1_END = 0xFF
#: A character without a keysym of its own has its Unicode number above this one.
_UNICODE = 0x01000000
#: What a text's line ends and tabs mean on a keyboard.
_CONTROL_KEYS = {"\n": "enter", "\r": "enter", "\t": "tab"}


@functools.cache
def keysyms_of(name: str) -> tuple[int, ...]:
    """Give the keysyms that a key of this canonical name may carry, the most usual first."""
    if name in keys.FUNCTION_KEYS:
        return (XK.string_to_keysym(name.upper()),)
    if name in _NAMES:
        return tuple(filter(None, map(XK.string_to_keysym, _NAMES[name])))
    return keysyms_of_character(name)


@functools.cache
def keysyms_of_character(character: str) -> tuple[int, ...]:
    """Give the keysyms that mean this character, the one most programs know first; none if none."""
    if character in _CONTROL_KEYS:
        return keysyms_of(_CONTROL_KEYS[character])
    number = ord(character)
    if unicodedata.category(character) in {"Cc", "Cs", "Cn"}:
        return ()
    if number <= _LATIN_1_END:
        return (number,)
    return (*_legacy(character), _UNICODE | number)


def _legacy(character: str) -> list[int]:
    found = [_SINGLE[character]] if character in _SINGLE else []
    for script, code_page, same in _LEGACY:
        byte = character.encode(code_page, "ignore")
        if len(byte) == 1 and byte[0] in same:
            found.append(script | byte[0])
    return found
