"""Can a broken or hostile caller harm anything but its own connection?"""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desktop import eventually
from tests.shells.callers import Listening, line_of, listening, read_all
from traybot.shells import control


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Listening]:
    """A server that answers."""
    with listening(tmp_path / "control") as server:
        yield server


NONSENSE = {
    "no JSON": b"nonsense\n",
    "an empty line": b"\n",
    "a pickle": b"\x80\x04\x95\x1c\n",
    "no UTF-8": b"\xff\xfe\x00\n",
    "a list": b"[]\n",
    "a number": b"1\n",
    "too deep": b"[" * 60_000 + b"\n",
    "a huge number": b'{"v": ' + b"9" * 5000 + b"}\n",
    "no version": b'{"do": "status"}\n',
    "another version": b'{"v": 2, "do": "status"}\n',
    "a version of another kind": b'{"v": "1", "do": "status"}\n',
}


@pytest.mark.parametrize("what", NONSENSE)
def test_nonsense_is_answered(server: Listening, what: str) -> None:
    """One line says what is wrong; the handler never sees it; the next caller is served."""
    answer = json.loads(server.say(NONSENSE[what]))
    assert (answer["ok"], answer["code"]) == (False, 2)
    assert answer["text"].startswith("cannot obey")
    assert server.heard == []
    assert server.ask(do="status")["ok"]


def test_a_line_of_ten_megabytes_is_refused(server: Listening) -> None:
    """It is not kept: after the longest line allowed the caller is told so and sent away."""
    answer = json.loads(server.say(b'{"v": 1, "do": "' + b"x" * 10_000_000 + b'"}\n'))
    assert "longer than" in answer["text"]
    assert server.ask(do="status")["ok"]


def test_the_longest_line_allowed_is_served(server: Listening) -> None:
    """The limit is where it is said to be."""
    line = line_of({"do": "status", "text": ""})
    padding = "x" * (control.LONGEST_LINE - len(line))
    assert server.ask(do="status", text=padding)["ok"]


def test_half_a_line_holds_nobody_up(server: Listening) -> None:
    """Who begins a request and hangs waits alone."""
    with server.caller() as hanging:
        hanging.sendall(b'{"v": 1, "do"')
        for _ in range(20):
            assert server.ask(do="status")["ok"]


def test_a_failing_handler_fails_one_caller(server: Listening) -> None:
    """Its caller is told that it went wrong; the socket goes on answering."""
    answer = server.ask(do="fail")
    assert (answer["ok"], answer["code"]) == (False, 1)
    assert server.ask(do="status")["ok"]


def test_idle_connections_do_not_shut_out_others(server: Listening) -> None:
    """With 200 connections open that say nothing everybody else is answered."""
    with ExitStack() as idle:
        for _ in range(200):
            idle.enter_context(server.caller())
        for _ in range(20):
            assert server.ask(do="status")["ok"]


def test_idle_connections_cost_no_one_who_waits(server: Listening) -> None:
    """Who waits for an answer, or follows, is not sent away to make room for the idle."""
    with server.caller() as waiting, ExitStack() as idle:
        waiting.sendall(line_of({"do": "later"}))
        eventually(lambda: server.numbers, what="the request")
        for _ in range(200):
            idle.enter_context(server.caller())
        assert server.ask(do="status")["ok"]
        server.server.answer(server.numbers[0], {"ok": True, "text": "at last"})
        assert json.loads(read_all(waiting))["text"] == "at last"


def test_the_silent_are_sent_away(server: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who connects and says nothing for long, or only half a line, is hung up on."""
    monkeypatch.setattr(control, "_SILENT_SECONDS", 0.05)
    with server.caller() as silent, server.caller() as half:
        half.sendall(b'{"v": 1')
        assert read_all(silent) == b""
        assert read_all(half) == b""


def test_a_follower_that_does_not_read_is_sent_away(server: Listening) -> None:
    """What waits for it is bounded; meanwhile and afterwards everybody else is served."""
    with server.caller() as deaf:
        deaf.sendall(line_of({"do": "follow"}))
        eventually(lambda: server.numbers, what="the request")
        for number in range(3000):
            server.server.answer(server.numbers[0], {"n": number, "text": "x" * 1000}, more=True)
        assert server.ask(do="status")["ok"]
        lines = read_all(deaf).splitlines()
    assert 0 < len(lines) < 3000, "cut off, not served to the end"
    whole = [json.loads(line)["n"] for line in lines[:-1]]
    assert whole == list(range(len(whole)))


def test_a_burst_of_callers_is_served_whole(server: Listening) -> None:
    """Fifty at once is no attack: each gets its answer."""
    with ExitStack() as crowd:
        callers = [crowd.enter_context(server.caller()) for _ in range(50)]
        for caller in callers:
            caller.sendall(line_of({"do": "status"}))
        assert all(json.loads(read_all(caller))["ok"] for caller in callers)


def test_who_hangs_up_at_once_is_no_harm(server: Listening) -> None:
    """Callers that ask and do not stay for the answer disturb nobody."""
    for _ in range(100):
        with server.caller() as rude:
            rude.sendall(line_of({"do": "status", "text": "x" * 10_000}))
            rude.shutdown(socket.SHUT_RDWR)
    assert server.ask(do="status")["ok"]


KEYS = st.sampled_from(["v", "do", "bot", "n"]) | st.text(max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
LINES = (
    st.binary(max_size=200)
    | st.dictionaries(KEYS, VALUES, max_size=4).map(lambda one: json.dumps(one).encode())
    | st.dictionaries(KEYS, VALUES, max_size=4).map(
        lambda one: json.dumps({**one, "v": 1}).encode()
    )
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=LINES)
def test_whatever_is_said_is_answered_or_hung_up_on(server: Listening, line: bytes) -> None:
    """Any line gets one document or the end of the connection, and the next caller is served."""
    with server.caller() as connection:
        connection.sendall(line.replace(b"\n", b" ") + b"\n")
        connection.shutdown(socket.SHUT_WR)
        answer = read_all(connection)
    if answer:
        assert isinstance(json.loads(answer), dict)
    assert server.ask(do="status")["ok"]
