"""Does every way to call the daemon keep the contracts of `system.calling`?

The Unix socket is real; Windows' pipe runs against a stand-in for the system's calls.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.desktop import eventually
from tests.system.fake_pipes import FakePipes, Machine
from traybot.errors import NoDaemon
from traybot.shells import client, control
from traybot.shells.control import ControlServer
from traybot.system import choose
from traybot.system.calling import ClientConnection, Connection, Listener
from traybot.system.unix_socket import UnixClient, UnixListener
from traybot.system.windows_pipe import PipeListener
from traybot.system.windows_pipe_client import PipeClient

#: Generous: the machine may be busy with other work.
SECONDS = 10.0
ME = "S-1-5-21-1-2-3-1001"


@dataclass(frozen=True)
class Way:
    """One way to call and to be called."""

    listen: Callable[[Path], Listener]
    connect: Callable[[Path, float], ClientConnection]


@pytest.fixture(params=["unix socket", "named pipe"])
def way(request: pytest.FixtureRequest) -> Way:
    """Every way there is."""
    if request.param == "unix socket":
        return Way(UnixListener, UnixClient)
    calls = FakePipes(Machine(), os.getpid(), ME)
    return Way(partial(PipeListener, calls=calls), partial(PipeClient, calls=calls))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where callers look."""
    return tmp_path / "control"


@pytest.fixture
def listener(way: Way, path: Path) -> Iterator[Listener]:
    """Somebody who listens."""
    with closing(way.listen(path)) as listener:
        yield listener


@pytest.fixture
def caller(way: Way, listener: Listener, path: Path) -> Iterator[ClientConnection]:
    """Somebody who has called."""
    with closing(way.connect(path, SECONDS)) as caller:
        yield caller


def welcome(listener: Listener) -> Connection:
    """Wait for a caller."""
    (connection,) = listener.wait(SECONDS)
    return connection


def heard(listener: Listener, connection: Connection, size: int) -> bytes:
    """Wait until so much has come."""
    come = connection.receive()
    while len(come) < size and not connection.closed:
        assert listener.wait(SECONDS), "nothing more came"
        come += connection.receive()
    return come


def read(caller: ClientConnection, size: int) -> bytes:
    """Read so much, or to the end."""
    come = b""
    while len(come) < size and (chunk := caller.receive(SECONDS)):
        come += chunk
    return come


def test_words_go_both_ways(listener: Listener, caller: ClientConnection) -> None:
    """What one sends the other gets, whole and in order, again and again."""
    connection = welcome(listener)
    for text in (b"one\n", b"two\n", b"x" * 200_000):
        thread = threading.Thread(target=caller.send, args=(text,))
        thread.start()
        assert heard(listener, connection, len(text)) == text
        thread.join()
        connection.send(text[:100])
        assert read(caller, len(text[:100])) == text[:100]
    connection.close()


def test_what_was_said_before_hanging_up_is_heard(
    listener: Listener, caller: ClientConnection
) -> None:
    """An answer is not lost because its sender has gone; then comes the end."""
    connection = welcome(listener)
    connection.send(b"bye\n")
    while connection.unsent:
        assert listener.wait(SECONDS), "the system took it and never said so"
    connection.close()
    connection.close()
    assert connection.closed
    assert read(caller, 100) == b"bye\n"
    assert caller.receive(SECONDS) == b""


def test_a_caller_that_hangs_up_is_noticed(listener: Listener, caller: ClientConnection) -> None:
    """Its last words come first; sending to it afterwards does no harm."""
    connection = welcome(listener)
    caller.send(b"last\n")
    caller.close()
    caller.close()
    come = connection.receive()
    while not connection.closed:
        assert listener.wait(SECONDS)
        come += connection.receive()
    assert come == b"last\n"
    connection.send(b"too late\n")
    assert connection.receive() == b""
    connection.close()


def test_who_does_not_read_holds_nobody_up(listener: Listener, caller: ClientConnection) -> None:
    """What does not fit is counted, sent as there is room, and the listener tells when it went."""
    connection = welcome(listener)
    sent = b"".join(b"%7d\n" % number for number in range(100_000))
    connection.send(sent)
    assert connection.unsent > 0
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(read(caller, len(sent))))
    reader.start()
    while connection.unsent:
        assert connection in listener.wait(SECONDS)
        connection.receive()
    reader.join()
    assert got == [sent]
    connection.close()


def test_a_wait_ends_in_time_or_when_woken(listener: Listener) -> None:
    """Without news it gives none; a wake-up counts though it came before the wait."""
    assert listener.wait(0.01) == []
    listener.wake()
    assert listener.wait(None) == []
    thread = threading.Thread(target=listener.wake)
    thread.start()
    assert listener.wait(None) == []
    thread.join()


def test_many_call_at_once(way: Way, listener: Listener, path: Path) -> None:
    """Nobody is lost, and each is told apart."""
    with ExitStack() as crowd:

        def call(first: int) -> None:
            for number in range(first, first + 10):
                caller = crowd.enter_context(closing(way.connect(path, SECONDS)))
                caller.send(b"%d\n" % number)

        with ThreadPoolExecutor(8) as pool:
            calls = [pool.submit(call, 10 * number) for number in range(8)]
            said: dict[Connection, bytes] = {}
            while len(said) < 80 or not all(said.values()):
                for connection in listener.wait(SECONDS):
                    said[connection] = said.get(connection, b"") + connection.receive()
            for done in calls:
                done.result(SECONDS)
        assert sorted(map(int, said.values())) == list(range(80))
        for connection in said:
            connection.close()


def test_silence_has_a_limit(listener: Listener, caller: ClientConnection) -> None:
    """A caller that hears nothing gives up in time, and may listen again."""
    connection = welcome(listener)
    with pytest.raises(TimeoutError):
        caller.receive(0.01)
    connection.send(b"now\n")
    assert read(caller, 4) == b"now\n"
    connection.close()


@pytest.mark.parametrize("there", ["nothing", "a plain file", "a folder", "an ended listener"])
def test_nobody_there_is_said(way: Way, path: Path, there: str) -> None:
    """Whatever lies there: without a listener it is an error of the system's."""
    if there == "a plain file":
        path.write_bytes(b"\xff")
    elif there == "a folder":
        path.mkdir()
    elif there == "an ended listener":
        listener = way.listen(path)
        left = path.with_name("left")
        os.link(path, left)
        listener.close()
        left.rename(path)
    refused = (FileNotFoundError, ConnectionRefusedError, IsADirectoryError)
    with pytest.raises(refused):
        way.connect(path, SECONDS)


def test_a_dead_daemons_leavings_are_replaced(way: Way, path: Path) -> None:
    """Whoever holds the instance lock takes the place of a file that lies there."""
    path.write_text("left")
    with closing(way.listen(path)) as listener:
        with closing(way.connect(path, SECONDS)):
            welcome(listener).close()
        assert path.stat().st_mode & 0o177 == 0
    assert not path.exists()


def test_the_end_hangs_up_on_all(way: Way, path: Path) -> None:
    """Those who are served, those who were not yet; a second end and a late wake-up do nothing."""
    listener = way.listen(path)
    with closing(way.connect(path, SECONDS)) as served:
        connection = welcome(listener)
        with closing(way.connect(path, SECONDS)) as waiting:
            connection.close()
            listener.close()
            listener.close()
            listener.wake()
            assert served.receive(SECONDS) == b""
            with suppress(ConnectionError):
                assert waiting.receive(SECONDS) == b""
    assert not path.exists()


def test_the_daemon_can_be_asked_by_it(
    way: Way, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Server and client speak the protocol over it: answers, refusals, followers, the end."""
    monkeypatch.setattr(choose, "connect", way.connect)
    numbers: list[int] = []

    def handle(document: control.Document, number: int) -> control.Document | None:
        numbers.append(number)
        return None if document["do"] == "follow" else {"ok": True, "echo": document}

    server = ControlServer(path, handle, way.listen(path))
    server.start()
    assert client.ask(path, {"do": "status"})["echo"] == {"v": 1, "do": "status"}
    lines: list[object] = []
    follower = threading.Thread(target=lambda: lines.extend(client.follow(path, {"do": "follow"})))
    follower.start()
    eventually(lambda: len(numbers) == 2, SECONDS, "the follower")
    for number in range(3):
        server.answer(numbers[1], {"n": number}, more=True)
    eventually(lambda: len(lines) == 3, SECONDS, "the lines")
    with closing(way.connect(path, SECONDS)) as rude:
        rude.send(b"nonsense\n")
        assert json.loads(read(rude, 1 << 16))["code"] == 2
    server.stop()
    follower.join(SECONDS)
    assert lines == [{"n": 0}, {"n": 1}, {"n": 2}]
    with pytest.raises(NoDaemon):
        client.ask(path, {"do": "status"})
