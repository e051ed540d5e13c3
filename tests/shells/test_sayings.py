"""Does who runs a bot in the foreground see what it prints, and obeys his terminal none of it?"""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from traybot.shells import hearing
from traybot.shells.reporter import Reporter
from traybot.shells.sayings import Sayings
from traybot.shells.teller import Teller


@pytest.fixture(autouse=True)
def _logged() -> Iterator[None]:
    """As much as the log takes by default."""
    bots = logging.getLogger("bot")
    before = bots.level
    bots.setLevel("INFO")
    yield
    bots.setLevel(before)


def told(*, as_json: bool) -> list[str]:
    """Give what is told of a few lines of several children."""
    stream = io.StringIO()
    reporter = Reporter(0.0, stream, as_json=as_json)
    sayings = Sayings(reporter.said)
    hearing.log_line("routine", 3, "hello")
    hearing.heard("recovery", 4, {"say": "log", "level": "error", "text": "one\n\x1b[2Jtwo"})
    hearing.heard("routine", 3, {"say": "log", "level": "debug", "text": "not in the log either"})
    hearing.log_line("deathwatch", 3, "of its own")
    sayings.close()
    hearing.log_line("routine", 3, "too late")
    assert reporter.close(10.0)
    return stream.getvalue().splitlines()


def test_words_for_a_person() -> None:
    """Who says it and what; a sign that a terminal would obey is written out."""
    lines = [line.partition(" s ")[2] or line.strip() for line in told(as_json=False)]
    assert lines == ["life 3 says: hello", "recovery 4 says: one", "\\x1b[2Jtwo"]


def test_or_an_event_of_its_own() -> None:
    """With the child, its life, the level and the text as it is."""
    first, second = map(json.loads, told(as_json=True))
    assert first.pop("t") > 0
    assert first == {
        "event": "said",
        "life": 3,
        "child": "routine",
        "level": "info",
        "text": "hello",
    }
    assert (second["level"], second["text"]) == ("error", "one\n\x1b[2Jtwo")


def test_a_terminal_of_few_letters_is_told_all_the_same() -> None:
    """What it cannot show is written out, and the lines after it come."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="latin-1")
    teller = Teller(stream)
    teller.tell("an arrow → here")
    teller.tell("the next")
    assert teller.close(10.0)
    assert raw.getvalue().splitlines() == [b"an arrow \\u2192 here", b"the next"]
