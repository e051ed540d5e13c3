"""Do keys have their right numbers on Windows and macOS? Their own systems' calls are replaced."""

import pytest

from traybot.core import keys
from traybot.system.base import KEY_CODES
from traybot.system.macos_input import MacKeys
from traybot.system.portable_input import KeyTable
from traybot.system.windows_input import WindowsKeys

pytestmark = pytest.mark.anywhere

#: What VkKeyScanW answers on a German keyboard, some of it.
GERMAN = {"a": 0x41, "A": 0x141, "ö": 0xC0, "-": 0xBD, "!": 0x131, "@": 0x651, "€": 0x645}
#: No key for it, as a signed 16-bit number.
NO_KEY = -1


@pytest.fixture
def windows() -> WindowsKeys:
    """The table of Windows, on a German keyboard."""
    return WindowsKeys(lambda character: GERMAN.get(character, NO_KEY))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a", 0x41),
        ("0", 0x30),
        ("f1", 0x70),
        ("f24", 0x87),
        ("up", 0x26),
        ("kp_0", 0x60),
        ("kp_9", 0x69),
        ("ctrl", 0xA2),
        ("ö", 0xC0),
        ("-", 0xBD),
        ("!", None),
        ("@", None),
        ("é", None),
    ],
)
def test_windows_keys_have_their_numbers(windows: WindowsKeys, name: str, code: int | None) -> None:
    """A key has the number of WinUser.h, a sign the layout's; what needs Shift is no key."""
    assert windows.code_of(name) == code


@pytest.mark.parametrize(
    ("character", "codes"),
    [
        ("a", (0x41,)),
        ("A", (0xA0, 0x41)),
        ("@", (0xA2, 0xA4, 0x51)),
        ("€", (0xA2, 0xA4, 0x45)),
        ("雪", None),
    ],
)
def test_windows_text_is_typed_by_keys_that_give_it(
    windows: WindowsKeys, character: str, codes: tuple[int, ...] | None
) -> None:
    """What the layout gives is typed by its keys, modifiers first; the rest is sent as itself."""
    assert windows.stroke(character) == codes


@pytest.mark.parametrize("table", [WindowsKeys(lambda _: NO_KEY), MacKeys()])
def test_every_number_is_a_code(table: KeyTable) -> None:
    """Numbers stay below the ledger's end, keys' apart from those that are lent."""
    codes = {code for name in keys.NAMES if (code := table.code_of(name)) is not None}
    assert all(0 <= code < KEY_CODES for code in codes)
    assert not codes & set(table.spare_codes)
    assert len(table.spare_codes) > 30


@pytest.mark.parametrize("table", [WindowsKeys(lambda _: NO_KEY), MacKeys()])
def test_the_keys_of_games_are_there(table: KeyTable) -> None:
    """Letters, digits, arrows and modifiers have numbers, each its own."""
    names = [*keys.LETTERS, *keys.DIGITS, "up", "down", "left", "right", "space", "enter", "esc"]
    names += ["shift", "ctrl", "alt", "tab", "backspace", "super", "right_ctrl", "f1", "f12"]
    codes = [table.code_of(name) for name in names]
    assert None not in codes
    assert len(set(codes)) == len(codes)
