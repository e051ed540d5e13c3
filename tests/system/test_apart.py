"""Is a program that must outlive us started in a way that the system permits?"""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from traybot.system.apart import OWN_SESSION, start_apart, windows_ways

BREAKAWAY = 0x0100_0000


@pytest.mark.anywhere
def test_it_leaves_our_job_if_that_lets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the job refuses, it is started inside; any other refusal is the caller's."""
    tried: list[int] = []

    def popen(command: object, *, creationflags: int) -> str:
        tried.append(creationflags)
        if creationflags & BREAKAWAY:
            raise PermissionError(5, "Access is denied")
        return "started"

    monkeypatch.setattr(subprocess, "Popen", popen)
    started: object = start_apart(["game.exe"], windows_ways(console=True))
    assert started == "started"
    assert [bool(flags & BREAKAWAY) for flags in tried] == [True, False]

    def broken(command: object, **way: Mapping[str, Any]) -> None:
        raise FileNotFoundError(2, "No such file")

    monkeypatch.setattr(subprocess, "Popen", broken)
    with pytest.raises(FileNotFoundError):
        start_apart(["game.exe"], windows_ways(console=False))


@pytest.mark.anywhere
def test_no_console_is_seen_unless_it_is_wanted() -> None:
    """The daemon has a hidden one, a program of the user's has its own."""
    hidden, shown = windows_ways(console=False), windows_ways(console=True)
    assert all(way["creationflags"] & 0x0800_0000 for way in hidden)
    assert all(way["creationflags"] & 0x10 for way in shown)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no sessions")
def test_on_posix_it_leads_a_session() -> None:
    """What ends our session, such as a closed terminal, does not end it."""
    code = "import os; print(os.getsid(0) == os.getpid())"
    with start_apart(
        [sys.executable, "-c", code], OWN_SESSION, stdout=subprocess.PIPE, env=dict(os.environ)
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read().strip() == b"True"
