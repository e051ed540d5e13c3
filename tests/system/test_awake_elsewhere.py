"""Do Windows and macOS stay awake? Their own calls are replaced."""

import os
from pathlib import Path

import pytest

from tests.desktop import eventually
from tests.running import alive
from traybot.errors import BackendUnavailable
from traybot.system.awake_macos import MacAwake
from traybot.system.awake_windows import WindowsAwake

#: Says what it was called with, and runs until it is ended.
CAFFEINATE = '#!/bin/sh\necho "$@" > "$0.called"\nexec sleep 3600\n'


def test_windows_is_told_by_three_flags() -> None:
    """Continuous, system and display while held; continuous alone gives it back."""
    told: list[int] = []

    def declare(flags: int) -> int:
        told.append(flags)
        return 0x80000000

    awake = WindowsAwake(declare)
    awake.hold("a bot is playing")
    awake.release()
    assert told == [0x80000003, 0x80000000]


def test_windows_refusal_is_said() -> None:
    """A former state of 0 means that the call has failed."""
    with pytest.raises(BackendUnavailable, match="Windows refuses it"):
        WindowsAwake(lambda _: 0).hold("a bot is playing")


def test_macos_has_caffeinate_wait_for_us(tmp_path: Path) -> None:
    """It keeps display and system from idling while our process lives, and is started once."""
    program = tmp_path / "caffeinate"
    program.write_text(CAFFEINATE, encoding="utf-8")
    program.chmod(0o755)
    awake = MacAwake(str(program))
    awake.release()
    awake.hold("a bot is playing")
    called = Path(f"{program}.called")
    eventually(lambda: called.exists() and called.read_text(), 10.0, "its call")
    assert called.read_text(encoding="utf-8") == f"-d -i -w {os.getpid()}\n"
    process = awake._process  # noqa: SLF001  nothing tells its number
    assert process is not None
    awake.hold("a bot is playing")
    assert awake._process is process  # noqa: SLF001  likewise
    awake.release()
    assert not alive(process.pid)


def test_macos_caffeinate_that_ended_is_started_again(tmp_path: Path) -> None:
    """The next look finds it gone."""
    program = tmp_path / "caffeinate"
    program.write_text(CAFFEINATE, encoding="utf-8")
    program.chmod(0o755)
    awake = MacAwake(str(program))
    awake.hold("a bot is playing")
    first = awake._process  # noqa: SLF001  nothing tells its number
    assert first is not None
    first.kill()
    first.wait()
    awake.hold("a bot is playing")
    assert awake._process is not first  # noqa: SLF001  likewise
    awake.release()


def test_macos_without_caffeinate_is_said(tmp_path: Path) -> None:
    """A program that is not there is a reason, not an error."""
    with pytest.raises(BackendUnavailable, match="does not start: No such file"):
        MacAwake(str(tmp_path / "caffeinate")).hold("a bot is playing")
