"""Does the diagram of phases show what the core does? All of it, and nothing else."""

import re
from pathlib import Path

import pytest

from tests.core import atlas
from traybot.core import policy
from traybot.core.phases import Phase

pytestmark = pytest.mark.anywhere

PAGE = Path(__file__).parents[2] / "docs" / "ARCHITECTURE.md"
_ARROW = re.compile(r"(\w+) --> (\w+): (.+)")
_GROUP = re.compile(r"state (\w+) \{")

Arrow = tuple[str, str, str]


def drawn_arrows(text: str) -> set[Arrow]:
    """Read the diagram; an arrow from a group of phases is one from each of them."""
    diagram = text.partition("<!-- states -->")[2].partition("<!-- /states -->")[0]
    arrows: set[Arrow] = set()
    groups: dict[str, set[str]] = {}
    group = ""
    for line in map(str.strip, diagram.splitlines()):
        if opened := _GROUP.fullmatch(line):
            group = opened[1]
            groups[group] = set()
        elif line == "}":
            group = ""
        elif arrow := _ARROW.fullmatch(line):
            begin, end, words = arrow.groups()
            if group:
                groups[group] |= {begin, end}
            arrows |= {
                (phase, end, word)
                for phase in groups.get(begin, {begin})
                for word in words.split(", ")
            }
    return arrows


def in_words(arrows: set[Arrow]) -> list[str]:
    """Write arrows as the diagram does."""
    return [f"{begin} --> {end}: {word}" for begin, end, word in sorted(arrows)]


@pytest.mark.timeout(300)  # every way of every plan, on a busy machine
def test_the_diagram_shows_every_way_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who follows the diagram never meets a phase or a way that it does not know."""
    monkeypatch.setattr(policy, "RESTARTS", atlas.RESTARTS)
    gone = {(str(begin), str(end), word) for begin, end, word in atlas.find_arrows()}
    drawn = drawn_arrows(PAGE.read_text(encoding="utf-8"))
    assert not gone - drawn, f"draw in {PAGE.name}: {in_words(gone - drawn)}"
    assert not drawn - gone, f"strike from {PAGE.name}: {in_words(drawn - gone)}"


def test_the_diagram_knows_every_phase() -> None:
    """A phase that nothing leads to or from is no phase."""
    drawn = drawn_arrows(PAGE.read_text(encoding="utf-8"))
    assert {begin for begin, _, _ in drawn} == set(Phase)
    assert {end for _, end, _ in drawn} == set(Phase)
