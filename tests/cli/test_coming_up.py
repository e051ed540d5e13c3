"""Is a daemon that is on its way up waited for, and one that is not there reported at once?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from traybot.cli import talk
from traybot.errors import NoDaemon
from traybot.shells import client
from traybot.shells.instance import InstanceLock
from traybot.shells.paths import Paths, find_paths


class Silent:
    """A daemon that does not listen the first times that it is asked."""

    def __init__(self, times: int) -> None:
        self.left = times

    def ask(self, _path: Path, document: dict[str, Any], _patience: float) -> dict[str, Any]:
        """Answer, or not yet."""
        assert document == {"do": "stop"}
        self.left -= 1
        if self.left >= 0:
            raise NoDaemon("cannot reach traybot: it is not running")
        return {"ok": True, "code": 0}


@pytest.fixture
def paths(home: Path) -> Paths:
    """Where a daemon would be."""
    paths = find_paths()
    assert home in paths.settings.parents
    paths.prepare()
    return paths


@pytest.fixture
def lock(paths: Paths) -> Iterator[InstanceLock]:
    """A daemon that has begun: it holds its lock."""
    lock = InstanceLock(paths.lock)
    yield lock
    lock.release()


@pytest.mark.usefixtures("lock")
def test_a_daemon_that_comes_up_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who holds the lock will listen in a moment."""
    silent = Silent(3)
    monkeypatch.setattr(client, "ask", silent.ask)
    assert talk.wish("stop") == 0
    assert silent.left == -1


@pytest.mark.usefixtures("lock")
def test_a_daemon_that_never_listens_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for, but not for ever."""
    monkeypatch.setattr(talk, "_UP_SECONDS", 0.2)
    monkeypatch.setattr(client, "ask", Silent(1000).ask)
    with pytest.raises(NoDaemon):
        talk.wish("stop")


@pytest.mark.usefixtures("paths")
def test_nobody_is_waited_for_without_a_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no daemon has begun the answer is there at the first try."""
    silent = Silent(1)
    monkeypatch.setattr(client, "ask", silent.ask)
    with pytest.raises(NoDaemon):
        talk.wish("stop")
    assert silent.left == 0
