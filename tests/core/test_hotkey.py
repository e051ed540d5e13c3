"""Is a chord understood however it is written, and refused with the reason where it cannot work?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybot.core import keys
from traybot.core.hotkey import Chord, Platform, format_chord, never_arrives, parse_chord

pytestmark = pytest.mark.anywhere

chords = st.builds(
    Chord,
    st.frozensets(st.sampled_from(keys.MODIFIERS)),
    st.sampled_from([n for n in keys.NAMES if n not in {*keys.MODIFIERS, *keys.RIGHT_TWINS}]),
)


@pytest.mark.parametrize(
    ("text", "modifiers", "key"),
    [
        ("ctrl+shift+f8", {"ctrl", "shift"}, "f8"),
        ("Shift + Control + F8", {"ctrl", "shift"}, "f8"),
        ("f9", set(), "f9"),
        ("win+p", {"super"}, "p"),
        ("right_ctrl+a", {"ctrl"}, "a"),
        ("ctrl+right_ctrl+a", {"ctrl"}, "a"),
        ("alt_gr+Page Up", {"alt_gr"}, "page_up"),
        ("ctrl++", {"ctrl"}, "+"),
        ("ctrl+plus", {"ctrl"}, "+"),
        ("+", set(), "+"),
        ("ctrl+-", {"ctrl"}, "-"),
        ("ctrl+a+a", {"ctrl"}, "a"),
        ("ctrl+kp 5", {"ctrl"}, "kp_5"),
    ],
)
def test_a_chord_is_understood(text: str, modifiers: set[str], key: str) -> None:
    """Order, case, blanks and the usual names do not matter."""
    assert parse_chord(text) == Chord(frozenset(modifiers), key)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("ctrl+shift", "no key besides its modifiers"),
        ("right_shift", "no key besides its modifiers"),
        ("a+b", "more than one key: a, b"),
        ("ctrl+retrun", 'no key is called "retrun"; did you mean "return"'),
        ("ctrl+", 'nothing on one side of a "+"'),
        ("+a", 'nothing on one side of a "+"'),
        ("ctrl+++", 'nothing on one side of a "+"'),
        ("ctrl-shift-f8", "no key is called"),
    ],
)
def test_a_chord_that_is_none_says_why(text: str, why: str) -> None:
    """Each mistake is named in one line, with the text in which it is."""
    with pytest.raises(ValueError, match="hotkey") as refusal:
        parse_chord(text)
    assert why in str(refusal.value)
    assert "\n" not in str(refusal.value)


@given(chords)
def test_a_chord_survives_its_own_text(chord: Chord) -> None:
    """What is written down is read again as the same chord."""
    assert parse_chord(format_chord(chord)) == chord


def test_a_chord_is_written_in_the_usual_order() -> None:
    """Modifiers come first, as people write them, and the key last."""
    assert format_chord(parse_chord("SHIFT+f8+ctrl")) == "ctrl+shift+f8"
    assert format_chord(parse_chord("ctrl++")) == "ctrl+plus"


@given(st.text(max_size=20))
def test_any_text_is_a_chord_or_refused(text: str) -> None:
    """No text does anything but be understood or refused."""
    try:
        chord = parse_chord(text)
    except ValueError:
        return
    assert chord.modifiers <= set(keys.MODIFIERS)
    assert chord.key not in keys.MODIFIERS


@pytest.mark.parametrize(
    ("text", "platform", "why"),
    [
        ("ctrl+alt+f1", "x11", "consoles"),
        ("ctrl+alt+f12", "x11", "consoles"),
        ("ctrl+alt+shift+f8", "x11", ""),
        ("ctrl+alt+f13", "x11", ""),
        ("ctrl+shift+f8", "x11", ""),
        ("ctrl+alt+f1", "windows", ""),
        ("f12", "windows", "debugger"),
        ("f12", "x11", ""),
        ("ctrl+f12", "windows", ""),
        ("ctrl+alt+delete", "windows", "itself"),
        ("win+l", "windows", "locking"),
        ("ctrl+alt+f1", "macos", ""),
    ],
)
def test_what_never_arrives_is_known(text: str, platform: Platform, why: str) -> None:
    """Chords that the system keeps for itself are told with what it uses them for; others not."""
    reason = never_arrives(parse_chord(text), platform)
    assert bool(reason) == bool(why)
    assert why in reason


@pytest.mark.parametrize("number", [8, 9, 10])
@pytest.mark.parametrize("platform", ["x11", "windows", "macos"])
def test_the_default_hotkeys_arrive_everywhere(number: int, platform: Platform) -> None:
    """The hotkeys that traybot comes with are none that a system keeps."""
    chord = parse_chord(f"ctrl+shift+f{number}")
    assert not never_arrives(chord, platform)
