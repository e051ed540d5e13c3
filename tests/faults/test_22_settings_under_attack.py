"""Fault 22: whatever is done to the settings file, what holds is whole, sound, and said."""

import json
import shutil
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot, traybot
from tests.shells.tray_client import Bus
from traybot.app.live_settings import LiveSettings
from traybot.core import schema
from traybot.core.settings import DEFAULTS
from traybot.errors import SettingsError
from traybot.shells import settings_file
from traybot.system import whole_file

pytestmark = pytest.mark.e2e

SOUND = '# mine\n[hotkeys]\nstop = "f11"  # near\n[bots]\nchosen = "player"\nautostart = true\n'
#: What was done to it, and which words the person needs who is to mend it.
DAMAGES: dict[str, tuple[bytes, list[str]]] = {
    "truncated": (SOUND.encode()[: SOUND.index("11")], ["line 3"]),
    "invalid value": (b'[hotkeys]\nstop = "ctrl+"\n', ["line 2", "[hotkeys] stop"]),
    "unknown key": (b'[hotkeys]\nstopp = "f9"\n', ["line 2", '"stopp"', '"stop"']),
    "unknown section": (b"\n[hotkey]\n", ["line 2", "hotkey", '"hotkeys"']),
    "not UTF-8": (b'[bots]\nchosen = "k\xe4"\n', ["line 2", "UTF-8"]),
    "of a newer traybot": (b'schema = 99\n[hot]\nx = "y"\n', ["line 1", "newer", "update traybot"]),
    "zeros": (b"\0" * 4096, ["line 1"]),
}


def damages() -> Iterator[tuple[bytes, list[str]]]:
    """Give each, and one that is too large to be shown here."""
    yield from DAMAGES.values()
    yield b"#" * 50_000_000, ["larger than"]


@pytest.fixture
def path(home: Path) -> Path:
    """Where the settings lie."""
    return home / "settings.toml"


def in_force(path: Path) -> LiveSettings:
    """Give what a daemon that starts now would go by."""
    return LiveSettings(path, path.with_name("copy.toml"))


def test_damaged_at_the_start_the_last_sound_ones_hold(path: Path) -> None:
    """Each damage is told by its place; the file is left alone; mended, it holds at once."""
    path.write_text(SOUND, encoding="utf-8")
    assert not in_force(path).trouble
    for content, words in damages():
        path.write_bytes(content)
        settings = in_force(path)
        assert settings.sections["hotkeys"]["stop"] == "f11"
        assert settings.trouble.endswith("the last sound settings hold")
        assert all(word in settings.trouble for word in [str(path), *words]), settings.trouble
        assert str(path.parent) not in settings.short_trouble
        assert path.read_bytes() == content
    path.write_text(SOUND.replace("f11", "f12"), encoding="utf-8")
    assert in_force(path).sections["hotkeys"]["stop"] == "f12"


def test_without_a_sound_copy_the_defaults_hold(path: Path) -> None:
    """Never had one, or that is damaged too; and who takes the file away wants the defaults."""
    path.write_bytes(b"[")
    assert in_force(path).trouble.endswith("the defaults hold")
    path.with_name("copy.toml").write_bytes(b"[")
    assert in_force(path).sections == DEFAULTS.sections
    path.write_text(SOUND, encoding="utf-8")
    in_force(path)
    path.unlink()
    assert in_force(path).sections == DEFAULTS.sections
    path.write_bytes(b"[")
    assert in_force(path).trouble.endswith("the defaults hold")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_every_editors_file_is_sound(path: Path, mark: bytes, end: bytes) -> None:
    """A mark before the text and other ends of lines are no damage, in the copy neither."""
    path.write_bytes(mark + SOUND.encode().replace(b"\n", end))
    assert not in_force(path).trouble
    path.write_bytes(b"[")
    assert in_force(path).sections["hotkeys"]["stop"] == "f11"


def test_a_daemon_with_damaged_settings_starts_no_bot_and_says_so(
    home: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status, menu, doctor and notice name the place; a bot starts when asked; then mended."""
    make_bot(home, "player", "def play(bot):\n    bot.sleep(3600)\n")
    (home / "state").mkdir()
    (home / "state" / "settings.good.toml").write_text(SOUND, encoding="utf-8")
    path.write_bytes(b'[hotkeys]\nstopp = "f9"\n')
    with Desktop(tray="xfce4-panel") as panel:
        for name, value in panel.env.items():
            monkeypatch.setenv(name, value)
        address = panel.env["DBUS_SESSION_BUS_ADDRESS"]
        with Running(faces=True) as running, closing(Bus(address)) as bus:
            notice = running.heard("notice")["text"]
            status = running.status()
            assert "line 2" in notice
            assert "no bot is started by itself" in notice
            assert status["settings"] in notice
            assert (status["phase"], status["bot"]) == ("idle", "player")
            assert status["hotkeys"]["stop"]["chord"] == "f11"
            eventually(
                lambda: any("Settings: settings.toml, line 2" in one for one in bus.labels()),
                15.0,
                "the menu's word",
            )
            told = traybot("doctor").stdout
            assert "FAULT settings     cannot use $TRAYBOT_HOME/settings.toml, line 2" in told
            assert "settings" in traybot("status").stdout
            assert traybot("config", "set", "tray.enabled", "true").returncode == 5
            assert running.ask("start")["ok"]
            assert running.ask("stop")["ok"]
            path.write_text(SOUND.replace("f11", "f12"), encoding="utf-8")
            eventually(lambda: running.status()["settings"] == "ok", 15.0, "the mended file")
            bound = {"chord": "f12", "state": "bound"}
            eventually(lambda: running.status()["hotkeys"]["stop"] == bound, 15.0, "the new chord")
            assert running.status()["phase"] == "idle"
            eventually(lambda: "Settings" in bus.labels(), 15.0, "the menu's word")


def test_a_running_daemon_lives_through_every_damage(
    home: Path, path: Path, desktop: Desktop
) -> None:
    """In place, by rename, a burst, the file gone: what held holds on, and each is said once."""
    assert desktop.display
    path.write_text('[hotkeys]\nstop = "f11"\n', encoding="utf-8")
    log = home / "state" / "traybot.log"
    with Running() as running:
        for number, (content, words) in enumerate(damages()):
            if number % 2:
                path.write_bytes(content)
            else:
                beside = path.with_suffix(".new")
                beside.write_bytes(content)
                beside.replace(path)
            said = running.heard("notice")["text"]
            assert all(word in said for word in words), said
            assert running.status()["settings"] == said

        def reloads() -> int:
            return log.read_text(encoding="utf-8").count("settings were read")

        before = reloads()
        finger = threading.Event()
        for number in range(100):
            path.write_text(f"[recorder]\nincidents = {number}\n", encoding="utf-8")
            finger.wait(0.01)
        eventually(lambda: reloads() > before, 15.0, "the burst's end")
        assert running.status()["settings"] == "ok"
        assert reloads() == before + 1


def test_the_folder_is_taken_away_and_brought_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, desktop: Desktop
) -> None:
    """That is no wish for the defaults: what held holds on, and is said."""
    assert desktop.display
    monkeypatch.delenv("TRAYBOT_HOME", raising=False)
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    folder = tmp_path / "config" / "traybot"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text('[daemon]\nlog_level = "debug"\n', encoding="utf-8")
    with Running() as running:
        shutil.rmtree(folder)
        said = running.heard("notice")["text"]
        assert said.startswith(f"cannot find the folder {folder} (")
        assert said.endswith("the settings stay as they were")
        folder.mkdir()
        (folder / "settings.toml").write_text("# back\n", encoding="utf-8")
        eventually(lambda: running.status()["settings"] == "ok", 15.0, "the folder's return")


#: Writes an option on a disk of 64 KB of its own: full, then read-only. Says what became of it.
SMALL_DISK = """
    import os, pathlib, subprocess, sys
    from traybot.app.live_settings import LiveSettings
    from traybot.errors import SettingsError
    from traybot.shells.settings_file import load, set_option
    place = sys.argv[1]
    def mount(*words): subprocess.run(["mount", *words, place], check=True)
    mount("-t", "tmpfs", "-o", "size=64k", "none")
    path, copy = pathlib.Path(place, "settings.toml"), pathlib.Path(place, "copy.toml")
    set_option(path, "hotkeys.stop", "f11")
    before = path.read_bytes()
    def refused(why):
        try: set_option(path, "hotkeys.stop", "f12" + " " * 0)
        except SettingsError as error: assert why in str(error), error
        else: raise AssertionError("it was written")
        assert path.read_bytes() == before
        assert not list(path.parent.glob(".*"))
        assert LiveSettings(path, copy).sections["hotkeys"]["stop"] == "f11"
    try: pathlib.Path(place, "film").write_bytes(b"x" * 100_000)
    except OSError: pass
    refused("No space left on device")
    mount("-o", "remount,ro")
    refused("Read-only file system")
"""


def test_a_full_disk_and_a_read_only_one_cost_the_change_alone(tmp_path: Path) -> None:
    """The old file stays whole and in force, nothing lies beside it; shown on real disks."""
    alone = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no mount namespaces here")
    command = [*alone, sys.executable, "-c", textwrap.dedent(SMALL_DISK), str(tmp_path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


#: Writes an option again and again, each time from the same file, in a process that dies at the
#: next line of `whole_file`; gives what was found afterwards, until one gets through.
CUT = """
    import json, os, pathlib, signal, sys
    from traybot.shells.settings_file import load, set_option
    path, sound = pathlib.Path(sys.argv[1]), sys.argv[2]
    set_option(path, "hotkeys.stop", "f9")  # everything is loaded
    found, step, status = [], 0, -1
    while status:
        step += 1
        path.write_text(sound)
        for left in path.parent.glob(".*.part"): left.unlink()
        child = os.fork()
        if not child:
            count = 0
            def trace(frame, event, argument):
                global count
                if not frame.f_code.co_filename.endswith("whole_file.py"): return None
                count += event == "line"
                if count == step: os.kill(os.getpid(), signal.SIGKILL)
                return trace
            sys.settrace(trace)
            set_option(path, "hotkeys.stop", "f12")
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        found.append(path.read_text())
        set_option(path, "tray.enabled", True)
    print(json.dumps(found))
"""


def test_a_power_cut_at_any_step_leaves_the_old_file_or_the_new(path: Path) -> None:
    """Killed at each line in turn, until one try gets through: never a half, and it can go on."""
    command = [sys.executable, "-c", textwrap.dedent(CUT), str(path), SOUND]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=50)
    found = json.loads(done.stdout)
    assert len(found) > 10
    assert set(found) == {SOUND, SOUND.replace("f11", "f12")}
    assert found[0] == SOUND
    assert found[-1] != SOUND


def rename_look(document: dict) -> None:
    """A change of the schema that no old file would survive."""
    if "look" in document.get("tray", {}):
        document["tray"]["icons"] = document["tray"].pop("look")


def test_an_older_file_is_brought_up_to_date_with_a_backup(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comments stay, the old text lies beside it; on a full disk it is read all the same."""
    monkeypatch.setattr(schema, "STEPS", {1: rename_look})
    old = '# mine\n[tray]\nlook = "mono"  # calm\n'
    path.write_text(old, encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(whole_file, "write", full)
        assert in_force(path).sections["tray"]["icons"] == "mono"
    assert path.read_text(encoding="utf-8") == old
    assert in_force(path).sections["tray"]["icons"] == "mono"
    new = path.read_text(encoding="utf-8")
    assert new.startswith("# mine\n")
    assert "schema = 2" in new
    assert '"mono"' in new
    assert "# calm" in new
    assert path.with_name("settings.schema-1.toml").read_text(encoding="utf-8") == old
    monkeypatch.setattr(schema, "STEPS", {})
    with pytest.raises(SettingsError, match=r"a newer traybot wrote it .*\(update traybot, or"):
        settings_file.set_option(path, "tray.icons", "dark")
    assert path.read_text(encoding="utf-8") == new
