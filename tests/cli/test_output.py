"""What happens where the output goes: closed, full, or in an encoding that lacks letters?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from traybot.cli import main
from traybot.shells import streams

FULL = Path("/dev/full")
COMMANDS = [["help"], ["--help"], ["config", "show"], ["completion", "bash"]]


def environment(home: Path, **more: str) -> dict[str, str]:
    """As a person's: Python keeps what it writes until there is enough."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return {**kept, "TRAYBOT_HOME": str(home), **more}


def run(home: Path, words: list[str], out: int) -> subprocess.CompletedProcess[str]:
    """Run a command whose standard output is a descriptor."""
    return subprocess.run(
        [sys.executable, "-m", "traybot", *words],
        env=environment(home),
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a closed pipe is told otherwise there")
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_closed_pipe_is_no_news(home: Path, words: list[str]) -> None:
    """As with other programs: not a word, and the code that a shell gives for SIGPIPE."""
    reads, writes = os.pipe()
    os.close(reads)
    done = run(home, words, writes)
    os.close(writes)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_full_disk_is_one_line(home: Path, words: list[str]) -> None:
    """Whether it is noticed while writing or at the end."""
    with FULL.open("wb") as full:
        done = run(home, words, full.fileno())
    assert done.returncode == 1
    assert done.stderr == "traybot: cannot write the output: No space left on device\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_letters_that_an_encoding_lacks_are_written_otherwise(home: Path, encoding: str) -> None:
    """On both streams."""
    settings = home / "settings.toml"
    settings.write_text('[bots]\nfolder = "/\u4e16"\n', encoding="utf-8")
    command = [sys.executable, "-m", "traybot"]
    named = environment(home, PYTHONIOENCODING=encoding)
    told = subprocess.run([*command, "bots"], env=named, capture_output=True, check=False)
    assert (told.returncode, told.stderr) == (0, b"")
    assert b"\\u4e16" in told.stdout
    told = subprocess.run([*command, "check", "./\u4e16"], env=named, capture_output=True)  # noqa: PLW1510
    assert told.returncode == 5
    (line,) = told.stderr.splitlines()
    assert b"\\u4e16" in line


def test_another_error_of_the_system_is_no_matter_of_the_output() -> None:
    """A file's name stands in it, or it is of another kind; it keeps its traceback."""
    assert not streams.is_of_output(OSError(28, "No space left on device", "settings.toml"))
    assert not streams.is_of_output(ConnectionResetError())


def test_a_mistake_is_told_even_where_nothing_can_be_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the exit code."""
    assert home.exists()
    with open(os.devnull, encoding="utf-8") as unwritable:  # noqa: PTH123  for reading only
        monkeypatch.setattr(sys, "stderr", unwritable)
        assert main(["status"]) == 3
