"""Is whatever a child says either understood or ignored, and never the engine's end?"""

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybot.core import events as e
from traybot.core.exits import Ending, Exit
from traybot.core.geometry import Rect
from traybot.core.verdicts import Verdict
from traybot.shells.hearing import heard, log_line, read_end, write_verdict

SAYINGS = ["ready", "parked", "blocked", "verdict", "judged", "log", "end", "counter"]
FIELDS = ["why", "holding", "watch", "then", "life", "seen", "decided", "gated", "score", "rect"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=6,
)
HUGE = st.sampled_from([float("inf"), float("nan"), 10**400])


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"say": "ready", "at": 1.0}, e.ChildReady),
        ({"say": "parked"}, e.ChildParked),
    ],
)
def test_a_word_becomes_an_event_of_its_life(document: dict[str, Any], kind: type) -> None:
    """What a life says is told as said by that life."""
    (event,) = heard("routine", 7, document)
    assert isinstance(event, kind)
    assert isinstance(event, e.ChildEvent)
    assert (event.child, event.life) == ("routine", 7)


def test_what_blocks_a_life_is_told() -> None:
    """The reason travels as it was said."""
    (event,) = heard("routine", 7, {"say": "blocked", "why": "no window"})
    assert isinstance(event, e.ChildBlocked)
    assert event.why == "no window"


def test_what_holds_is_told() -> None:
    """A judgement names the watches that hold."""
    (event,) = heard("deathwatch", 2, {"say": "judged", "holding": ["a", "b"]})
    assert isinstance(event, e.Judged)
    assert event.holding == ("a", "b")


@pytest.mark.parametrize("rect", [None, Rect(1, 2, 3, 4)])
def test_a_verdict_survives_its_journey(rect: Rect | None) -> None:
    """It is the same on both sides of the pipe."""
    verdict = Verdict("death", "recover", 3, 1.5, 1.6, 1.7, 0.93, rect, "seen twice")
    (event,) = heard("deathwatch", 2, write_verdict(verdict))
    assert isinstance(event, e.VerdictReached)
    assert event.verdict == verdict


def test_a_log_line_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Under the name of its life, at its level, without being taken for a format."""
    with caplog.at_level(logging.DEBUG):
        assert heard("routine", 7, {"say": "log", "level": "warning", "text": "100 %s %d"}) == []
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("bot.routine.7", "WARNING")
    assert record.getMessage() == "100 %s %d"


def test_a_thousand_lives_that_write_leave_nothing_in_memory(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A logger is never forgotten, so there is one for all lives; each line has its life's name."""
    before = set(logging.Logger.manager.loggerDict)
    with caplog.at_level(logging.INFO):
        for life in range(1000):
            log_line("routine", life, "hello")
            heard("routine", life, {"say": "log", "level": "info", "text": "hello"})
    assert {record.name for record in caplog.records} == {f"bot.routine.{n}" for n in range(1000)}
    assert set(logging.Logger.manager.loggerDict) == before


@given(
    say=st.sampled_from(SAYINGS) | VALUES,
    rest=st.dictionaries(st.sampled_from([*FIELDS, "level", "text"]), VALUES | HUGE),
)
def test_no_document_is_the_end_of_the_engine(say: object, rest: dict[str, object]) -> None:
    """Whatever fields are missing or of another kind: events, or none, and no exception."""
    assert isinstance(heard("routine", 1, {"say": say, **rest}), list)


@given(
    broken=st.dictionaries(
        st.sampled_from(["life", "seen", "decided", "gated", "score", "rect"]),
        VALUES | HUGE | st.lists(HUGE, min_size=4, max_size=4),
        min_size=1,
    )
)
def test_a_broken_verdict_is_ignored_or_sound(broken: dict[str, object]) -> None:
    """A verdict that comes through has numbers where numbers belong."""
    sound = write_verdict(Verdict("death", "stop", 3, 1.5, 1.6, 1.7, None, None, ""))
    for event in heard("deathwatch", 2, {**sound, **broken}):
        assert isinstance(event, e.VerdictReached)
        verdict = event.verdict
        assert isinstance(verdict.life, int)
        assert verdict.score is None or isinstance(verdict.score, float)
        assert verdict.rect is None or all(isinstance(n, int) for n in verdict.rect.as_list())


@pytest.mark.parametrize("ending", Ending)
def test_last_words_are_understood(ending: Ending) -> None:
    """Every ending travels with its reason."""
    assert read_end({"say": "end", "ending": ending.value, "why": "so"}) == Exit(ending, "so")


@given(document=st.dictionaries(st.sampled_from(["ending", "why"]), VALUES | HUGE))
def test_last_words_may_make_no_sense(document: dict[str, object]) -> None:
    """Then they are none, and nothing worse."""
    assert read_end(document) is None
