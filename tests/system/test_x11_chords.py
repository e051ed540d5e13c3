"""Which key events are asked for, for which chord? On a small keyboard of our own."""

import pytest

from traybot.core import keys
from traybot.system.x11_chords import Plan, plan
from traybot.system.x11_keymap import Keymap
from traybot.system.x11_keysyms import keysyms_of

SHIFT, LOCK, CTRL, ALT, NUM, SUPER, ALT_GR = 0x01, 0x02, 0x04, 0x08, 0x10, 0x40, 0x80
CODES = {
    name: code
    for code, name in enumerate(
        ["shift", "caps_lock", "ctrl", "alt", "num_lock", "super", "alt_gr", "f8", "f9", "a"], 10
    )
}
KEYMAP = Keymap(
    {code: (keysyms_of(name)[0], 0) for name, code in CODES.items()}
    | {30: (keysyms_of("1")[0], keysyms_of("!")[0])}
)
MODIFIERS = [
    [CODES["shift"]],
    [CODES["caps_lock"]],
    [CODES["ctrl"]],
    [CODES["alt"], 0],
    [CODES["num_lock"]],
    [],
    [CODES["super"]],
    [CODES["alt_gr"]],
]


def planned(*chords: tuple[str, str]) -> Plan:
    """Plan on the small keyboard."""
    return plan(chords, KEYMAP, MODIFIERS)


def masks(found: Plan, action: str) -> set[int]:
    """Give the modifier states in which an action fires."""
    return {mask for (_, mask), claimed in found.claims.items() if claimed == action}


def test_an_ordinary_chord_is_asked_for_with_every_lock() -> None:
    """It fires in eight states: with and without CapsLock, NumLock and the second layout."""
    found = masks(planned(("toggle", "ctrl+shift+f8")), "toggle")
    locks = [LOCK * a | NUM * b | ALT_GR * c for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    assert found == {CTRL | SHIFT | lock for lock in locks}


@pytest.mark.parametrize("action", ["stop", "panic"])
def test_a_safety_chord_is_asked_for_with_everything(action: str) -> None:
    """It fires in each state that has its own modifiers."""
    found = masks(planned((action, "ctrl+shift+f9")), action)
    assert found == {mask for mask in range(256) if mask & (CTRL | SHIFT) == CTRL | SHIFT}


def test_nobody_takes_what_a_safety_chord_needs() -> None:
    """A chord that is stop's with one more modifier is stop's, for the bot may hold that one."""
    found = planned(("toggle", "ctrl+alt+shift+f9"), ("stop", "ctrl+shift+f9"))
    assert found.states == {"stop": "bound", "toggle": "taken: stop has it"}
    assert set(found.claims.values()) == {"stop"}


def test_of_two_safety_chords_each_keeps_its_own() -> None:
    """Where the one is the other with a modifier more, each fires on what it says."""
    found = planned(("stop", "ctrl+f9"), ("panic", "ctrl+shift+f9"))
    assert found.states == {"panic": "bound", "stop": "bound"}
    code = CODES["f9"]
    assert found.claims[code, CTRL] == "stop"
    assert found.claims[code, CTRL | SHIFT | NUM] == "panic"
    assert found.claims[code, CTRL | ALT] == "stop"


def test_the_first_of_two_ordinary_actions_has_the_chord() -> None:
    """Of equals the one that was given first wins."""
    found = planned(("one", "ctrl+a"), ("two", "ctrl+a"))
    assert found.states == {"one": "bound", "two": "taken: one has it"}


def test_a_sign_above_another_takes_shift() -> None:
    """`ctrl+!` is what a person presses for it: Ctrl, Shift and the key."""
    found = planned(("toggle", "ctrl+!"))
    assert found.claims[30, CTRL | SHIFT] == "toggle"
    assert (30, CTRL) not in found.claims


@pytest.mark.parametrize("chord", ["ctrl+f10", "ctrl+ö", "ctrl+alt+f8", "nonsense"])
def test_what_cannot_be_is_told_and_asked_for_nowhere(chord: str) -> None:
    """A key that the keyboard lacks, or a chord that never arrives, takes no grab."""
    found = planned(("toggle", chord))
    assert found.states["toggle"].startswith("unsupported: ")
    assert not found.claims


def test_a_modifier_that_the_keyboard_lacks_is_told() -> None:
    """Without a Super key no chord with it can be pressed."""
    bare = [codes if CODES["super"] not in codes else [] for codes in MODIFIERS]
    states = plan([("toggle", "super+a")], KEYMAP, bare).states
    assert states == {"toggle": 'unsupported: this keyboard has no "super"'}


def test_every_name_has_a_keysym() -> None:
    """X has a number for each key that we name."""
    assert all(keysyms_of(name) and all(keysyms_of(name)) for name in keys.NAMES)
