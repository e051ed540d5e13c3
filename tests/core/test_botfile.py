"""Is every mistake in a `bot.toml` found, named by its place, and met with a remedy?"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.files import LEAST, sound, told, watch
from traybot.core.botfile import in_region, read_bot
from traybot.core.geometry import Rect
from traybot.core.recoveryfile import Rung
from traybot.core.watchfile import ROWS

pytestmark = pytest.mark.anywhere

#: The example that the documentation shows, with an option of each kind.
WHOLE = """\
[bot]
title = "Koules"
window = "Koules"
reference = [1280, 800]

[program]
command = ["/usr/games/koules"]
restart = false

[routine]
run = "routine:play"
restart = "on-crash"
grace = "2s"

[recovery]
run = "routine:revive"

[[watch]]
name = "death"
kind = "image"
see = "templates/game_over.png"
region = [0, 0, 640, 200]
threshold = 0.9
every = "50ms"
confirm = 2
then = "recover"
hold = "500ms"
cooldown = "3s"
priority = 10

[[watch]]
name = "dialog"
any = ["templates/ok.png", "templates/yes.png"]
scales = [0.8, 1.25]
absent = true

[[watch]]
name = "low"
kind = "color"
color = "#c02020"
tolerance = 20
share = 0.25

[limits]
max_deaths = 20
max_hours = 8
"""


def test_the_documented_example_is_read_whole() -> None:
    """Every value arrives, times in seconds, pictures in their order."""
    plan = sound(WHOLE)
    assert (plan.title, plan.window, plan.reference) == ("Koules", "Koules", (1280, 800))
    assert (plan.program, plan.program_restart) == (("/usr/games/koules",), False)
    assert (plan.run, plan.recovery, plan.restart, plan.grace) == (
        "routine:play",
        (Rung(run="routine:revive", tries=0),),
        "on-crash",
        2.0,
    )
    death, dialog, low = plan.watches
    assert (death.every, death.confirm, death.then, death.hold) == (0.05, 2, "recover", 0.5)
    assert (death.cooldown, death.priority, death.threshold) == (3.0, 10, 0.9)
    assert death.region == Rect(0, 0, 640, 200)
    assert dialog.see == ("templates/ok.png", "templates/yes.png")
    assert (dialog.scales, dialog.absent, dialog.every_picture) == ((0.8, 1.25), True, False)
    assert (low.color, low.tolerance, low.share) == ((192, 32, 32), 20, 0.25)
    assert (plan.max_deaths, plan.max_hours) == (20, 8.0)


def test_the_least_file_has_the_documented_defaults() -> None:
    """A routine is enough; it has no recovery, no limits, and is named by its folder."""
    plan = sound(LEAST)
    assert (plan.title, plan.restart, plan.grace) == ("koules", "on-crash", 2.0)
    assert (plan.recovery, plan.watches, plan.max_deaths, plan.max_hours) == ((), (), None, None)
    death = sound(watch("image")).watches[0]
    assert (death.threshold, death.every, death.confirm, death.then) == (0.9, 0.05, 1, "stop")
    assert (death.hold, death.cooldown, death.priority, death.absent) == (0.0, 0.0, 0, False)


def test_pictures_that_must_all_be_there_are_told_from_any() -> None:
    """`all` and `any` read alike and mean different things."""
    text = f'{LEAST}[[watch]]\nname = "w"\nall = ["a.png", "b.png"]\n'
    assert sound(text).watches[0].every_picture


def test_a_foreign_program_takes_the_place_of_a_function() -> None:
    """One of the two, and not both."""
    assert sound('[routine]\ncommand = ["prog", "arg"]').command == ("prog", "arg")
    assert sound('[routine]\ncommand = "prog"').command == ("prog",)
    both = 'needs one of run and command (write run = "routine:play")'
    assert told('[routine]\nrun = "a:b"\ncommand = "prog"') == [f"2: {both}"]
    assert told("[routine]\n") == [f"1: {both}"]
    none = 'there is no [routine] (add [routine] with run = "routine:play")'
    assert told("") == [f"1: {none}"]


@pytest.mark.parametrize(
    ("line", "told_of_it"),
    [
        ("title = 3", "title: must be a text, not 3 (the name people see)"),
        ('title = ""', 'title: must be a text, not "" (the name people see)'),
        (
            'window = "("',
            (
                'window: "(" is no regular expression: missing ), unterminated subpattern'
                " at position 0 (title of the bot's window, a regular expression)"
            ),
        ),
        (
            "reference = [1280]",
            (
                "reference: must be [width, height] in whole pixels, not [1280]"
                " (size of window or screen that the templates were taken at)"
            ),
        ),
        (
            "window = 3",
            (
                "window: must be a regular expression, not 3"
                " (title of the bot's window, a regular expression)"
            ),
        ),
        (
            "reference = [0, 5]",
            (
                "reference: must be [width, height] above 0, not [0, 5]"
                " (size of window or screen that the templates were taken at)"
            ),
        ),
        ("titel = 3", 'unknown option "titel" (did you mean "title"?)'),
        ("zzz = 3", 'unknown option "zzz" (known are reference, title, window)'),
    ],
)
def test_a_wrong_line_of_the_bot_is_told(line: str, told_of_it: str) -> None:
    """With its line, what is wrong, and what the option is for or which was meant."""
    assert told(f"{LEAST}[bot]\n{line}") == [f"4: {told_of_it}"]


@pytest.mark.parametrize(
    ("table", "line", "what"),
    [
        ("program", "command = []", 'command: must be a list of texts such as ["a", "b"], not []'),
        (
            "program",
            "command = [1]",
            'command: must be a list of texts such as ["a", "b"], not [1]',
        ),
        (
            "recovery",
            "timeout = 5",
            "timeout: must be a duration from 100ms to 1h in quotes such as",
        ),
        ("recovery", 'timeout = "2h"', "timeout: must be a duration from 100ms to 1h, not"),
        ("recovery", 'timeout = "soon"', 'timeout: "soon" is not a duration such as "50ms", "2s"'),
        ("limits", "max_deaths = 0", "max_deaths: must be a whole number from 1 to 1000000, not 0"),
        ("limits", "max_deaths = 2.5", "max_deaths: must be a whole number from 1 to 1000000"),
        ("limits", "max_deaths = true", "max_deaths: must be a whole number from 1 to 1000000"),
        ("limits", 'max_hours = "8"', 'max_hours: must be a number from 0.0001 to 10000, not "8"'),
        ("limits", "max_hours = nan", "max_hours: must be a number from 0.0001 to 10000, not nan"),
        ("limits", "max_hours = inf", "max_hours: must be a number from 0.0001 to 10000, not inf"),
    ],
)
def test_a_wrong_value_is_told(table: str, line: str, what: str) -> None:
    """Wrong type and broken limit alike say what is expected."""
    rest = {"program": "restart = true", "recovery": 'run = "a:b"'}.get(table, "")
    wrong = [one for one in told(f"{LEAST}[{table}]\n{line}\n{rest}") if one.startswith("4: ")]
    assert wrong[0].startswith(f"4: {what}")


@pytest.mark.parametrize(
    ("run", "right"),
    [
        ("routine:play", True),
        ("parts.routine:play", True),
        ("routine", False),
        ("routine.play", False),
        (":play", False),
        ("routine:", False),
        ("routine:play()", False),
        ("my routine:play", False),
        ("routine.py:play", True),
    ],
)
def test_what_to_run_is_a_function_in_a_module(run: str, right: bool) -> None:  # noqa: FBT001
    """Anything else cannot be imported, and is said to be so before anything starts."""
    for table in ("routine", "recovery"):
        text = f'{LEAST}[recovery]\nrun = "routine:revive"\n'
        wrong = told(text.replace("routine:play" if table == "routine" else "routine:revive", run))
        line = 2 if table == "routine" else 4
        what = f'{line}: run: "{run}" is not of the form module:function'
        assert wrong == [] if right else wrong[0].startswith(what)


def test_what_a_table_lacks_is_told_at_the_table() -> None:
    """There is no line for what is not there."""
    assert told(f"{LEAST}\n[program]\n") == [
        '4: "command" is missing (the program and its arguments, as a list)'
    ]
    assert told(f"{LEAST}\n[[watch]]\n[[watch]]\nsee = 'a.png'\n")[-1] == (
        '5: "name" is missing (a name of your own, unique in the file)'
    )


def test_an_unknown_table_is_told_with_the_one_that_was_meant() -> None:
    """At its own line."""
    assert told(f"{LEAST}[bots]\n") == ['3: unknown table or option "bots" (did you mean "bot"?)']
    assert told(f"titel = 1\n{LEAST}")[0].startswith('1: unknown table or option "titel" (known')


@pytest.mark.parametrize("table", ["bot", "program", "routine", "recovery", "limits", "watch"])
def test_a_table_that_is_none_is_told(table: str) -> None:
    """A value in place of a table is a mistake, at its line."""
    text = f"{table} = 3\n" + (LEAST if table != "routine" else "")
    assert any(one.startswith("1: must be a ") for one in told(text))


def test_every_mistake_is_found_at_once() -> None:
    """Nobody mends a file line by line, one start at a time."""
    text = "[bot]\ntitle = 1\n[routine]\nrun = 'x'\n[limits]\nmax_deaths = 0\n[zzz]\n"
    assert [one.partition(":")[0] for one in told(text)] == ["7", "2", "4", "6"]


def test_a_message_is_one_short_line_whatever_is_written() -> None:
    """Neither a page of text nor a line break in a key comes through."""
    page = "x\\n" * 10_000
    for line in (
        f'title = "{page}"',
        f'"{page}" = 1',
        f"title = [{'1, ' * 9999}]",
        "title = 0x" + "f" * 99999,
    ):
        for one in told(f"{LEAST}[bot]\n{line}"):
            assert "\n" not in one
            assert len(one) < 250


NAMES = st.sampled_from(
    [
        *("bot", "program", "routine", "recovery", "limits", "watch"),
        *("run", "command", "restart", "title", "max_deaths", "grace", "reference"),
        *(row.name for row in ROWS),
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates()
    | st.sampled_from(["1s", "a:b", "image", "color", "process", "#ffffff", "(", "[[a]"]),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES | st.text(), inner),
    max_leaves=20,
)


@pytest.mark.timeout(300)  # a hundred documents, on a busy machine
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@given(document=st.dictionaries(NAMES | st.text(), VALUES))
def test_whatever_is_written_is_read_or_refused(document: dict[str, Any]) -> None:
    """A file never makes us fail; a plan comes out exactly if nothing is wrong."""
    plan, problems = read_bot("koules", "bots/koules", document)
    assert (plan is None) == bool(problems)
    for problem in problems:
        assert problem.what
        assert "\n" not in problem.what


def test_a_region_is_relative_to_the_window() -> None:
    """Without one it is the whole window."""
    window = Rect(100, 50, 640, 480)
    assert in_region(Rect(10, 20, 30, 40), window) == Rect(110, 70, 30, 40)
    assert in_region(None, window) == window
