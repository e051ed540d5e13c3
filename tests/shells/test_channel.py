"""Do documents arrive whole, in order, and never at the price of waiting for a dead writer?"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.desktop import eventually
from traybot.shells import channel
from traybot.shells.channel import Channel


@dataclass
class Ends:
    """The daemon's end as a channel, the child's as a bare connection."""

    ours: Channel
    theirs: Connection

    def write(self, text: bytes) -> None:
        """Write bytes as a child would, and no more than those."""
        os.write(self.theirs.fileno(), text)


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A pipe, closed at both ends afterwards."""
    ours, theirs = Pipe(duplex=True)
    ends = Ends(Channel(ours, patient=False), theirs)
    yield ends
    ends.ours.close()
    theirs.close()


def until(end: Channel, count: int) -> list[dict[str, Any]]:
    """Receive until so many documents have come."""
    got: list[dict[str, Any]] = []

    def enough() -> bool:
        got.extend(end.receive())
        return len(got) >= count

    eventually(enough, 10.0, f"{count} documents")
    return got


def test_half_a_document_is_not_waited_for(ends: Ends) -> None:
    """What has come whole is given at once; the begun one is left for later and then complete."""
    ends.write(b'{"n": 1}\n{"n": ')
    assert ends.ours.receive() == [{"n": 1}]
    assert ends.ours.receive() == []
    ends.write(b"2}\n")
    assert ends.ours.receive() == [{"n": 2}]
    assert not ends.ours.closed


def test_a_document_in_pieces_is_put_together(ends: Ends) -> None:
    """However a document is cut on its way, it arrives once, when its last byte does."""
    line = json.dumps({"text": "ünï\n" * 20}).encode() + b"\n"
    for byte in line[:-1]:
        ends.write(bytes([byte]))
        assert ends.ours.receive() == []
    ends.write(line[-1:])
    assert ends.ours.receive() == [{"text": "ünï\n" * 20}]


@settings(max_examples=60)
@given(
    documents=st.lists(st.dictionaries(st.text(max_size=5), st.text() | st.integers()), max_size=8),
    cuts=st.lists(st.integers(1, 40), max_size=30),
)
def test_any_documents_cut_anywhere_arrive(
    documents: list[dict[str, object]], cuts: list[int]
) -> None:
    """Whatever is sent comes out the same and in the same order, wherever the stream is cut."""
    pipe, theirs = Pipe(duplex=True)
    ours = Channel(pipe, patient=False)
    stream = b"".join(json.dumps(one).encode() + b"\n" for one in documents)
    got: list[dict[str, object]] = []
    try:
        for cut in [*cuts, len(stream) + 1]:
            piece, stream = stream[:cut], stream[cut:]
            if piece:
                os.write(theirs.fileno(), piece)
            got += ours.receive()
    finally:
        ours.close()
        theirs.close()
    assert got == documents


WRITES_HALF = """
import os, signal, sys
os.write(int(sys.argv[1]), b'{"say": "first"}\\n{"say": "sec')
sys.stdout.write("written"); sys.stdout.flush()
signal.pause()
"""


def test_a_writer_killed_in_the_middle_is_no_harm(ends: Ends) -> None:
    """Its whole documents count, the begun one never comes, and the end is told."""
    number = ends.theirs.fileno()
    command = [sys.executable, "-c", WRITES_HALF, str(number)]
    with subprocess.Popen(command, pass_fds=[number], stdout=subprocess.PIPE) as writer:
        ends.theirs.close()
        assert writer.stdout is not None
        assert writer.stdout.read(7) == b"written"
        assert ends.ours.receive() == [{"say": "first"}]
        assert ends.ours.receive() == []
        assert not ends.ours.closed
        writer.send_signal(signal.SIGKILL)
    assert ends.ours.wait(10.0)
    assert ends.ours.receive() == []
    assert ends.ours.closed


def test_last_words_are_heard_after_the_end(ends: Ends) -> None:
    """What a child said just before it died is received together with its end."""
    ends.write(b'{"say": "end"}\n')
    ends.theirs.close()
    assert ends.ours.receive() == [{"say": "end"}]
    ends.ours.receive()
    assert ends.ours.closed
    assert ends.ours.receive() == []


def test_garbage_says_nothing(ends: Ends) -> None:
    """Lines that are no JSON objects are passed over; those around them are not lost."""
    garbage = [b"nonsense", b"[1]", b"1", b"null", b'"text"', b"", b"\x80\x04\x95", b"\xff\xfe"]
    for line in [*garbage, b"[" * 50_000, b'{"n":' * 20_000, b"1" * 10_000]:
        ends.write(b'{"n": 1}\n' + line + b'\n{"n": 2}\n')
        assert until(ends.ours, 2) == [{"n": 1}, {"n": 2}]


def test_a_flood_is_taken_in_portions_and_loses_nothing(ends: Ends) -> None:
    """A child may say much at once: everything arrives in order, and no call takes for ever."""
    lines = [json.dumps({"n": number, "text": "x" * 200}).encode() for number in range(40_000)]
    thread = threading.Thread(target=_write_all, args=(ends.theirs, b"\n".join(lines) + b"\n"))
    thread.start()
    got = until(ends.ours, len(lines))
    thread.join(10.0)
    assert [document["n"] for document in got] == list(range(len(lines)))
    assert not ends.ours.closed


def test_many_short_documents_are_no_long_one(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a line that does not end is too long, however much comes at once."""
    monkeypatch.setattr(channel, "_LONGEST", 4096)
    ends.write(b'{"n": 1}\n' * 10_000)
    assert len(until(ends.ours, 10_000)) == 10_000
    assert not ends.ours.closed


def _write_all(connection: Connection, text: bytes) -> None:
    view = memoryview(text)
    while view:
        view = view[os.write(connection.fileno(), view) :]


def test_a_line_without_an_end_is_given_up(ends: Ends) -> None:
    """Who sends a megabyte without an end of line is not listened to any more."""
    thread = threading.Thread(target=_write_until_refused, args=(ends.theirs,))
    thread.start()

    def given_up() -> bool:
        assert ends.ours.receive() == []
        return ends.ours.closed

    eventually(given_up, 10.0, "the end of listening")
    ends.ours.close()
    thread.join(10.0)
    assert not thread.is_alive()


def _write_until_refused(connection: Connection) -> None:
    try:
        while True:
            os.write(connection.fileno(), b"x" * 65536)
    except OSError:
        return


def test_sending_to_a_frozen_reader_never_waits(ends: Ends) -> None:
    """The daemon's end refuses what does not fit and has sent only whole documents until then."""
    sent = 0
    while ends.ours.send({"n": sent, "do": "look"}):
        sent += 1
        assert sent < 1_000_000
    child = Channel(ends.theirs, patient=True)
    assert [document["n"] for document in until(child, sent)] == list(range(sent))
    assert ends.ours.send({"n": sent})
    assert until(child, 1) == [{"n": sent}]


def test_a_patient_end_waits_for_room(ends: Ends) -> None:
    """A child's long document is sent whole, however slowly the daemon reads."""
    child = Channel(ends.theirs, patient=True)
    long = {"text": "y" * 900_000}
    thread = threading.Thread(target=child.send, args=(long,))
    thread.start()
    assert until(ends.ours, 1) == [long]
    thread.join(10.0)


def test_both_directions_at_once(ends: Ends) -> None:
    """Each end sends and receives; neither hears its own words."""
    child = Channel(ends.theirs, patient=True)
    assert ends.ours.send({"do": "look"})
    assert child.send({"say": "ready"})
    assert until(child, 1) == [{"do": "look"}]
    assert until(ends.ours, 1) == [{"say": "ready"}]


def test_a_closed_end_is_told_to_both(ends: Ends) -> None:
    """After the other end is gone sending says False, receiving gives nothing, no call raises."""
    child = Channel(ends.theirs, patient=True)
    child.close()
    child.close()
    assert not child.send({"say": "ready"})
    assert child.receive() == []
    assert ends.ours.wait(0)
    assert ends.ours.receive() == []
    assert ends.ours.closed
    assert not ends.ours.send({"do": "look"})


def test_waiting_ends_in_time(ends: Ends) -> None:
    """Waiting for nobody ends after the seconds given, and at once when something comes."""
    assert not ends.ours.wait(0.01)
    assert not ends.ours.wait(0)
    ends.write(b"{")
    assert ends.ours.wait(None)


def test_many_threads_may_send(ends: Ends) -> None:
    """Documents of several threads are never mixed into each other."""
    child = Channel(ends.theirs, patient=True)

    def send(name: int) -> None:
        for number in range(200):
            child.send({"who": name, "n": number, "text": "z" * 300})

    threads = [threading.Thread(target=send, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    got = until(ends.ours, 8 * 200)
    for thread in threads:
        thread.join(10.0)
    for name in range(8):
        assert [one["n"] for one in got if one["who"] == name] == list(range(200))
