"""Does a shell that reads our script know our words?"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from traybot.cli import main

ASK = """
eval "$(traybot completion bash)"
COMP_WORDS=(traybot %s); COMP_CWORD=%d; _traybot; echo "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["st"], "start stop status"),
        (["status", "--f"], "--follow"),
        (["config", "s"], "show set"),
        (["run", "kou"], "koules"),
    ],
)
def test_bash_offers_what_fits(home: Path, typed: list[str], offered: str) -> None:
    """Commands, options, kinds, and the names of the bots there are."""
    (home / "bots" / "koules").mkdir(parents=True)
    (home / "bots" / "koules" / "bot.toml").touch()
    program = home / "traybot"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m traybot "$@"\n')
    program.chmod(0o700)
    script = ASK % (" ".join(typed), len(typed))
    path = f"{home}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert sorted(done.stdout.split()) == sorted(offered.split())


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_scripts_of_other_shells_name_every_command(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the shell itself is at hand it also reads its script without a complaint."""
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in ("start", "config", "follow", "bots --names"))
    if shutil.which(shell):
        subprocess.run([shell, "-n", "-c", script], check=True)
