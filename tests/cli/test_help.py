"""Can a person learn from --help what there is, how it is used, and what its exit codes mean?"""

import argparse
import shlex

import pytest

from traybot.cli import main
from traybot.cli.pages import FIRST_STEPS, GROUPS, PAGES
from traybot.cli.parser import make_parser


def commands() -> dict[str, argparse.ArgumentParser]:
    """Give each command's own reader."""
    (table,) = (
        action
        for action in make_parser()._actions  # noqa: SLF001  argparse has no other way
        if isinstance(action, argparse._SubParsersAction)  # noqa: SLF001  likewise
    )
    return dict(table.choices)


def page(*words: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Give what is printed for these words."""
    with pytest.raises(SystemExit) as end:
        main(list(words))
    assert end.value.code == 0
    return capsys.readouterr().out


def test_each_command_has_a_page_in_one_group() -> None:
    """None is missing, none is there twice, none is made up."""
    assert sorted(name for _, group in GROUPS for name in group) == sorted(commands())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_teaches_its_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Sentences, examples, exit codes; `help` and `--help` say the same, in 80 columns."""
    text = page(name, "--help", capsys=capsys)
    assert main(["help", name]) == 0
    assert capsys.readouterr().out == text
    assert "examples:\n  " in text
    assert "exit codes:\n  0 " in text
    assert max(map(len, text.splitlines())) < 80


def examples() -> list[str]:
    """Give every command line that the pages show."""
    shown = [line for page in PAGES.values() for line, _ in page.examples]
    return [line for line, _ in FIRST_STEPS] + shown


@pytest.mark.parametrize("line", [line for line in examples() if line.startswith("traybot")])
def test_each_example_can_be_typed(line: str) -> None:
    """The parser takes it as it stands."""
    words = shlex.split(line.partition("|")[0])[1:]
    make_parser().parse_args(words)


def test_the_overview_has_the_groups_and_where_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Each command once, with its line; first steps; exit codes."""
    text = page("--help", capsys=capsys)
    for heading, group in GROUPS:
        assert f"\n{heading}:\n" in text
        for name, one in group.items():
            assert f"  {name:26}{one.does}"[:78] in text
    assert "first steps:" in text
    assert "exit codes:" in text
    assert "traybot help COMMAND" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["strat"], 'traybot: unknown word "strat", did you mean "start"? (see: traybot --help)'),
        (["help", "strat"], 'traybot: unknown word "strat", did you mean "start"?'),
        (["help", "config", "sett"], 'unknown word "sett", did you mean "set"?'),
        (["autostart", "onn"], 'unknown word "onn", did you mean "on"?'),
        (["start", "--jsn"], "traybot: unrecognized arguments: --jsn"),
        (["config", "set"], "(see: traybot config set --help)"),
        (["log", "-n", "x"], '"x" is not a number of lines'),
    ],
)
def test_a_slip_is_one_line_that_helps(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, what is wrong, and the page to read."""
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line
