"""Does the demo end in order when nobody listens to it any more?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from traybot.cli import main

pytestmark = [pytest.mark.e2e, pytest.mark.display]


def test_a_demo_whose_listener_has_gone_ends(desktop: object, tmp_path: Path) -> None:
    """As by `| head -1`: daemon, game and screen are ended kindly, not a word is lost on it."""
    assert desktop
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    demo = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "traybot",
            "demo",
            "--no-display",
            "--json",
            "--seconds",
            "1000000s",
        ],
        cwd=tmp_path,
        env=kept,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert demo.stdout is not None
    assert demo.stderr is not None
    assert demo.stdout.readline()
    demo.stdout.close()
    told = demo.stderr.read()
    assert (demo.wait(60.0), told) == (141, "")
    demo.stderr.close()
    assert list(tmp_path.iterdir()) == []


def test_a_bench_without_a_screen_names_the_way_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, and no other library's error."""
    monkeypatch.delenv("DISPLAY", raising=False)
    assert main(["bench"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "--no-display" in line
