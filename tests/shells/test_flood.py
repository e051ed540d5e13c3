"""Does a life that writes without end leave the log, and who reads it, alone?"""

import time
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import Pipe

import pytest

from traybot.shells.channel import Channel
from traybot.workers.entry import _LoggedText


class Clock:
    """Gives the seconds it is set to."""

    now = 100.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time stands still until it is told to go on."""
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    """A life's end, and the daemon's."""
    theirs, ours = Pipe(duplex=True)
    life, daemon = Channel(theirs, patient=True), Channel(ours, patient=False)
    with closing(life), closing(daemon):
        yield life, daemon


def texts(daemon: Channel) -> list[str]:
    """Give what has come for the log."""
    documents = daemon.receive()
    assert all((one["say"], one["level"]) == ("log", "info") for one in documents)
    return [one["text"] for one in documents]


def test_a_flood_is_not_even_sent(ends: tuple[Channel, Channel], clock: Clock) -> None:
    """A hundred lines a second reach the daemon; how many did not is said in the next second."""
    life, daemon = ends
    for number in range(5000):
        life.log(str(number))
    assert texts(daemon) == [str(number) for number in range(100)]
    clock.now = 101.0
    life.log("calm")
    assert texts(daemon) == ["(4900 lines more were left out)", "calm"]


def test_the_end_tells_what_was_left_out(ends: tuple[Channel, Channel], clock: Clock) -> None:
    """Once, and only if there was any."""
    life, daemon = ends
    life.end_log()
    assert clock.now
    assert texts(daemon) == []
    for _ in range(101):
        life.log("line")
    texts(daemon)
    life.end_log()
    life.end_log()
    assert texts(daemon) == ["(1 lines more were left out)"]


def test_print_and_log_share_one_ration(ends: tuple[Channel, Channel], clock: Clock) -> None:
    """What is printed counts with what is logged, and errors are told all the same."""
    life, daemon = ends
    printed = _LoggedText(life)
    for _ in range(60):
        print("printed", file=printed)
        life.log("logged")
    assert clock.now
    assert len(texts(daemon)) == 100
    assert life.send({"say": "log", "level": "error", "text": "alas"})
    assert [one["text"] for one in daemon.receive()] == ["alas"]
