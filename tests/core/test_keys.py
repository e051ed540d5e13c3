"""Is a key known by each of its names, and a wrong name met with the right one?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybot.core import keys

pytestmark = pytest.mark.anywhere


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("a", "a"),
        ("A", "a"),
        ("Ö", "ö"),
        ("ß", "ß"),
        ("7", "7"),
        ("F8", "f8"),
        ("Return", "enter"),
        ("ESCAPE", "esc"),
        ("control", "ctrl"),
        ("win", "super"),
        ("cmd", "super"),
        ("Page Up", "page_up"),
        ("page-up", "page_up"),
        ("PgUp", "page_up"),
        ("pageup", "page_up"),
        ("caps lock", "caps_lock"),
        ("CapsLock", "caps_lock"),
        ("Left Shift", "shift"),
        ("right_control", "right_ctrl"),
        ("RightShift", "right_shift"),
        ("altgr", "alt_gr"),
        ("kp5", "kp_5"),
        ("Num 5", "kp_5"),
        ("numpad_5", "kp_5"),
        ("kp_plus", "kp_add"),
        ("plus", "+"),
        ("minus", "-"),
        ("-", "-"),
        ("_", "_"),
        ("backslash", "\\"),
    ],
)
def test_each_usual_name_means_its_key(given_name: str, name: str) -> None:
    """Whatever people call a key, in whatever case, it has one name here."""
    assert keys.canonical(given_name) == name


@pytest.mark.parametrize("name", keys.NAMES)
def test_a_keys_own_name_is_kept(name: str) -> None:
    """Each name that keys have means itself, however it is written."""
    assert keys.canonical(name) == name
    assert keys.canonical(name.upper()) == name
    if len(name) > 1:
        assert keys.canonical(name.replace("_", " ")) == name


def test_no_key_has_two_names() -> None:
    """The list of names holds every key once."""
    assert len(set(keys.NAMES)) == len(keys.NAMES)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("retrun", "return"),
        ("esacpe", "escape"),
        ("shfit", "shift"),
        ("pageupp", "pageup"),
        ("contrl", "control"),
    ],
)
def test_a_slip_is_met_with_the_right_name(wrong: str, right: str) -> None:
    """The refusal of a mistyped name suggests the nearest."""
    with pytest.raises(ValueError, match=f'"{wrong}"; did you mean "{right}') as refusal:
        keys.canonical(wrong)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("wrong", ["", "  ", "\n", "__"])
def test_a_missing_name_is_refused(wrong: str) -> None:
    """An empty name is refused as missing."""
    with pytest.raises(ValueError, match="missing"):
        keys.canonical(wrong)


@pytest.mark.parametrize("wrong", ["xyzzy", "a b", "\x07", "\N{ZERO WIDTH SPACE}", "ctrl+a"])
def test_what_is_no_key_is_refused(wrong: str) -> None:
    """A word that names no key is refused, and none is suggested that is far from it."""
    with pytest.raises(ValueError, match="no key is called"):
        keys.canonical(wrong)


@given(st.text(max_size=12))
def test_any_text_is_a_key_or_refused(text: str) -> None:
    """No text breaks the names, and what is accepted is a name that means itself."""
    try:
        name = keys.canonical(text)
    except ValueError:
        return
    assert keys.canonical(name) == name
