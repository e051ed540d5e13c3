"""Is each answer of a daemon told in one line, however odd, and is a silent one given up?"""

import json
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from traybot.cli import main
from traybot.shells import client


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a short name, so that the socket lies in it."""
    with tempfile.TemporaryDirectory(prefix="tb-") as folder:
        monkeypatch.setenv("TRAYBOT_HOME", folder)
        (Path(folder) / "run").mkdir(mode=0o700)
        yield Path(folder)


@contextmanager
def answering(home: Path, line: bytes | None) -> Iterator[None]:
    """A daemon that says one thing to everybody, or nothing at all."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(home / "run" / "control"))
        listener.listen()

        def run() -> None:
            while True:
                caller, _address = listener.accept()
                with caller:
                    if not caller.recv(4096):
                        return
                    if line is not None:
                        caller.sendall(line + b"\n")

        thread = threading.Thread(target=run)
        if line is not None:
            thread.start()
        try:
            yield
        finally:
            if line is not None:
                with socket.socket(socket.AF_UNIX) as last:
                    last.connect(str(home / "run" / "control"))
                thread.join(10.0)


ODD = {
    "empty": (b"{}", 1, "cannot understand"),
    "a list": (b"[]", 1, "cannot understand"),
    "a number": (b"7", 1, "cannot understand"),
    "half a status": (b'{"code": 0, "phase": "idle"}', 1, "cannot understand"),
    "another version's no": (b'{"ok": false, "code": 2, "text": "v must be 1"}', 1, "v must be 1"),
    "a refusal": (b'{"code": 4, "text": "cannot now"}', 4, "cannot now"),
}


@pytest.mark.parametrize("words", [["status"], ["status", "--follow"]], ids=" ".join)
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_answer_is_one_line(
    home: Path, odd: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It says that it is not understood, or what the daemon says; never a traceback."""
    line, code, told = ODD[odd]
    with answering(home, line):
        assert main(words) == code
    (error,) = capsys.readouterr().err.splitlines()
    assert told in error


@pytest.mark.parametrize("words", [["status"], ["start", "koules"], []], ids=" ".join)
def test_a_silent_daemon_is_given_up(
    home: Path,
    words: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever was asked: it hangs, and there is a remedy."""
    monkeypatch.setattr(client, "QUESTION_SECONDS", 0.2)
    with answering(home, None):
        assert main(words) == 1
    (error,) = capsys.readouterr().err.splitlines()
    assert "it hangs" in error
    assert "by force" in error


def test_status_in_json_is_passed_on_as_it_is(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A newer daemon may say more than we know."""
    with answering(home, b'{"ok": true, "code": 0, "news": 1}'):
        assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"news": 1}
