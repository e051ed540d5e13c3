"""Does hands find a screen that comes late?"""

import multiprocessing

import pytest

from traybot.errors import BackendUnavailable
from traybot.shells.memory import Memory
from traybot.system import choose
from traybot.system.recorded_input import RecordingInjector
from traybot.workers import way
from traybot.workers.way import Way


@pytest.mark.anywhere
def test_a_screen_that_was_not_there_at_the_start_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked for again, and that it is there is told."""
    told: list[str] = []

    def none(*_: object) -> None:
        raise BackendUnavailable("no screen", "")

    monkeypatch.setattr(choose, "injector", none)
    monkeypatch.setattr(choose, "windows", none)
    monkeypatch.setattr(way, "_FIRST_SECONDS", 0.0)
    found = Way(Memory(multiprocessing.get_context("spawn")), told.append)
    assert not found.open()
    assert found.seconds_left() == 0.0
    monkeypatch.setattr(choose, "injector", RecordingInjector)
    found.tend()
    assert found.injector is not None
    assert [bool(why) for why in told] == [True, False]
