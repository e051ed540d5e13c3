"""What if a bot.toml or the settings hold anything at all? One line says what is wrong where."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from traybot.core.settings import Settings
from traybot.errors import BotError, SettingsError, TraybotError
from traybot.shells import settings_file
from traybot.shells.bot_shelf import BotShelf

BOT = """\
[bot]
title = "Koules"
window = "Koules"
reference = [1280, 800]

[routine]
run = "routine:play"
grace = "2s"

[[watch]]
name = "old"
kind = "timer"
after = "2h"
every = "50ms"

[limits]
max_deaths = 20
"""
SETTINGS = """\
[daemon]
log_level = "info"
takeover = "pause"

[hotkeys]
stop = "ctrl+shift+f9"
"""
#: Where a text is cut, how much of it goes, and what comes in its place.
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 400),
        st.integers(0, 30),
        st.binary(max_size=12)
        | st.sampled_from([b"[", b"]", b'"', b"=", b"\n", b"\0", b"\xff", b"1e999", b"-1", b"[["])
        | st.sampled_from([b'"\\ud800"', b"{a={a={a=1}}}", b"1979-05-27", b"nan", b"\xef\xbb\xbf"]),
    ),
    max_size=4,
)
here = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])


def changed(text: str, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Damage a text."""
    data = text.encode()
    for at, length, new in changes:
        place = at % (len(data) + 1)
        data = data[:place] + new + data[place + length :]
    return data


def one_line(error: TraybotError, file: Path) -> None:
    """See that an error is a line for a person: what, where, and what to do about it."""
    told = str(error)
    assert "\n" not in told
    assert told.startswith("cannot")
    assert file.name in told or str(file.parent) in told
    assert error.remedy
    assert len(told) < 600


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    """A sound bot."""
    folder = tmp_path / "koules"
    folder.mkdir()
    (folder / "routine.py").write_text("def play(bot): pass\n", encoding="utf-8")
    return folder


@here
@given(changes=CHANGES)
@example(changes=[])
@example(changes=[(0, 0, b"\xef\xbb\xbf")])
def test_any_bot_file_is_read_or_refused_in_a_line(
    bot: Path, changes: list[tuple[int, int, bytes]]
) -> None:
    """Nothing but `BotError` comes of it."""
    file = bot / "bot.toml"
    file.write_bytes(changed(BOT, changes))
    try:
        plan = BotShelf(bot.parent).load("koules")
    except BotError as error:
        one_line(error, file)
    else:
        assert plan.name == "koules"


@here
@given(changes=CHANGES)
@example(changes=[])
@example(changes=[(0, 0, b"\xef\xbb\xbf")])
def test_any_settings_file_is_read_or_refused_in_a_line(
    tmp_path: Path, changes: list[tuple[int, int, bytes]]
) -> None:
    """Nothing but `SettingsError` comes of it."""
    file = tmp_path / "settings.toml"
    file.write_bytes(changed(SETTINGS, changes))
    try:
        assert isinstance(settings_file.load(file), Settings)
    except SettingsError as error:
        one_line(error, file)
