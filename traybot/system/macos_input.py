"""Which virtual-key number has a key on macOS? The table that `portable_input` sends by.

Numbers are those of Carbon's HIToolbox/Events.h. They mean places on an American keyboard: games
read those. Text is sent as characters, which macOS takes without a key.
"""

from collections.abc import Sequence

# fmt: off
_VKS: dict[str, int] = {
    "a": 0x00, "s": 0x01, "d": 0x02, "f": 0x03, "h": 0x04, "g": 0x05, "z": 0x06, "x": 0x07,
    "c": 0x08, "v": 0x09, "b": 0x0B, "q": 0x0C, "w": 0x0D, "e": 0x0E, "r": 0x0F, "y": 0x10,
    "t": 0x11, "o": 0x1F, "u": 0x20, "i": 0x22, "p": 0x23, "l": 0x25, "j": 0x26, "k": 0x28,
    "n": 0x2D, "m": 0x2E,
    "1": 0x12, "2": 0x13, "3": 0x14, "4": 0x15, "6": 0x16, "5": 0x17, "9": 0x19, "7": 0x1A,
    "8": 0x1C, "0": 0x1D,
    "=": 0x18, "-": 0x1B, "]": 0x1E, "[": 0x21, "'": 0x27, ";": 0x29, "\\": 0x2A, ",": 0x2B,
    "/": 0x2C, ".": 0x2F, "`": 0x32,
    "enter": 0x24, "tab": 0x30, "space": 0x31, "backspace": 0x33, "esc": 0x35,
    "super": 0x37, "right_super": 0x36, "shift": 0x38, "right_shift": 0x3C, "caps_lock": 0x39,
    "alt": 0x3A, "right_alt": 0x3D, "alt_gr": 0x3D, "ctrl": 0x3B, "right_ctrl": 0x3E,
    "home": 0x73, "page_up": 0x74, "delete": 0x75, "end": 0x77, "page_down": 0x79,
    "left": 0x7B, "right": 0x7C, "down": 0x7D, "up": 0x7E, "insert": 0x72,
    "f1": 0x7A, "f2": 0x78, "f3": 0x63, "f4": 0x76, "f5": 0x60, "f6": 0x61, "f7": 0x62,
    "f8": 0x64, "f9": 0x65, "f10": 0x6D, "f11": 0x67, "f12": 0x6F, "f13": 0x69, "f14": 0x6B,
    "f15": 0x71, "f16": 0x6A, "f17": 0x40, "f18": 0x4F, "f19": 0x50, "f20": 0x5A,
    "kp_decimal": 0x41, "kp_multiply": 0x43, "kp_add": 0x45, "num_lock": 0x47, "kp_divide": 0x4B,
    "kp_enter": 0x4C, "kp_subtract": 0x4E, "kp_equal": 0x51,
    "kp_0": 0x52, "kp_1": 0x53, "kp_2": 0x54, "kp_3": 0x55, "kp_4": 0x56, "kp_5": 0x57,
    "kp_6": 0x58, "kp_7": 0x59, "kp_8": 0x5B, "kp_9": 0x5C,
}
# fmt: on


class MacKeys:
    """Satisfies `portable_input.KeyTable`."""

    #: Beyond the last key that Apple has numbered.
    spare_codes: Sequence[int] = range(0x80, 0x100)

    def code_of(self, name: str) -> int | None:
        """Give the virtual-key number of a canonical key name, if there is such a key."""
        return _VKS.get(name)

    def stroke(self, character: str) -> tuple[int, ...] | None:  # noqa: ARG002 -- the contract's
        """Give nothing: every character goes as itself, whatever the layout."""
        return None

    def vk_of(self, code: int) -> int:
        """Give the virtual key of a code, which is the same number here."""
        return code
