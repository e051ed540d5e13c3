"""Is every caller of the control socket answered, at once or later, and nobody else let in?"""

import errno
import json
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.desktop import eventually
from tests.shells.callers import Listening, line_of, listening, read_all
from traybot.system.calling import Connection
from traybot.system.unix_socket import UnixListener


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Listening]:
    """A server that answers."""
    with listening(tmp_path / "control") as server:
        yield server


def test_a_request_is_answered_with_one_line(server: Listening) -> None:
    """One line in, one line out, then the server hangs up."""
    answer = server.say(line_of({"do": "status", "text": "ü"}))
    assert answer.endswith(b"\n")
    assert answer.count(b"\n") == 1
    assert json.loads(answer) == {"ok": True, "echo": {"v": 1, "do": "status", "text": "ü"}}


def test_a_request_may_come_in_pieces(server: Listening) -> None:
    """A line is a request when its end has come, not before."""
    with server.caller() as connection:
        for byte in line_of({"do": "status"}):
            connection.sendall(bytes([byte]))
        assert json.loads(read_all(connection))["ok"]
    assert len(server.heard) == 1


def test_an_answer_may_come_later(server: Listening) -> None:
    """Whoever waits is answered under the right number, in whatever order, from any thread."""
    with server.caller() as first, server.caller() as second:
        first.sendall(line_of({"do": "later", "who": 1}))
        second.sendall(line_of({"do": "later", "who": 2}))
        eventually(lambda: len(server.heard) == 2, what="both requests")
        numbers = {
            document["who"]: number
            for document, number in zip(server.heard, server.numbers, strict=True)
        }
        assert numbers[1] != numbers[2]
        for who in (2, 1):
            server.server.answer(numbers[who], {"ok": True, "for": who})
        assert json.loads(read_all(first)) == {"ok": True, "for": 1}
        assert json.loads(read_all(second)) == {"ok": True, "for": 2}


def test_a_follower_hears_every_line_in_order(server: Listening) -> None:
    """What many threads tell a follower comes whole, and each thread's lines in their order."""

    def tell(name: int) -> None:
        for number in range(200):
            server.server.answer(server.numbers[0], {"who": name, "n": number}, more=True)

    with server.caller() as follower:
        follower.sendall(line_of({"do": "follow"}))
        eventually(lambda: server.numbers, what="the request")
        threads = [threading.Thread(target=tell, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        with follower.makefile("rb") as lines:
            got = [json.loads(lines.readline()) for _ in range(800)]
        for thread in threads:
            thread.join()
    for name in range(4):
        assert [one["n"] for one in got if one["who"] == name] == list(range(200))


def test_an_answer_for_nobody_is_dropped(server: Listening) -> None:
    """Whoever hung up, or never was, costs nothing."""
    with server.caller() as connection:
        connection.sendall(line_of({"do": "later"}))
        eventually(lambda: server.numbers, what="the request")
    for number in (server.numbers[0], 4711, -1):
        server.server.answer(number, {"ok": True})
    assert server.ask(do="status")["ok"]


def test_the_socket_is_its_owners_only(server: Listening) -> None:
    """Mode 0600 from the first moment on, whatever the umask."""
    mode = server.path.stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_a_dead_daemons_socket_is_replaced(tmp_path: Path) -> None:
    """A socket file that nobody listens on does not keep a new daemon from listening."""
    path = tmp_path / "control"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    assert path.exists()
    with listening(path) as server:
        assert server.ask(do="status")["ok"]


def test_the_end_sends_off_what_waits_and_leaves_no_file(tmp_path: Path) -> None:
    """A stop answers what was answered just before, hangs up on all, and may come twice."""
    with listening(tmp_path / "control") as server:
        with server.caller() as waiting, server.caller() as idle:
            waiting.sendall(line_of({"do": "later"}))
            eventually(lambda: server.numbers, what="the request")
            server.server.answer(server.numbers[0], {"ok": True, "text": "bye"})
            server.server.stop()
            server.server.stop()
            assert json.loads(read_all(waiting))["text"] == "bye"
            assert read_all(idle) == b""
        assert not server.path.exists()
        server.server.answer(1, {"ok": True})


def test_a_server_that_never_started_can_be_stopped(tmp_path: Path) -> None:
    """A daemon that fails while it is put together leaves neither socket nor thread."""
    from traybot.shells.control import ControlServer

    server = ControlServer(tmp_path / "control", lambda document, number: None)
    server.stop()
    assert not (tmp_path / "control").exists()


def test_answers_for_an_ended_server_hold_nobody_up(tmp_path: Path) -> None:
    """The engine may go on telling followers that are gone: no call waits."""
    with listening(tmp_path / "control") as server:
        server.server.stop()
        for number in range(5000):
            server.server.answer(number, {"event": "late"}, more=True)


class Stumbling:
    """A listener that fails twice, in a way that nobody has foreseen."""

    def __init__(self, path: Path) -> None:
        self._listener = UnixListener(path)
        self.failures = 2

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever a listener has
        return getattr(self._listener, name)

    def wait(self, seconds: float | None) -> list[Connection]:
        """Fail, then wait."""
        if self.failures:
            self.failures -= 1
            raise KeyError("odd")
        return self._listener.wait(seconds)


def test_a_failure_does_not_end_the_thread_that_hears_every_stop(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged, and the next caller is answered."""
    listener = Stumbling(tmp_path / "control")
    with listening(tmp_path / "control", cast("Any", listener)) as server:
        assert server.ask(v=1, do="status")["ok"]
    assert listener.failures == 0
    assert "goes on" in caplog.text


def test_without_room_for_a_caller_nothing_spins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who knocks stays readable: each time nobody can be let in there is a rest."""
    rests: list[float] = []
    monkeypatch.setattr("traybot.system.unix_socket.time.sleep", rests.append)
    with closing(UnixListener(tmp_path / "control")) as listener:
        full = SimpleNamespace(accept=_no_more_files)
        monkeypatch.setattr(listener, "_listener", full)
        assert listener._accept() == []  # noqa: SLF001  descriptors are not used up for a test
        monkeypatch.undo()
    assert rests
    assert max(rests) < 1.0


def _no_more_files() -> None:
    raise OSError(errno.EMFILE, "too many open files")
