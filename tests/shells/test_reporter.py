"""Does everybody hear what happens, and nobody who does not listen hold anything up?"""

import io
import json
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from traybot.shells import teller
from traybot.shells.reporter import Reporter
from traybot.shells.teller import Teller

Document = dict[str, Any]


def told(tell: Callable[[Reporter], object], *, as_json: bool = True) -> list[str]:
    """Give the lines that a reporter writes."""
    stream = io.StringIO()
    reporter = Reporter(100.0, stream, as_json=as_json)
    tell(reporter)
    assert reporter.close(10.0)
    return stream.getvalue().splitlines()


def summary(tell: Callable[[Reporter], object]) -> Document:
    """Give the summary after what was told."""

    def and_sum_up(reporter: Reporter) -> None:
        tell(reporter)
        reporter.summary(110.0, 1, 2)

    document: Document = json.loads(told(and_sum_up)[-1])
    return document


def test_an_event_is_a_line_of_json() -> None:
    """With the seconds since the daemon began, its life and its fields."""
    (line,) = told(lambda r: r.tell("gone", 101.5, 3, {"child": "routine", "why": "ü"}))
    assert json.loads(line) == {
        "event": "gone",
        "t": 1.5,
        "life": 3,
        "child": "routine",
        "why": "ü",
    }


def test_or_words_for_a_person() -> None:
    """Without the facts that say nothing; a zero says something."""
    facts = {"child": "routine", "why": "", "score": None, "seconds": 0}
    (line,) = told(lambda r: r.tell("gone", 101.5, 3, facts), as_json=False)
    assert line.split() == ["1.500", "s", "gone", "life", "3", "child=routine", "seconds=0"]


def test_the_summary_counts() -> None:
    """Lives, deaths that were acted on, recoveries; and how long the stops took."""

    def story(reporter: Reporter) -> None:
        for life in (1, 2, 3):
            reporter.tell("starting", 101.0, life, {})
        for acted, then in ((True, "recover"), (True, "pause"), (False, "stop")):
            reporter.tell("verdict", 102.0, 1, {"acted": acted, "then": then})
        reporter.tell("recovered", 103.0, 2, {})
        for stop_ms in (None, 5.0, 1.0, 3.0):
            reporter.tell("gone", 104.0, 1, {"stop_ms": stop_ms})

    document = summary(story)
    assert (document["lives"], document["deaths"], document["recoveries"]) == (3, 1, 1)
    assert document["stop_ms"] == {"p50": 3.0, "p99": 5.0, "max": 5.0}
    assert (document["held_left"], document["children_left"]) == (1, 2)


def test_of_a_long_run_the_last_stops_count_and_the_longest_of_all() -> None:
    """What is remembered does not grow with the days."""

    def story(reporter: Reporter) -> None:
        for number in range(5000):
            reporter.tell("gone", 104.0, number, {"stop_ms": 90.0 if number == 0 else 2.0})
        assert len(reporter._stops) == 1000  # noqa: SLF001  nobody else sees what is kept

    assert summary(story)["stop_ms"] == {"p50": 2.0, "p99": 2.0, "max": 90.0}


def test_a_summary_of_nothing() -> None:
    """Without a stop there is no time of one."""
    assert summary(lambda _: None)["stop_ms"] == {"p50": None, "p99": None, "max": None}


def test_followers_hear_until_they_say_no() -> None:
    """Whoever is gone is not told again; the others are."""
    heard: dict[str, list[int]] = {"lasting": [], "leaving": []}

    def lasting(document: Document) -> bool:
        heard["lasting"].append(document["life"])
        return True

    def leaving(document: Document) -> bool:
        heard["leaving"].append(document["life"])
        return document["life"] < 2

    def story(reporter: Reporter) -> None:
        reporter.tell("starting", 101.0, 0, {})
        reporter.follow(leaving)
        reporter.follow(lasting)
        for life in (1, 2, 3):
            reporter.tell("starting", 101.0, life, {})

    told(story)
    assert heard == {"lasting": [1, 2, 3], "leaving": [1, 2]}


def test_many_threads_tell_whole_lines() -> None:
    """Lines are never mixed, none is lost, and the counts are right."""

    def story(reporter: Reporter) -> None:
        def tell() -> None:
            for _ in range(200):
                reporter.tell("starting", 101.0, 1, {"text": "x" * 50})

        threads = [threading.Thread(target=tell) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert summary(story)["lives"] == 1600


def test_a_reader_that_sleeps_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Telling goes on, past a limit lines are dropped and counted, and the end waits for nobody."""
    monkeypatch.setattr(teller, "_MOST_LINES", 100)
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream, os.fdopen(reading, "r") as reader:
        slow = Teller(stream)
        for _ in range(5000):
            slow.tell("x" * 10_000)
        assert slow.dropped > 0
        assert slow.close(0.05) is False
        # Awake again it takes what waits, and the thread comes to its end.
        rest = threading.Thread(target=reader.read, daemon=True)
        rest.start()
        assert slow.close(10.0)
        stream.close()
        rest.join(10.0)


def test_a_reader_that_is_gone_is_no_error() -> None:
    """`traybot run --json | head`: whoever read us has heard enough."""
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w")
    lone = Teller(stream)
    for _ in range(100):
        lone.tell("x")
    assert lone.close(10.0)
    with pytest.raises(BrokenPipeError):
        stream.close()
