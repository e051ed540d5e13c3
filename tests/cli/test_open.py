"""Does `traybot` alone start one daemon, whoever else does so too, and say why it cannot?"""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import traybot

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(os.name != "posix", reason="signals and modes")]


#: What a damaged installation may do.
BROKEN = """
import os, sys
if sys.orig_argv[-1] == "run":
    print("traybot: cannot use the dice", file=sys.stderr, flush=True)
    os._exit(1)
"""


def test_two_starts_at_once_are_one_daemon(home: Path, bare_display: object) -> None:
    """The one that comes second waits for the other's."""
    assert bare_display
    try:
        starts = [
            subprocess.Popen(
                [sys.executable, "-m", "traybot"],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _one in range(2)
        ]
        ends = [(one.communicate(timeout=60), one.returncode) for one in starts]
    finally:
        ended = traybot("quit")
    assert [code for _told, code in ends] == [0, 0], ends
    assert ended.returncode == 0
    assert stat.S_IMODE((home / "state" / "stderr.txt").stat().st_mode) == 0o600


def test_why_it_does_not_start_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the daemon's own last line, with the file that has the rest."""
    (home / "state").mkdir()
    kept = home / "state" / "stderr.txt"
    kept.write_text("older\n", encoding="utf-8")
    kept.chmod(0o644)
    monkeypatch.setenv("PYTHONPATH", str(home))
    (home / "sitecustomize.py").write_text(BROKEN, encoding="utf-8")
    done = traybot()
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "cannot start traybot: cannot use the dice (see " in line
    assert "stderr.txt" in line
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
