"""Is a start repeated when the server that forks it is dead, and only then?"""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from traybot.shells.births import NotWanted, start_process


class _Process:
    """Starts only if its server lives."""

    def __init__(self, server: list[str]) -> None:
        self.server = server

    def start(self) -> None:
        if self.server[-1] != "alive":
            raise ConnectionRefusedError(self.server[-1])


def _restart(server: list[str], becomes: str) -> Callable[[], None]:
    return lambda: server.append(becomes)


def test_a_start_on_a_dead_server_is_repeated_on_a_new_one() -> None:
    """The caller gets a process, and the server was restarted once."""
    server = ["dead"]
    process: Any = start_process(lambda: _Process(server), _restart(server, "alive"), lambda: True)
    assert process.server == ["dead", "alive"]


def test_a_start_that_nobody_wants_any_more_is_not_repeated() -> None:
    """A stop came meanwhile: the failure is told, the server is made anew all the same."""
    server = ["dead"]
    wanted = iter([True, False])
    with pytest.raises(ConnectionRefusedError):
        start_process(lambda: _Process(server), _restart(server, "alive"), lambda: next(wanted))
    assert server == ["dead", "alive"]


def test_a_start_that_was_taken_back_is_not_begun() -> None:
    """A stop came before its turn: nobody is born only to be killed."""
    server = ["alive"]
    with pytest.raises(NotWanted):
        start_process(lambda: _Process(server), _restart(server, "new"), lambda: False)
    assert server == ["alive"]


def test_a_second_failure_is_told() -> None:
    """There is no third try; the next start has a new server again."""
    server = ["dead"]
    with pytest.raises(ConnectionRefusedError):
        start_process(lambda: _Process(server), _restart(server, "dead"), lambda: True)
    assert server == ["dead"] * 3


def test_blocked_signals_stay_blocked() -> None:
    """A start that fails twice leaves the thread's signal mask as it was."""
    if os.name == "nt":
        pytest.skip("no signal masks there")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    server = ["dead"]
    with pytest.raises(ConnectionRefusedError):
        start_process(lambda: _Process(server), _restart(server, "dead"), lambda: True)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
