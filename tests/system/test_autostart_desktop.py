"""Does a desktop entry say the command that is meant? GLib is the judge: desktops start by it."""

import warnings
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from traybot.system.autostart_desktop import (
    exec_value,
    flag_of,
    list_of,
    parse_entry,
    parse_exec,
    replace_exec,
    text_of,
)

with warnings.catch_warnings():
    # The loader of this distribution's gi is of an old kind, and Python says so.
    warnings.simplefilter("ignore", ImportWarning)
    from gi.repository import GLib

#: Whatever a path may hold and an entry can say, the odd ones often.
SIGNS = st.one_of(
    st.sampled_from(" \"'\\$`%~#;&|<>*?()!{}[]@:^=-+,é雪fFuUick"),
    st.characters(blacklist_categories=("Cc", "Cs")),
)
WORDS = st.text(SIGNS, max_size=12)
PROGRAMS = st.text(SIGNS.filter(lambda sign: sign not in "=/"), min_size=1, max_size=12)


def as_glib_reads(value: str) -> tuple[str, list[str]]:
    """Give the program that GLib looks for, and the command that it starts.

    It looks for the first word of the value, and expands field codes after that; the expansion is
    done here, for it hides it, and `test_autostart` sees it start a program.
    """
    file = GLib.KeyFile()
    text = f"[Desktop Entry]\nExec={value}\n"
    file.load_from_data(text, len(text.encode()), GLib.KeyFileFlags.NONE)
    line = file.get_string("Desktop Entry", "Exec")
    _, looked_for = GLib.shell_parse_argv(line)
    _, started = GLib.shell_parse_argv(line.replace("%%", "%"))
    return looked_for[0], started


@hypothesis.given(PROGRAMS.map("/opt/{}/traybot".format), st.lists(WORDS, max_size=4))
def test_a_command_comes_back_as_it_was(program: str, rest: list[str]) -> None:
    """What is written is read the same by us and by GLib, whatever signs are in it."""
    command = [program, "run", *rest]
    value = exec_value(command)
    assert "\n" not in value
    assert parse_exec(value) == command
    looked_for, started = as_glib_reads(value)
    assert started[-len(command) :] == command
    assert looked_for == started[0]


@hypothesis.given(st.text(st.sampled_from("ab \"'\\$`\t%"), max_size=20))
def test_any_line_is_split_as_glib_does(line: str) -> None:
    """Lines that other hands wrote are read, and refused, as the desktop does."""
    value = line.replace("\\", "\\\\").replace("\t", "\\t")
    plain = line.replace("%", "")
    try:
        _, expected = GLib.shell_parse_argv(plain)
    except GLib.Error:
        expected = []
    try:
        read = parse_exec(value.replace("%", ""))
    except ValueError:
        read = []
    assert read == ([] if expected[:1] == [""] else expected)


@pytest.mark.parametrize(
    ("program", "value"),
    [
        ("/opt/traybot", "/opt/traybot run"),
        ("/opt/my bots/traybot", '"/opt/my bots/traybot" run'),
        ("/opt/a$b/traybot", r'"/opt/a\\$b/traybot" run'),
        ("/opt/a`b/traybot", r'"/opt/a\\`b/traybot" run'),
        ("/opt/a\\b/traybot", r'"/opt/a\\\\b/traybot" run'),
        ("/opt/50%/traybot", "/usr/bin/env /opt/50%%/traybot run"),
        ('/opt/"x"/traybot', r'/usr/bin/env "/opt/\\"x\\"/traybot" run'),
        ("/opt/it's/traybot", '/usr/bin/env "/opt/it\'s/traybot" run'),
        ("/opt/Jürgen/雪/traybot", "/opt/Jürgen/雪/traybot run"),
    ],
)
def test_a_path_is_written_by_the_specification(program: str, value: str) -> None:
    """Reserved signs in quotes, four of them behind a backslash, and that escaped once more."""
    assert exec_value([program, "run"]) == value


@pytest.mark.parametrize(
    ("program", "words"),
    [("/opt/a=b/t", 'a "="'), ("/opt/a\nb/t", "control"), ("/opt/a\udcffb/t", "not UTF-8")],
)
def test_what_no_entry_can_say_is_refused(program: str, words: str) -> None:
    """A path that a desktop would read otherwise is not written at all."""
    with pytest.raises(ValueError, match=words):
        exec_value([program, "run"])


@pytest.mark.parametrize(
    ("value", "command"),
    [
        ("traybot %f --x %%", ["traybot", "--x", "%"]),
        ("env A=1 B_2=x /opt/traybot run", ["/opt/traybot", "run"]),
        ("/usr/bin/env -i traybot", ["/usr/bin/env", "-i", "traybot"]),
        ("env", ["env"]),
        (r"/opt/my\\ bots/traybot", ["/opt/my bots/traybot"]),
        (r"traybot a\sb", ["traybot", "a", "b"]),
        (r"traybot run # at login\n--x", ["traybot", "run", "--x"]),
        ("'/opt/my bots/traybot'", ["/opt/my bots/traybot"]),
    ],
)
def test_commands_of_other_hands_are_understood(value: str, command: list[str]) -> None:
    """Field codes come to nothing, `env` is a way and no end, comments are none of it."""
    assert parse_exec(value) == command


@pytest.mark.parametrize(
    "value", ["", "  ", '"" run', '"traybot', "/opt/50%%/traybot", r"a\qb", "a #b"]
)
def test_what_no_desktop_starts_is_refused(value: str) -> None:
    """No program, a quote without end, a % in the program's path, an unknown escape, a comment."""
    with pytest.raises(ValueError, match=r"\w"):
        parse_exec(value)


ENTRY = """# a comment
[Desktop Entry]
Name[de]=Fallenwächter
  Hidden = true
X=0
Icons=a;b;;
Try=a\\sb

[Desktop Action Stop]
Hidden=false
"""


def test_the_keys_of_the_entry_alone_are_read(tmp_path: Path) -> None:
    """Other groups, comments and blanks do not count; flags, lists and texts are read as such."""
    entry = parse_entry(ENTRY)
    assert flag_of(entry, "Hidden") is True
    assert flag_of(entry, "X") is False
    assert flag_of(entry, "Name[de]") is None
    assert list_of(entry, "Icons") == ["a", "b"]
    assert text_of(entry, "Try") == "a b"
    assert text_of(entry, "Exec") == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no"),
        ("[Other]\nA=1\n", "no"),
        ("A=1\n[Desktop Entry]\n", "line 1"),
        ("[Desktop Entry]\nnonsense\n", "line 2"),
        ("[Desktop Entry]\n=1\n", "line 2"),
    ],
)
def test_a_damaged_entry_is_refused(text: str, words: str) -> None:
    """What no desktop reads, we do not read either."""
    with pytest.raises(ValueError, match=words):
        parse_entry(text)


def test_only_the_command_is_replaced() -> None:
    """What a person or a desktop has added stays, and other groups keep their own commands."""
    before = "[Desktop Entry]\nExec = old\nX-Mine=1\n# mine\n[Desktop Action Stop]\nExec=stop\n"
    after = replace_exec(before, ["/opt/my bots/traybot", "run"])
    assert after == before.replace("Exec = old", 'Exec="/opt/my bots/traybot" run')
