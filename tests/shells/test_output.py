"""Does what a life writes reach the log whole, and no flood of it?"""

import os
import time
from collections.abc import Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import pytest

from traybot.shells.output import Output

Ends = tuple[Output, Connection]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """Both ends of one way."""
    ours, theirs = Pipe(duplex=False)
    reader = Output(ours)
    yield reader, theirs
    reader.close()
    theirs.close()


def write(end: Connection, data: bytes) -> None:
    """Write as a program does."""
    os.write(end.fileno(), data)


def test_lines_come_whole(ends: Ends) -> None:
    """A line is waited for; empty ones say nothing; what is no text is shown all the same."""
    reader, end = ends
    assert reader.receive() == []
    write(end, b"one\ntw")
    assert reader.receive() == ["one"]
    write(end, b"o\n\n\xff\n")
    assert reader.receive() == ["two", "\ufffd"]


def test_the_last_words_are_heard(ends: Ends) -> None:
    """Without an end of line too; then it is closed."""
    reader, end = ends
    write(end, b"alas")
    end.close()
    assert reader.receive() == ["alas"]
    assert reader.closed
    assert reader.receive() == []


def test_a_line_without_an_end_comes_in_pieces(ends: Ends) -> None:
    """Nothing is kept for ever."""
    reader, end = ends
    write(end, b"x" * 5000)
    assert [len(piece) for piece in reader.receive()] == [2000, 2000, 1000]


def test_a_flood_is_counted(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """In each second some lines reach the log; how many did not is said in the next."""
    reader, end = ends
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    write(end, b"line\n" * 5000)
    assert len(reader.receive()) == 100
    now = 101.0
    write(end, b"calm\n")
    assert reader.receive() == ["(4900 lines more were left out)", "calm"]
