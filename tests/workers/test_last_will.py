"""Does a deathwatch spare the hands that lives when the daemon is gone, whichever that is?"""

import multiprocessing
import os
from types import SimpleNamespace
from typing import Any, cast

import pytest

from traybot.shells.memory import Memory
from traybot.system import choose
from traybot.workers import last_will

MARK = "last-will"


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The marks of processes that were ended."""
    marks: list[str] = []
    monkeypatch.setattr(choose, "processes", lambda: SimpleNamespace(end_marked=marks.append))
    monkeypatch.setattr(last_will, "release_without_hands", lambda *_: 0)
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
    assert swept == [MARK]
