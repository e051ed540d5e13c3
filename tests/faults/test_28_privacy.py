"""28: nothing typed or shown is kept, no network is needed, and no file is for other eyes."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.faults.survivor import SECONDS, daemon
from tests.running import make_bot, traybot
from traybot.shells.paths import find_paths

pytestmark = pytest.mark.e2e

CANARY = "Kanarienvogel9"
#: Types the canary by every way there is, then fails over it; holds on, for the status to be read.
TYPES = f"""
def play(bot):
    bot.keys.type("{CANARY}")
    bot.count("typed")
    while not bot.messages.take(): bot.sleep(0.02)
    bot.keys.type("{CANARY}\\x07")
"""
WATCHES = """
restart = "never"
[[watch]]
name = "soon"
kind = "timer"
after = "1s"
then = "send"
[[watch]]
name = "notify"
kind = "timer"
after = "500ms"
then = "notify"
"""


def test_what_is_typed_is_kept_nowhere(desktop: Desktop, home: Path) -> None:
    """At the level debug, with every feature on: in no log, event, answer, error or file."""
    (home / "settings.toml").write_text('[daemon]\nlog_level = "debug"\n', encoding="utf-8")
    settings = '[routine]\nrun = "routine:play"' + WATCHES
    with daemon() as running:
        folder = make_bot(home, "player", TYPES, settings)
        assert running.ask("start", bot="player")["ok"]
        eventually(lambda: running.status()["counters"].get("typed"), SECONDS, "the typing")
        told = str(running.status())
        failed = running.heard("failed")
        told += str(failed) + str(running.events) + running.errors
        assert "cannot type one of the characters" in failed["why"]
        told += traybot("log").stdout + traybot("doctor").stdout
    assert CANARY not in told
    for file in files_of(home, but=folder):
        assert CANARY.encode() not in file.read_bytes(), file


def test_files_are_their_owners_alone(desktop: Desktop, home: Path) -> None:
    """Whatever we make is 0600, each folder 0700, whoever's umask it is."""
    make_bot(home, "player", "def play(bot):\n    bot.sleep(60)\n")
    home.chmod(0o700)
    before = os.umask(0)
    try:
        with daemon("player") as running:
            running.heard("running")
            running.pid("manager")
            assert traybot("config", "set", "daemon.log_level", "info").returncode == 0
            runtime = find_paths().runtime
            paths = [path for path in home.rglob("*") if not path.is_relative_to(home / "bots")]
            paths += [runtime, *runtime.rglob("*")]
            modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in paths}
            assert len(modes) >= 5
            others = {path: oct(mode) for path, mode in modes.items() if mode & 0o077}
    finally:
        os.umask(before)
    assert others == {}


def test_without_any_network_everything_works(desktop: Desktop, home: Path) -> None:
    """In a network namespace of its own, with not even a loopback, the bot plays all the same."""
    make_bot(home, "player", "def play(bot):\n    bot.count('on')\n")
    command = ["run", "player", "--no-tray", "--no-hotkeys", "--for", "20s"]
    done = traybot_without_network(*command)
    if done is None:
        pytest.skip("no namespaces here (unshare -rn)")
    assert "all gone" in done


def traybot_without_network(*arguments: str) -> str | None:
    """Run a command without a network; give what it wrote to standard error."""
    probe = subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        return None
    return subprocess.run(
        ["unshare", "-n", sys.executable, "-m", "traybot", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    ).stderr


def files_of(home: Path, but: Path) -> list[Path]:
    """Give every plain file of ours, but the bot's own."""
    found = [path for path in home.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in found if not path.is_relative_to(but)]
