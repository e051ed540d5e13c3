"""What is a key called? The names that authors, settings and hotkeys use on every system."""

import difflib
import string

from traybot.text import _

#: What a chord is held with, in the order in which people write it.
MODIFIERS = ("ctrl", "alt", "alt_gr", "shift", "super")

#: The right-hand twins; a name without a side means the left one.
RIGHT_TWINS = {
    "right_ctrl": "ctrl",
    "right_alt": "alt",
    "right_shift": "shift",
    "right_super": "super",
}

LETTERS = tuple(string.ascii_lowercase)
DIGITS = tuple(string.digits)
FUNCTION_KEYS = tuple(f"f{number}" for number in range(1, 25))
NAMED_KEYS = (
    *("up", "down", "left", "right", "home", "end", "page_up", "page_down"),
    *("enter", "esc", "space", "tab", "backspace", "insert", "delete"),
    *("caps_lock", "num_lock", "scroll_lock", "print_screen", "pause", "menu"),
)
KEYPAD = (
    *(f"kp_{digit}" for digit in DIGITS),
    *("kp_enter", "kp_add", "kp_subtract", "kp_multiply", "kp_divide", "kp_decimal", "kp_equal"),
)
PUNCTUATION = tuple(string.punctuation)

#: Every name that means a key, once; other single characters are names too, say "ö".
NAMES = (
    *LETTERS,
    *DIGITS,
    *FUNCTION_KEYS,
    *NAMED_KEYS,
    *MODIFIERS,
    *RIGHT_TWINS,
    *KEYPAD,
    *PUNCTUATION,
)

_SYNONYMS = {
    "return": "enter",
    "escape": "esc",
    "spacebar": "space",
    "back": "backspace",
    "del": "delete",
    "ins": "insert",
    "pgup": "page_up",
    "prior": "page_up",
    "pgdn": "page_down",
    "pgdown": "page_down",
    "next": "page_down",
    "caps": "caps_lock",
    "scroll": "scroll_lock",
    "print": "print_screen",
    "prtsc": "print_screen",
    "prt_scr": "print_screen",
    "break": "pause",
    "apps": "menu",
    "control": "ctrl",
    "ctl": "ctrl",
    "option": "alt",
    "opt": "alt",
    "win": "super",
    "windows": "super",
    "cmd": "super",
    "command": "super",
    "meta": "super",
    "right_control": "right_ctrl",
    "right_win": "right_super",
    "right_cmd": "right_super",
    "kp_plus": "kp_add",
    "kp_minus": "kp_subtract",
    "kp_times": "kp_multiply",
    "kp_dot": "kp_decimal",
    "plus": "+",
    "minus": "-",
    "hyphen": "-",
    "equal": "=",
    "equals": "=",
    "comma": ",",
    "dot": ".",
    "period": ".",
    "slash": "/",
    "backslash": "\\",
    "semicolon": ";",
    "colon": ":",
    "quote": "'",
    "apostrophe": "'",
    "grave": "`",
    "backtick": "`",
}


def canonical(name: str) -> str:
    """Give the one name of a key, whatever common name, case or spelling it was given by.

    `ValueError` with the nearest name, where there is one, if no key is called so.
    """
    if len(name) == 1 and name.isprintable() and not name.isspace():
        lower = name.lower()
        return lower if len(lower) == 1 else name
    word = "_".join(name.lower().replace("-", " ").replace("_", " ").split())
    if not word:
        raise ValueError(_("the name of a key is missing"))
    known = _BY_SPELLING.get(word)
    if known is None:
        raise ValueError(_unknown(name, word))
    return known


def is_character(name: str) -> bool:
    """Whether a canonical name is a sign that stands on the key, no letter and no digit."""
    return len(name) == 1 and name not in LETTERS and name not in DIGITS


def _unknown(name: str, word: str) -> str:
    near = difflib.get_close_matches(word, _BY_SPELLING, n=1)
    told = _('no key is called "{name}"').format(name=name)
    return told + _('; did you mean "{near}"?').format(near=near[0]) if near else told


def _spellings() -> dict[str, str]:
    """Every word that means a key, each also without its underscores."""
    words = {name: name for name in NAMES if len(name) > 1} | _SYNONYMS
    words |= {f"left_{name}": name for name in ("ctrl", "alt", "shift", "super")}
    words |= {f"num_{digit}": f"kp_{digit}" for digit in DIGITS}
    words |= {f"numpad_{digit}": f"kp_{digit}" for digit in DIGITS}
    joined = {word.replace("_", ""): name for word, name in words.items()}
    return joined | words


_BY_SPELLING = _spellings()
