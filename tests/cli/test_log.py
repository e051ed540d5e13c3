"""Is the log shown, and followed?"""

import subprocess
import sys
from pathlib import Path

import pytest

from traybot.cli import main


@pytest.fixture
def path(home: Path) -> Path:
    """A log of a hundred lines."""
    path = home / "state" / "traybot.log"
    path.parent.mkdir()
    path.write_text("".join(f"line {n}\n" for n in range(100)), encoding="utf-8")
    return path


def test_the_last_lines_are_shown(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As many as asked for, the newest last."""
    assert path.exists()
    assert main(["log", "-n", "2"]) == 0
    assert capsys.readouterr().out == "line 98\nline 99\n"
    assert main(["log"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 40


def test_no_log_yet_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With what makes one."""
    assert home.exists()
    assert main(["log"]) == 1
    assert "(it is there once traybot has run)" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="an open file keeps its name there")
def test_a_log_is_followed_across_its_rotation(path: Path) -> None:
    """Nothing that is written before or after it is lost."""
    follower = subprocess.Popen(
        [sys.executable, "-m", "traybot", "log", "-f", "-n", "1"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert follower.stdout is not None
        assert follower.stdout.readline() == "line 99\n"
        with path.open("a", encoding="utf-8") as file:
            file.write("old\n")
        assert follower.stdout.readline() == "old\n"
        path.rename(path.with_suffix(".1"))
        path.write_text("new\n", encoding="utf-8")
        assert follower.stdout.readline() == "new\n"
    finally:
        follower.kill()
        follower.communicate()
