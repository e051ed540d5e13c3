"""Does everything hold when anything may die? A hundred blows; bench/chaos.py deals more."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Each blow takes half a second on an idle machine.
SECONDS = 400


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.display
@pytest.mark.timeout(SECONDS + 20)
def test_a_hundred_blows_break_no_promise(tmp_path: Path) -> None:
    """No orphan, no key, no memory is left; the user's key stays down; the daemon is true again."""
    if shutil.which("Xephyr") is None:
        pytest.skip("no Xephyr here (install the package xserver-xephyr)")
    command = [sys.executable, "bench/chaos.py", "--kills", "100", "--seed", "1", "--patience", "4"]
    told = tmp_path / "told"
    with told.open("wb") as output:
        done = subprocess.run(
            command, cwd=ROOT, stdout=output, stderr=output, timeout=SECONDS, check=False
        )
    assert done.returncode == 0, told.read_text()
