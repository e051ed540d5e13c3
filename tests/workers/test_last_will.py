"""Does a deathwatch spare the hands that lives when the daemon is gone, whichever that is?"""

import multiprocessing
import os
import subprocess
import sys
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from traybot.shells.memory import Memory
from traybot.system import choose
from traybot.workers import last_will

MARK = "last-will"
LEAVES_SECONDS = 0.05


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The marks of processes that were ended."""
    marks: list[str] = []
    monkeypatch.setattr(choose, "processes", lambda: SimpleNamespace(end_marked=marks.append))
    monkeypatch.setattr(last_will, "release_without_hands", lambda *_: 0)
    monkeypatch.setattr(last_will, "_LEAVES_SECONDS", LEAVES_SECONDS)
    return marks


@pytest.mark.anywhere
def test_a_hands_that_was_replaced_is_not_ended(swept: list[str]) -> None:
    """It is the present one that counts: it lets go itself; without any we sweep."""
    memory = Memory(multiprocessing.get_context("spawn"))
    will = last_will.last_will(cast("Any", SimpleNamespace(memory=memory, token=MARK)))
    memory.hands_pid.value = os.getpid()
    will()
    assert swept == []
    memory.hands_pid.value = 0
    will()
    assert set(swept) == {MARK}


@pytest.mark.anywhere
def test_a_hands_that_is_dying_is_waited_for(
    swept: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed together with the daemon it is there a moment longer; then it is we who sweep."""
    monkeypatch.setattr(last_will, "_LEAVES_SECONDS", 60.0)
    memory = Memory(multiprocessing.get_context("spawn"))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as hands:
        memory.hands_pid.value = hands.pid
        will = last_will.last_will(cast("Any", SimpleNamespace(memory=memory, token=MARK)))
        waits = threading.Thread(target=will)
        waits.start()
        assert swept == []
        hands.kill()
        waits.join(30.0)
    assert set(swept) == {MARK}
