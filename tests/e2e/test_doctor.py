"""Does doctor tell the truth about a bare machine, a screen without a tray, a whole desktop?"""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot, traybot

pytestmark = [pytest.mark.e2e, pytest.mark.display]


def asked(environment: dict[str, str], code: int, *more: str) -> dict[str, dict[str, Any]]:
    """Give what it found, by the name of the check."""
    done = subprocess.run(
        [sys.executable, "-m", "traybot", "doctor", "--json", *more],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    document = json.loads(done.stdout)
    assert document["ok"] == (code == 0)
    return {one["check"]: one for one in document["findings"]}


def wrong(found: dict[str, dict[str, Any]]) -> set[str]:
    """Name what is at fault; each fault has a remedy."""
    faults = [one for one in found.values() if not one["ok"]]
    assert all(one["remedy"] for one in faults)
    return {one["check"].partition(".")[0] for one in faults}


def on(desktop: Desktop, home: Path) -> dict[str, str]:
    """The desktop's environment with a home for our files."""
    return {**desktop.env, "TRAYBOT_HOME": str(home)}


def test_on_a_bare_machine_all_that_needs_a_screen_is_at_fault(home: Path) -> None:
    """And nothing else is; nobody's folder is named unless asked for."""
    screens = {"DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"}
    bare = {name: value for name, value in os.environ.items() if name not in screens}
    found = asked({**bare, "TRAYBOT_HOME": str(home)}, 1)
    assert wrong(found) == {"session", "tray", "hotkey", "capture", "input"}
    assert str(home) not in json.dumps(found)
    assert str(home) in json.dumps(asked({**bare, "TRAYBOT_HOME": str(home)}, 1, "--full"))


def test_a_black_screen_without_a_tray_is_seen_as_one(home: Path) -> None:
    """Hotkeys and input work there; the picture is there to be looked at, by its owner."""
    with Desktop(manager=None) as desktop:
        found = asked(on(desktop, home), 1)
    assert wrong(found) == {"tray", "capture"}
    assert "black" in found["capture"]["text"]
    picture = home / "state" / "doctor.png"
    assert stat.S_IMODE(picture.stat().st_mode) == 0o600
    with Image.open(picture) as image:
        assert image.size == (320, 200)


@pytest.mark.parametrize("tray", ["trayer", "xfce4-panel"])
def test_on_a_whole_desktop_all_is_well(home: Path, tray: Any) -> None:  # noqa: ANN401  a word
    """Whichever kind of host shows the icons."""
    with Desktop(tray=tray) as desktop:
        # A tray without icons is not drawn at all; a desktop that is used is not black.
        subprocess.run(["xsetroot", "-solid", "#305070"], env=desktop.env, check=True)
        found = asked(on(desktop, home), 0)
    host = "XEmbed" if tray == "trayer" else "StatusNotifier"
    assert host in found["tray"]["text"]
    assert found["hotkey.stop"]["text"] == "ctrl+shift+f9: bound"


def test_damaged_settings_are_one_finding_among_others(home: Path) -> None:
    """With file and line; the other checks go on."""
    (home / "settings.toml").write_text("[daemn]\n", encoding="utf-8")
    done = traybot("doctor", "--json")
    found = {one["check"]: one for one in json.loads(done.stdout)["findings"]}
    assert done.returncode == 1
    assert 'line 1: unknown section "daemn"' in found["settings"]["text"]
    assert found["disk"]["ok"]


def test_two_builds_of_opencv_in_one_folder_are_a_fault(home: Path, tmp_path: Path) -> None:
    """The extra that reads text brings a second one; the remedy puts one back."""
    second = tmp_path / "opencv_python_headless-9.9.dist-info"
    second.mkdir()
    (second / "METADATA").write_text("Name: opencv-python-headless\nVersion: 9.9\n")
    environment = {**os.environ, "TRAYBOT_HOME": str(home), "PYTHONPATH": str(tmp_path)}
    found = asked(environment, 1)["opencv"]
    assert not found["ok"]
    assert "opencv-python-headless 9.9" in found["text"]
    assert "pip install opencv-python" in found["remedy"]


def test_a_bot_at_work_is_looked_after(home: Path, desktop: Desktop) -> None:
    """With a daemon there its own word counts: hotkeys, the machine kept awake, the last look."""
    subprocess.run(["xsetroot", "-solid", "#305070"], env=on(desktop, home), check=True)
    watch = '[[watch]]\nname = "clock"\nkind = "timer"\nafter = "2h"\nthen = "notify"\n'
    make_bot(home, "player", "def play(bot):\n    bot.sleep(3600)\n", watch)
    with Running("player") as running:
        running.heard("running")
        found = eventually(lambda: watching(home), 20.0, "a look of the deathwatch")
    assert found["watches"]["ok"]
    assert "phase running" in found["daemon"]["text"]
    assert found["hotkey.stop"]["text"] == "ctrl+shift+f9: unsupported: switched off"
    assert "awake" in found


def watching(home: Path) -> dict[str, dict[str, Any]]:
    """Give the findings once the deathwatch has looked."""
    done = traybot("doctor", "--json")
    found = {one["check"]: one for one in json.loads(done.stdout)["findings"]}
    return found if "watches" in found else {}


def test_a_daemon_that_hangs_is_told_from_none(home: Path, desktop: Desktop) -> None:
    """It holds its lock and does not answer."""
    assert desktop.display
    with Running() as running:
        os.kill(running.process.pid, signal.SIGSTOP)
        try:
            done = traybot("doctor", "--json")
        finally:
            os.kill(running.process.pid, signal.SIGCONT)
    found = {one["check"]: one for one in json.loads(done.stdout)["findings"]}
    assert not found["daemon"]["ok"]
    assert "no answer within" in found["daemon"]["text"]
    assert "force" in found["daemon"]["remedy"]


def test_a_machine_without_a_runtime_folder_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the command's own words reaches the user."""
    for name in ("XDG_RUNTIME_DIR", "TRAYBOT_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert not traybot("config", "path").stderr
