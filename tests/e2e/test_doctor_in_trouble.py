"""Does doctor end, and stay readable, where the desktop itself is what hangs or is damaged?"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.desktop import Desktop
from tests.running import Running, traybot
from traybot.cli import doctor
from traybot.cli.finding import Finding, good

pytestmark = [pytest.mark.e2e, pytest.mark.display]

NEED_A_SCREEN = {"tray", "hotkeys", "backends", "capture", "input"}


def findings(*words: str) -> dict[str, dict[str, Any]]:
    """Ask for everything; give it by name."""
    done = traybot("doctor", "--json", *words, seconds=60.0)
    return {one["check"]: one for one in json.loads(done.stdout)["findings"]}


@contextmanager
def hanging(pid: int) -> Iterator[None]:
    """Have a process stand still meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_an_x_server_that_hangs_is_one_finding(home: Path, bare_display: Desktop) -> None:
    """What would ask it is not tried; the rest is there, and doctor ends."""
    assert home.exists()
    (server,) = bare_display.pids
    with hanging(server):
        found = findings()
    assert not found["session"]["ok"]
    assert "does not answer" in found["session"]["text"]
    assert not found.keys() & NEED_A_SCREEN
    assert found["disk"]["ok"]


def test_a_row_is_printed_as_soon_as_it_is_known(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Should the next check take long, the last row says which one it is."""
    assert home.exists()
    printed = []

    def slow(_paths: object, _heard: object) -> list[Finding]:
        printed.append(capsys.readouterr().out)
        return []

    checks = {"quick": lambda _paths, _heard: [good("quick", "done")], "slow": slow}
    monkeypatch.setattr(doctor, "_checks", checks.items)
    assert doctor.doctor(full=True, as_json=False) == 0
    assert printed == ["ok    quick        done\n"]


@pytest.mark.parametrize("content", [b"", b"\x01\x00\x00"], ids=["empty", "damaged"])
def test_a_damaged_authority_file_puts_no_word_before_json(
    home: Path, desktop: Desktop, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever asks the X server: JSON is all that is on standard output."""
    assert home.exists()
    authority = tmp_path / "authority"
    authority.write_bytes(content)
    monkeypatch.setenv("XAUTHORITY", str(authority))
    assert desktop.display
    assert findings()["hotkey.stop"]["ok"]
    picture = Path("docs/pictures/demo.png")
    assert json.loads(traybot("find", str(picture), "--json").stdout)["found"] is False
    with Running(faces=True) as running:
        assert running.status()["input"] == "ok"


def test_a_hung_daemons_own_hotkeys_are_nobody_elses(home: Path, desktop: Desktop) -> None:
    """They are not tried while it may hold them."""
    assert home.exists()
    assert desktop.display
    with Running(faces=True) as running, hanging(running.process.pid):
        found = findings()
    assert "not tried" in found["hotkeys"]["text"]
    assert not any(name.startswith("hotkey.") for name in found)
    assert not found["daemon"]["ok"]


def test_the_picture_is_taken_as_the_settings_say(home: Path, desktop: Desktop) -> None:
    """By the back end that the bots will use."""
    from traybot.cli import checks_desktop
    from traybot.shells.paths import find_paths

    assert desktop.display
    (home / "settings.toml").write_text('[capture]\nbackend = "mss"\n', encoding="utf-8")
    assert checks_desktop._backend(find_paths()) == "mss"  # noqa: SLF001  no other way to see it
    (home / "settings.toml").write_text("[capture\n", encoding="utf-8")
    assert checks_desktop._backend(find_paths()) == "auto"  # noqa: SLF001  likewise
    assert findings()["capture"]["check"] == "capture"


def test_an_opencv_that_pip_does_not_know_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution's own has no metadata; it works as well."""
    from traybot.cli import checks_files
    from traybot.cli.finding import Heard
    from traybot.shells.paths import find_paths

    monkeypatch.setattr(checks_files, "_version", lambda _name: "")
    (found,) = checks_files.CHECKS["opencv"](find_paths(), Heard(None, {}))
    assert found.ok
    assert found.text.startswith("4.")


def test_json_has_no_german_word(home: Path, desktop: Desktop) -> None:
    """Programs read it; in text a person's language stays."""
    assert home.exists()
    patched = {**os.environ, "LANGUAGE": "de", "XDG_CURRENT_DESKTOP": "XFCE"}
    assert desktop.display
    command = [sys.executable, "-m", "traybot", "doctor", "--json"]
    done = subprocess.run(command, env=patched, capture_output=True, text=True, check=False)
    found = {one["check"]: one["text"] for one in json.loads(done.stdout)["findings"]}
    assert found["settings"].endswith(": not there: all defaults")
    assert found["session"].startswith("X11, display ")
