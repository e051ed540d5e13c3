"""Does the status tell what a desktop of Linux will really do at login?"""

import os
from pathlib import Path

import pytest

from traybot.errors import BackendUnavailable, TraybotError
from traybot.system.autostart_desktop import exec_value, parse_entry, parse_exec
from traybot.system.autostart_linux import LinuxAutostart
from traybot.system.base import AutostartWord

ON, OFF = AutostartWord.ON, AutostartWord.OFF
DISABLED, ELSEWHERE = AutostartWord.DISABLED, AutostartWord.ELSEWHERE


class Login:
    """A user's and a system's folder of entries, and an installation with an odd name."""

    def __init__(self, root: Path) -> None:
        self.mine = root / "config" / "autostart" / "traybot.desktop"
        self.systems = root / "xdg" / "autostart" / "traybot.desktop"
        self.program = make_program(root / 'my "bots" 100% $HOME')
        self.command = (str(self.program), "run", "--autostart")
        self.autostart = LinuxAutostart(self.command)

    def write(self, *lines: str, path: Path | None = None) -> None:
        """Write an entry that would start us, with further lines."""
        path = path or self.mine
        path.parent.mkdir(parents=True, exist_ok=True)
        command = exec_value(self.command)
        whole = ["[Desktop Entry]", "Type=Application", f"Exec={command}", *lines]
        path.write_text("\n".join(whole) + "\n", encoding="utf-8")

    def says(self) -> tuple[AutostartWord, str]:
        """Give the status's word, and why."""
        status = self.autostart.status()
        return status.word, status.why

    def moved(self) -> "Login":
        """Move the installation; what was installed there finds itself at another place."""
        folder = self.program.parent
        self.program = folder.rename(folder.with_name("moved")) / "traybot"
        self.command = (str(self.program), *self.command[1:])
        self.autostart = LinuxAutostart(self.command)
        return self


def make_program(folder: Path) -> Path:
    """Make something that can be executed."""
    folder.mkdir(parents=True)
    program = folder / "traybot"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.fixture
def login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Login:
    """A login of this test's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "xdg"))
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
    return Login(tmp_path)


def test_on_and_off(login: Login) -> None:
    """What was switched on is on, and off leaves nothing behind."""
    assert login.says() == (OFF, "nothing is started at login")
    login.autostart.enable(login.command)
    assert login.says() == (ON, "this traybot starts at login")
    assert [path.name for path in login.mine.parent.iterdir()] == ["traybot.desktop"]
    login.autostart.disable()
    login.autostart.disable()
    assert login.says()[0] is OFF
    assert not list(login.mine.parent.iterdir())


#: What stands in the entry besides a command that is ours, what comes of it, words of the reason.
ENTRIES = {
    "plain": ("", ON, "this traybot"),
    "switched off by a desktop": ("Hidden=true", DISABLED, "settings have switched it off"),
    "switched off by GNOME": ("X-GNOME-Autostart-enabled=false", DISABLED, "GNOME-Autostart"),
    "switched on by GNOME": ("X-GNOME-Autostart-enabled=true", ON, "this traybot"),
    "for others only": ("OnlyShowIn=KDE;XFCE;", DISABLED, "not for this desktop"),
    "for us among others": ("OnlyShowIn=KDE;GNOME;", ON, "this traybot"),
    "not for us": ("NotShowIn=GNOME;", DISABLED, "not for this desktop"),
    "not for others": ("NotShowIn=KDE", ON, "this traybot"),
    "for one, not for its base": ("OnlyShowIn=ubuntu\nNotShowIn=GNOME", ON, "this traybot"),
    "waits for what is missing": ("TryExec=/opt/none", DISABLED, "TryExec"),
    "waits for what is there": ("TryExec=sh", ON, "this traybot"),
    "a link": ("Type=Link", DISABLED, "no entry for a program"),
    "without command": ("Exec=", DISABLED, "names no program"),
    "with % in the program": ("Exec=/opt/50%%/x", DISABLED, "% in the path"),
    "an unknown escape": (r"OnlyShowIn=a\qb", DISABLED, "means nothing"),
    "damaged": ("nonsense", DISABLED, "line 4"),
    "another program": ("Exec=sh run --autostart", ELSEWHERE, "not this traybot"),
    "one that is gone": ("Exec=/opt/none/traybot run", ELSEWHERE, "which is not there"),
    "another of its actions": ("[Desktop Action Stop]\nHidden=true", ON, "this traybot"),
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_status_is_what_a_desktop_does(login: Login, entry: str) -> None:
    """Each key that a desktop heeds makes the status it deserves, with the reason."""
    lines, word, why = ENTRIES[entry]
    login.write(lines)
    assert login.says()[0] is word
    assert why in login.says()[1]
    status = login.autostart.status()
    assert bool(status.remedy) == (word is not ON)
    login.autostart.enable(login.command)
    assert login.says()[0] is ON


def test_bytes_that_are_no_text_are_said(login: Login) -> None:
    """An entry in another encoding is passed over by desktops, and the status says so."""
    login.mine.parent.mkdir(parents=True)
    login.mine.write_bytes(b"[Desktop Entry]\nName=J\xfcrgen\n")
    assert login.says() == (DISABLED, f"{login.mine} is passed over: it is not UTF-8")


def test_without_a_desktops_name_only_open_entries_count(
    login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare window manager names no desktop: what is for certain ones is not for it."""
    monkeypatch.delenv("XDG_CURRENT_DESKTOP")
    login.write("NotShowIn=GNOME")
    assert login.says()[0] is ON
    login.write("OnlyShowIn=GNOME")
    assert login.says()[0] is DISABLED


def test_the_systems_entry_counts_and_can_be_hidden(login: Login) -> None:
    """Where a package has brought one, off hides it, on comes before it, and both stay ours."""
    login.write(path=login.systems)
    assert login.says()[0] is ON
    login.autostart.disable()
    assert login.says()[0] is OFF
    assert "Hidden=true" in login.mine.read_text(encoding="utf-8")
    login.autostart.enable(login.command)
    assert login.says()[0] is ON
    login.mine.unlink()
    assert login.says()[0] is ON


def test_a_moved_installation_is_mended(login: Login) -> None:
    """Only the command changes: what the user has added stays, and a second look finds nothing."""
    login.autostart.enable(login.command)
    with login.mine.open("a", encoding="utf-8") as entry:
        entry.write("X-GNOME-Autostart-Delay=5\n")
    before = parse_entry(login.mine.read_text(encoding="utf-8"))
    login.moved()
    assert login.says()[0] is ELSEWHERE
    assert login.autostart.repair()
    assert login.says()[0] is ON
    after = parse_entry(login.mine.read_text(encoding="utf-8"))
    assert parse_exec(after["Exec"]) == list(login.command)
    assert before | {"Exec": ""} == after | {"Exec": ""}
    assert not login.autostart.repair()


#: What must be left as it is, though its program may be gone.
LEFT_ALONE = {
    "what a desktop switched off": "Exec=/opt/none/traybot run --autostart\nHidden=true",
    "what GNOME switched off": "Exec=/opt/none run --autostart\nX-GNOME-Autostart-enabled=false",
    "another's entry": "Exec=/opt/none/my-script",
    "another installation that is there": "Exec=sh run --autostart",
    "one for another folder": "Exec=/opt/none/traybot run --autostart --home /opt/bots",
    "a damaged one": "nonsense",
}


@pytest.mark.parametrize("entry", LEFT_ALONE)
def test_only_what_the_user_wanted_is_mended(login: Login, entry: str) -> None:
    """What is not ours, not on, or leads somewhere, keeps every byte."""
    login.write(LEFT_ALONE[entry])
    before = login.mine.read_bytes()
    assert not login.autostart.repair()
    assert login.mine.read_bytes() == before


def test_nothing_is_mended_where_nothing_is(login: Login) -> None:
    """No entry, or the system's alone: none is made."""
    assert not login.autostart.repair()
    login.write("Exec=/opt/none/traybot run --autostart", path=login.systems)
    assert not login.autostart.repair()
    assert not login.mine.exists()


def test_a_link_to_this_traybot_is_this_traybot(login: Login, tmp_path: Path) -> None:
    """People put such links on their PATH, and name programs by what is there."""
    (tmp_path / "traybot").symlink_to(login.program)
    login.write(f"Exec={tmp_path}/traybot")
    assert login.says()[0] is ON


def test_an_entry_that_is_a_link_stays_one(login: Login, tmp_path: Path) -> None:
    """Who keeps such files in a folder of his own finds the change there."""
    kept = tmp_path / "kept.desktop"
    login.write("Hidden=true", path=kept)
    login.mine.parent.mkdir(parents=True)
    login.mine.symlink_to(kept)
    login.autostart.enable(login.command)
    assert login.mine.is_symlink()
    assert "Hidden" not in kept.read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_said(login: Login) -> None:
    """One line names the file and the reason, and nothing half-written is left."""
    login.mine.parent.parent.mkdir(parents=True)
    login.mine.parent.write_text("in the way", encoding="utf-8")
    with pytest.raises(TraybotError, match=r"cannot write .*traybot\.desktop: File exists"):
        login.autostart.enable(login.command)
    assert login.says()[0] is DISABLED


def test_a_command_that_no_entry_can_say_is_refused(login: Login) -> None:
    """The reason and a remedy, and the former entry stays as it was."""
    login.autostart.enable(login.command)
    with pytest.raises(BackendUnavailable, match="install traybot in another folder"):
        login.autostart.enable(["/opt/a=b/traybot"])
    assert login.says()[0] is ON


def test_a_relative_folder_is_no_folder(login: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop ignores such a setting, and takes the usual place."""
    monkeypatch.setenv("XDG_CONFIG_HOME", "config")
    monkeypatch.setenv("HOME", str(login.mine.parents[2]))
    login.autostart.enable(login.command)
    usual = Path(os.environ["HOME"], ".config", "autostart", "traybot.desktop")
    assert usual.is_file()
