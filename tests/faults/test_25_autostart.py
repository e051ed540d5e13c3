"""Does the entry start this very traybot at login, wherever it is installed, and say so truly?

A login is done as desktops do it: by GLib, which most of them start programs with, and by systemd's
generator, which makes units of entries where the session belongs to systemd.
"""

import contextlib
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import traybot as package
from tests.desktop import Desktop, eventually
from tests.running import alive, traybot
from traybot.errors import NoDaemon
from traybot.shells import client
from traybot.shells.paths import find_paths

with warnings.catch_warnings():
    # The loader of this distribution's gi is of an old kind, and Python says so.
    warnings.simplefilter("ignore", ImportWarning)
    from gi.repository import Gio

pytestmark = pytest.mark.e2e

GENERATOR = Path("/usr/lib/systemd/user-generators/systemd-xdg-autostart-generator")
#: Folders that people, and those who want to harm them, give programs.
FOLDERS = [
    "plain",
    "my bots",
    'the "best"',
    "it's",
    "100% sure",
    "a$HOME`b`",
    "back\\slash",
    "Ünï 雪",
]
SCRIPT = '#!/bin/sh\nexec "$(dirname "$0")/python3" -m traybot "$@"\n'


class Installation:
    """An environment of its own with this source in it, under a name of the test's choice."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        here = Path(sys.executable)
        packages = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
        (folder / "bin").mkdir(parents=True)
        (folder / packages).mkdir(parents=True)
        (folder / "bin" / "python3").symlink_to(here.resolve())
        settings = f"home = {here.resolve().parent}\ninclude-system-site-packages = true\n"
        (folder / "pyvenv.cfg").write_text(settings, encoding="utf-8")
        paths = [Path(package.__file__).parents[1], here.parents[1] / packages]
        text = "".join(f"{path}\n" for path in paths)
        (folder / packages / "traybot.pth").write_text(text, encoding="utf-8")
        script = folder / "bin" / "traybot"
        script.write_text(SCRIPT, encoding="utf-8")
        script.chmod(0o755)

    @property
    def script(self) -> Path:
        """The command that its user calls."""
        return self.folder / "bin" / "traybot"

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [str(self.script), *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def status(self) -> str:
        """Give the status's word."""
        return str(json.loads(self("autostart", "status", "--json").stdout)["status"])

    def move(self, name: str) -> None:
        """Give its folder another name."""
        self.folder = self.folder.rename(self.folder.with_name(name))


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    """Where the entry will be, in a configuration of this test's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "xdg"))
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "XFCE")
    return tmp_path / "config" / "autostart" / "traybot.desktop"


def daemon_pid() -> int:
    """Give the number of the daemon that answers, 0 if none does."""
    try:
        return int(client.ask(find_paths().socket, {"do": "status"})["pids"]["daemon"])
    except (NoDaemon, OSError, KeyError):
        return 0


@contextlib.contextmanager
def logged_in(entry: Path, session: object = None) -> Iterator[psutil.Process]:
    """Start what the entry says, as a desktop does; gives the daemon, which is ended again."""
    assert Gio.DesktopAppInfo.new_from_filename(str(entry)).launch([], session)
    pid = int(eventually(daemon_pid, 30.0, "the daemon's answer"))
    daemon = psutil.Process(pid)
    try:
        yield daemon
    finally:
        assert traybot("quit").returncode == 0
        eventually(lambda: not alive(pid), 15.0, "the daemon's end")


def test_the_command_switches_and_tells(entry: Path) -> None:
    """On, off and status are done with code 0, and tell where one stands; a wrong word is 2."""
    assert traybot("autostart", "status").stdout.startswith("autostart off: ")
    on = traybot("autostart", "on")
    assert (on.returncode, on.stdout) == (0, "autostart on: this traybot starts at login\n")
    told = json.loads(traybot("autostart", "status", "--json").stdout)
    assert told.keys() == {"status", "why", "remedy", "command"}
    assert (told["status"], told["remedy"]) == ("on", "")
    entry.write_text(entry.read_text(encoding="utf-8") + "Hidden=true\n", encoding="utf-8")
    told = json.loads(traybot("autostart", "status", "--json").stdout)
    assert told["status"] == "disabled by the system"
    assert told["remedy"]
    off = traybot("autostart", "off")
    assert (off.returncode, off.stdout[:14]) == (0, "autostart off:")
    assert not entry.exists()
    assert traybot("autostart", "maybe").returncode == 2


def test_what_cannot_be_written_is_one_line(entry: Path) -> None:
    """Code 1, and the reason with a remedy."""
    entry.parent.parent.mkdir()
    entry.parent.write_text("in the way", encoding="utf-8")
    failed = traybot("autostart", "on")
    assert failed.returncode == 1
    assert failed.stderr.startswith("traybot: cannot write ")
    assert len(failed.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", FOLDERS)
def test_the_entry_starts_the_program_from_any_folder(
    desktop: Desktop, entry: Path, tmp_path: Path, name: str
) -> None:
    """GLib finds the program and starts this installation, with its tray and with its own files."""
    installed = Installation(tmp_path / name)
    assert installed("autostart", "on").returncode == 0
    assert installed.status() == "on"
    with logged_in(entry) as daemon:
        words = daemon.cmdline()
        assert words[0] == str(installed.folder / "bin" / "python3")
        home = os.environ["TRAYBOT_HOME"]
        assert words[1:] == ["-m", "traybot", "run", "--autostart", "--home", home]


def test_a_login_without_our_variables_finds_the_folder(desktop: Desktop, entry: Path) -> None:
    """What was set when it was switched on is in the entry: a session does not know it."""
    assert traybot("autostart", "on").returncode == 0
    session = Gio.AppLaunchContext()
    session.unsetenv("TRAYBOT_HOME")
    with logged_in(entry, session) as daemon:
        assert daemon.cmdline()[-2:] == ["--home", os.environ["TRAYBOT_HOME"]]


@pytest.mark.skipif(not GENERATOR.exists(), reason="no systemd here that makes units of entries")
@pytest.mark.parametrize("name", [name for name in FOLDERS if not {"$", "\\"} & set(name)])
def test_systemd_makes_a_unit_of_the_entry(entry: Path, tmp_path: Path, name: str) -> None:
    """Where the session is systemd's, the generator finds the program and keeps its words."""
    installed = Installation(tmp_path / name)
    assert installed("autostart", "on").returncode == 0
    folders = [tmp_path / "units" / part for part in ("normal", "early", "late")]
    for folder in folders:
        folder.mkdir(parents=True)
    subprocess.run([GENERATOR, *folders], check=True, timeout=10)
    (unit,) = [path for path in (tmp_path / "units").rglob("*.service") if not path.is_symlink()]
    lines = unit.read_text(encoding="utf-8").splitlines()
    (start,) = [line for line in lines if line.startswith("ExecStart=")]
    assert "run --autostart --home" in start
    assert str(installed.script).replace('"', '\\"').replace("%", "%%") in start


def test_a_moved_installation_says_so_and_mends_itself(
    desktop: Desktop, entry: Path, tmp_path: Path
) -> None:
    """After the move the status tells, the daemon's next start mends, the next login works."""
    installed = Installation(tmp_path / "first place")
    assert installed("autostart", "on").returncode == 0
    installed.move("second place")
    assert installed.status() == "points elsewhere"
    assert installed("run", "--no-tray", "--no-hotkeys", "--for", "1s").returncode == 0
    assert installed.status() == "on"
    assert "leads here again" in find_paths().log.read_text(encoding="utf-8")
    with logged_in(entry) as daemon:
        assert daemon.cmdline()[0].startswith(str(installed.folder))


def test_a_start_mends_nothing_that_was_switched_off(entry: Path, tmp_path: Path) -> None:
    """Off by the desktop's settings, or not there: a daemon's start changes nothing."""
    installed = Installation(tmp_path / "first place")
    assert installed("autostart", "on").returncode == 0
    entry.write_text(entry.read_text(encoding="utf-8") + "Hidden=true\n", encoding="utf-8")
    before = entry.read_bytes()
    installed.move("second place")
    run = ("run", "--no-tray", "--no-hotkeys", "--for", "0.5s")
    assert installed(*run).returncode == 0
    assert entry.read_bytes() == before
    entry.unlink()
    assert installed(*run).returncode == 0
    assert not entry.exists()


def test_another_installations_entry_is_left_alone(entry: Path, tmp_path: Path) -> None:
    """Of two that are both there, the one that is started does not take the other's place."""
    first, second = Installation(tmp_path / "first"), Installation(tmp_path / "second")
    assert first("autostart", "on").returncode == 0
    assert second.status() == "points elsewhere"
    assert second("run", "--no-tray", "--no-hotkeys", "--for", "0.5s").returncode == 0
    assert (first.status(), second.status()) == ("on", "points elsewhere")
    assert second("autostart", "on").returncode == 0
    assert (first.status(), second.status()) == ("points elsewhere", "on")


def test_at_login_nothing_is_said(desktop: Desktop, entry: Path) -> None:
    """No line on either output, and none about a traybot that runs already: it leaves with 0."""
    assert traybot("autostart", "on").returncode == 0
    with logged_in(entry) as daemon:
        second = traybot("run", "--autostart")
        assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
        assert daemon.is_running()
    alone = traybot("run", "--autostart", "--no-tray", "--no-hotkeys", "--for", "0.5s")
    assert (alone.returncode, alone.stdout, alone.stderr) == (0, "", "")
