"""Can every setting be read, is every mistake named, and is the page about them true?"""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybot.core import options
from traybot.core.hotkey import never_arrives, parse_chord
from traybot.core.settings import (
    DEFAULTS,
    SECTIONS,
    WITHOUT_EFFECT,
    read_settings,
    reference_page,
)

pytestmark = pytest.mark.anywhere

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
ANEW = "from traybot.core.settings import reference_page as p; print(p(), end='')"


def told(text: str) -> list[str]:
    """Give each mistake of a file as a person reads it."""
    return [
        f"[{problem.table}] {problem.what} ({problem.remedy})"
        for problem in read_settings(tomllib.loads(text))[1]
    ]


def test_the_sections_are_those_of_the_design() -> None:
    """Others would be refused in files that are right."""
    expected = ["daemon", "hotkeys", "tray", "capture", "recorder", "notify", "bots"]
    assert list(SECTIONS) == expected
    assert list(DEFAULTS.sections) == expected


def test_the_default_hotkeys_are_those_of_the_design() -> None:
    """And each of them can be heard everywhere."""
    hotkeys = DEFAULTS.sections["hotkeys"]
    assert (hotkeys["toggle"], hotkeys["stop"], hotkeys["panic"]) == (
        "ctrl+shift+f8",
        "ctrl+shift+f9",
        "ctrl+shift+f10",
    )
    for name in ("toggle", "stop", "panic"):
        assert not never_arrives(parse_chord(hotkeys[name]), "x11")
        assert not never_arrives(parse_chord(hotkeys[name]), "windows")
    assert (hotkeys["corner"], DEFAULTS.sections["daemon"]["takeover"]) == ("off", "off")


@pytest.mark.parametrize(("section", "rows"), SECTIONS.items())
def test_every_default_is_allowed(section: str, rows: tuple[options.Option, ...]) -> None:
    """Written into a file as it is, it is read as it is."""
    for row in rows:
        assert row.read(row.default) == row.default
        assert row.doc
        assert row.name not in SECTIONS


def test_what_is_written_counts_and_the_rest_has_its_default() -> None:
    """One option changes one option."""
    settings, problems = read_settings({"hotkeys": {"stop": "f11"}, "tray": {"enabled": False}})
    assert not problems
    assert settings.sections["hotkeys"] == {**DEFAULTS.sections["hotkeys"], "stop": "f11"}
    assert settings.sections["tray"] == {"enabled": False, "icons": "color"}
    assert settings.sections["bots"] == DEFAULTS.sections["bots"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[daemn]", '[] unknown section "daemn" (did you mean "daemon"?)'),
        ("[tray]\nenable = true", '[tray] unknown option "enable" (did you mean "enabled"?)'),
        ("[tray]\nenabled = 1", "[tray] enabled: must be true or false, not 1"),
        ("tray = 1", "[tray] must be a table (write [tray])"),
        (
            '[daemon]\nlog_level = "loud"',
            '[daemon] log_level: must be one of debug, info, warning, error, not "loud"',
        ),
        ("[recorder]\nseconds = -1", "[recorder] seconds: must be a number from 0 to 600, not -1"),
        (
            "[hotkeys]\nstop = 9",
            '[hotkeys] stop: must be a hotkey such as "ctrl+shift+f8", or "" for none, not 9',
        ),
        (
            '[hotkeys]\nstop = "ctrl+"',
            '[hotkeys] stop: the hotkey "ctrl+" has nothing on one side of a "+" (stop the bot',
        ),
        (
            '[hotkeys]\nstop = "shift+ctrl+F10"',
            '[hotkeys] panic: "ctrl+shift+f10" is the hotkey for stop already',
        ),
    ],
)
def test_a_mistake_is_told(text: str, what: str) -> None:
    """What is wrong, what is expected or was meant."""
    (only,) = told(text)
    assert only.startswith(what)


def test_a_hotkey_may_be_given_up() -> None:
    """Also more than one: none is not the same key twice."""
    assert told('[hotkeys]\nstop = ""\npanic = ""\ntoggle = ""') == []


@pytest.mark.parametrize(
    "key", ["a", "shift+a", "alt_gr+e", "7", "ß", "return", "Space", "shift+left"]
)
def test_a_key_that_people_write_with_is_no_hotkey(key: str) -> None:
    """Every program would miss it; the line says what to take instead."""
    (only,) = told(f'[hotkeys]\nstop = "{key}"')
    assert "every program: add ctrl, alt or super" in only


@pytest.mark.parametrize("alone", ["f7", "pause", "esc", "super+a", "shift+f3", "kp_0"])
def test_a_special_key_alone_is_a_hotkey(alone: str) -> None:
    """Nobody writes with it."""
    assert told(f'[hotkeys]\nstop = "{alone}"') == []


def test_where_something_is_wrong_the_default_is_there() -> None:
    """Whoever goes on in spite of a mistake has a value for everything."""
    settings, problems = read_settings({"tray": {"enabled": 3}, "zzz": 1, "bots": 7})
    assert settings == DEFAULTS
    assert len(problems) == 3


@given(
    st.dictionaries(
        st.sampled_from([*SECTIONS, "zzz"]),
        st.integers()
        | st.dictionaries(
            st.sampled_from([row.name for rows in SECTIONS.values() for row in rows] + ["zzz"]),
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text()
            | st.lists(st.none()),
        ),
    )
)
def test_whatever_is_written_is_read_or_refused(document: dict[str, Any]) -> None:
    """A file never makes us fail, and every option has a value that is allowed."""
    settings, _ = read_settings(document)
    for section, rows in SECTIONS.items():
        for row in rows:
            value = settings.sections[section][row.name]
            assert row.read(value) == value


def test_the_page_is_current() -> None:
    """It is written from the table that reads the file, so that the two cannot differ."""
    written = PAGE.read_text(encoding="utf-8")
    assert written == reference_page(), f'write it anew: python -c "{ANEW}" > docs/settings.md'


def test_the_page_shows_every_option_with_what_it_takes() -> None:
    """And says of each that has no effect yet that it has none."""
    page = reference_page()
    for section, rows in SECTIONS.items():
        table = page.partition(f"## [{section}]")[2].partition("\n## ")[0]
        for row in rows:
            (line,) = (line for line in table.splitlines() if line.startswith(f"| `{row.name}` |"))
            assert options.takes(row) in line
            assert ("(no effect yet)" in line) == (f"{section}.{row.name}" in WITHOUT_EFFECT)


def test_an_option_that_takes_anything_says_so() -> None:
    """No reader is without limits today; one that is would not break the page."""
    assert options.takes(options.Option("any", lambda value: value, None, "whatever")) == "anything"
