"""Do the tests' own desktop and their look for leftovers work?"""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests import leftovers
from tests.desktop import Desktop, Tray, eventually

FOR_EVER = "import threading; threading.Event().wait()"
#: Starts a process in a session of its own and leaves it behind, as a daemon does.
DETACH = (
    "import subprocess, sys; "
    f"print(subprocess.Popen([sys.executable, '-c', {FOR_EVER!r}], start_new_session=True).pid)"
)


def test_a_window_manager_is_there(desktop: Desktop) -> None:
    """On the tests' desktop windows have an owner that answers by name."""
    told = subprocess.run(["wmctrl", "-m"], capture_output=True, check=True, text=True)
    assert "Openbox" in told.stdout
    assert os.environ["DISPLAY"] == desktop.display


def test_the_bare_display_is_another_one(desktop: Desktop, bare_display: Desktop) -> None:
    """A test that wants no window manager gets a server of its own."""
    assert bare_display.display != desktop.display
    told = subprocess.run(["wmctrl", "-m"], capture_output=True, check=False, text=True)
    assert told.returncode != 0


@pytest.mark.display
@pytest.mark.parametrize("tray", ["trayer", "xfce4-panel"])
def test_a_desktop_comes_with_a_tray_and_leaves_nothing(tray: Tray) -> None:
    """Both kinds of tray come up, and the whole desktop goes, with what it started and wrote."""
    before = set(psutil.pids())
    with Desktop(tray=tray) as desktop:
        folder = desktop.folder
        windows = subprocess.run(
            ["xwininfo", "-root", "-tree"], env=desktop.env, capture_output=True, check=True
        )
        assert tray.encode() in windows.stdout
    assert not leftovers.started_since(before, set())
    assert not folder.exists()


@pytest.mark.display
def test_a_part_that_does_not_start_is_named() -> None:
    """A desktop that cannot be had says which program failed, and leaves nothing running."""
    with (
        pytest.raises(FileNotFoundError, match="no-such-manager"),
        Desktop(manager="no-such-manager"),
    ):
        pass


def test_home_is_ones_own(home: Path) -> None:
    """A test writes into a folder that nobody else has."""
    assert os.environ["TRAYBOT_HOME"] == str(home)
    assert list(home.iterdir()) == []


def test_eventually_names_what_did_not_happen() -> None:
    """A deadline that passes is told in words."""
    with pytest.raises(AssertionError, match="the moon did not come true within 0 s"):
        eventually(lambda: False, 0, "the moon")


@pytest.mark.parametrize("code", [FOR_EVER, DETACH])
def test_a_process_left_behind_is_found(code: str) -> None:
    """A child, and one that has detached itself, are both found and ended."""
    before = set(psutil.pids())
    with subprocess.Popen([sys.executable, "-c", code]) as started:
        if code == DETACH:
            started.wait()
        found = eventually(lambda: leftovers.started_since(before, set()), 5.0, "a leftover")
        assert leftovers.started_since(before, {process.pid for process in found}) == []
        assert "threading.Event" in leftovers.end(found)
    assert leftovers.started_since(before, set()) == []
