"""Does a command that only asks load next to nothing? Somebody types it and waits."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

#: Loaded by none of its files unless it is needed: these alone took longer than all the rest.
HEAVY = {
    *("PIL", "cv2", "numpy", "psutil", "pystray", "tomlkit"),
    *("asyncio", "dataclasses", "difflib", "hashlib", "inspect", "logging", "multiprocessing"),
    *("secrets", "subprocess", "tempfile", "traybot.core.options", "traybot.system.base"),
}
SCRIPT = """
import sys
before = set(sys.modules)
from traybot.cli import main
code = main(sys.argv[1:])
print(code, *sorted(set(sys.modules) - before), file=sys.stderr)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short name, as a person's: a long one is shortened by a hash."""
    with tempfile.TemporaryDirectory(prefix="tb-") as folder:
        yield Path(folder)


def loaded(home: Path, *words: str) -> tuple[int, set[str]]:
    """Run a command; give its exit code, and which modules an interpreter does not have anyway."""
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words],
        env={**os.environ, "TRAYBOT_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    code, *modules = run.stderr.splitlines()[-1].split()
    return int(code), set(modules)


@pytest.mark.parametrize("words", [("status",), ("stop",), ("start", "koules")])
def test_without_a_daemon_nothing_heavy_is_loaded(home: Path, words: tuple[str, ...]) -> None:
    """Exit code 3 comes at once."""
    code, modules = loaded(home, *words)
    assert code == 3
    assert not modules & HEAVY


def test_with_an_answer_nothing_heavy_is_loaded(home: Path) -> None:
    """From the question to the printed answer."""
    (home / "run").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(home / "run" / "control"))
        listener.listen()
        listener.settimeout(60)
        client = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, "status", "--json"],
            env={**os.environ, "TRAYBOT_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with client:
            end, _address = listener.accept()
            with end:
                assert json.loads(end.recv(4096))["do"] == "status"
                end.sendall(b'{"ok": true, "code": 0, "phase": "idle"}\n')
                out, told = client.communicate(timeout=60)
    assert json.loads(out) == {"phase": "idle"}
    code, *modules = told.split()
    assert code == "0"
    assert not set(modules) & HEAVY
