"""Does the command line hear what the daemon says, and name plainly what went wrong?"""

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.shells.callers import listening
from traybot.errors import NoDaemon, TraybotError
from traybot.shells import client


@contextmanager
def daemon(path: Path, serve: Callable[[socket.socket], None], backlog: int = 8) -> Iterator[None]:
    """A daemon of a few lines: `serve` gets one caller after the other until the block ends."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(backlog)

        def run() -> None:
            while True:
                caller, _ = listener.accept()
                with caller:
                    if not caller.recv(65536):
                        return
                    serve(caller)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            with socket.socket(socket.AF_UNIX) as last:
                last.connect(str(path))
            thread.join(10.0)


def test_an_answer_is_given_as_a_document(tmp_path: Path) -> None:
    """What was asked goes with the protocol's version; what comes back is parsed."""
    with listening(tmp_path / "control") as server:
        answer = client.ask(server.path, {"do": "status", "text": "ü"})
    assert answer["echo"] == {"v": 1, "do": "status", "text": "ü"}


def test_every_line_is_given_until_the_daemon_hangs_up(tmp_path: Path) -> None:
    """Following ends by itself when the daemon is gone."""

    def serve(caller: socket.socket) -> None:
        for number in range(3):
            caller.sendall(json.dumps({"n": number}).encode() + b"\n")

    with daemon(tmp_path / "control", serve):
        lines = list(client.follow(tmp_path / "control", {"do": "follow"}))
    assert [line["n"] for line in lines] == [0, 1, 2]


def wait_for(event: threading.Event) -> None:
    """Say nothing until then."""
    event.wait(10.0)


@pytest.mark.parametrize("there", ["nothing", "a dead daemon's socket", "a plain file", "a folder"])
def test_nobody_there_is_said(tmp_path: Path, there: str) -> None:
    """Whatever lies where the socket should be: without a daemon it is one error with a remedy."""
    path = tmp_path / "control"
    if there == "a dead daemon's socket":
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(path))
    elif there == "a plain file":
        path.write_text("x")
    elif there == "a folder":
        path.mkdir()
    with pytest.raises(NoDaemon, match="not running"):
        client.ask(path, {"do": "status"})


def test_a_daemon_that_hangs_up_is_said(tmp_path: Path) -> None:
    """No answer at all is an error too, another one than "not running"."""
    with (
        daemon(tmp_path / "control", lambda caller: None),
        pytest.raises(TraybotError, match="hung up") as raised,
    ):
        client.ask(tmp_path / "control", {"do": "status"})
    assert not isinstance(raised.value, NoDaemon)


@pytest.mark.parametrize("line", [b"nonsense\n", b"\xff\n", b'{"half": ', b"[]\n", b"7\n"])
def test_an_answer_that_is_no_json_is_said(tmp_path: Path, line: bytes) -> None:
    """Another program's words, or half an answer, are not taken for one."""
    with (
        daemon(tmp_path / "control", lambda caller: caller.sendall(line)),
        pytest.raises(TraybotError, match="cannot understand"),
    ):
        client.ask(tmp_path / "control", {"do": "status"})


def test_a_silent_daemon_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who never answers is not waited for without end."""
    silence = threading.Event()
    with daemon(tmp_path / "control", lambda caller: wait_for(silence)):
        with pytest.raises(TraybotError, match=r"hangs, no answer within 0\.1 s"):
            client.ask(tmp_path / "control", {"do": "status"}, 0.1)
        silence.set()


@pytest.mark.parametrize("how", ["a wish", "a follower"])
def test_a_wish_may_take_long_where_a_question_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """A daemon that hangs is told from one that is at work; at its end that one is heard."""
    monkeypatch.setattr(client, "QUESTION_SECONDS", 1.0)
    path = tmp_path / "control"
    with listening(path) as server:

        def handle(document: dict[str, object], number: int) -> dict[str, object] | None:
            if document["do"] == "status":  # asked when nothing has come for a second
                server.server.answer(server.numbers[0], {"ok": True, "slow": True})
                return {"ok": True, "code": 0}
            server.numbers.append(number)
            return None

        monkeypatch.setattr(server.server, "_handler", handle)
        if how == "a wish":
            assert client.ask(path, {"do": "start"})["slow"]
        else:
            assert next(client.follow(path, {"do": "follow"}))["slow"]


@pytest.mark.parametrize("how", ["a wish", "a follower"])
def test_a_daemon_that_hangs_is_given_up_by_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Long before the slowest start would be over."""
    monkeypatch.setattr(client, "QUESTION_SECONDS", 0.1)
    path = tmp_path / "control"
    with socket.socket(socket.AF_UNIX) as frozen:
        frozen.bind(str(path))
        frozen.listen(8)
        with pytest.raises(TraybotError, match="hangs, no answer") as raised:
            client.ask(path, {"do": "start"}) if how == "a wish" else next(
                client.follow(path, {"do": "follow"})
            )
    assert "by force" in raised.value.remedy


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="a folder has one owner there")
@pytest.mark.parametrize("fault", ["a link", "open to others", "another user's"])
def test_nothing_is_said_in_a_folder_that_others_can_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Whoever made it may listen there in the daemon's place."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    with listening(folder / "control") as server:
        if fault == "a link":
            (tmp_path / "link").symlink_to(folder)
            folder = tmp_path / "link"
        elif fault == "open to others":
            folder.chmod(0o777)
        else:
            user = os.getuid() + 1
            monkeypatch.setattr(os, "getuid", lambda: user)
        with pytest.raises(TraybotError, match=r"cannot use .*(somebody else|others may write)"):
            client.ask(folder / "control", {"do": "status"})
        assert not server.heard


@pytest.mark.skipif(not hasattr(socket, "SO_PEERCRED"), reason="the kernel does not tell")
def test_another_users_daemon_is_told_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel says who listens, whoever owns the folder."""
    path = tmp_path / "control"
    with listening(path) as server:
        user = os.getuid() + 1
        monkeypatch.setattr(os, "getuid", lambda: user)
        monkeypatch.setattr(client, "check_ours", lambda _folder: None)
        with pytest.raises(TraybotError, match="another user's"):
            client.ask(path, {"do": "status"})
        assert not server.heard


def test_a_full_queue_of_callers_is_no_missing_daemon(tmp_path: Path) -> None:
    """Where many ask at once one waits for one's turn instead of hearing "not running"."""
    path, turn = tmp_path / "control", threading.Event()

    def serve(caller: socket.socket) -> None:
        turn.wait(10.0)
        caller.sendall(b'{"ok": true}\n')

    answers: list[object] = []

    def ask() -> None:
        answers.append(client.ask(path, {"do": "status"}))

    with daemon(path, serve, backlog=0):
        threads = [threading.Thread(target=ask) for _ in range(12)]
        for thread in threads:
            thread.start()
        turn.set()
        for thread in threads:
            thread.join(10.0)
    assert answers == [{"ok": True}] * 12
