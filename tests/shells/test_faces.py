"""Do the hotkeys follow the settings while the daemon runs?"""

import queue
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.desktop import Desktop
from traybot.core.settings import DEFAULTS
from traybot.core.status import Status
from traybot.shells.faces import Faces
from traybot.system.x11_input import X11Injector

DEADLINE = 5.0

Wishes = queue.SimpleQueue[tuple[str, str]]


def sections(**hotkeys: str) -> dict[str, dict[str, Any]]:
    """Give the default settings with other hotkeys."""
    changed = {name: dict(section) for name, section in DEFAULTS.sections.items()}
    changed["hotkeys"] |= hotkeys
    return changed


def no_status() -> Status:
    """Stand for a daemon that shows nothing."""
    raise AssertionError("nobody is to ask: there is no tray")


@pytest.fixture
def wishes() -> Wishes:
    """What was wished for, and by what."""
    return queue.SimpleQueue()


@pytest.fixture
def faces(bare_display: Desktop, wishes: Wishes) -> Iterator[Faces]:
    """Hotkeys without a tray."""
    faces = Faces(
        lambda action, by: wishes.put((action, by)), sections(), no_status, tray=False, hotkeys=True
    )
    try:
        yield faces
    finally:
        faces.stop()


def press(user: X11Injector, *keys: str) -> None:
    """Press keys together and let them go."""
    codes = [user.code_of(key) for key in keys]
    for code in codes:
        user.press(code)
    for code in reversed(codes):
        user.release(code)


def test_new_settings_bind_new_chords(faces: Faces, wishes: Wishes, bare_display: Desktop) -> None:
    """After `rebind` the new chord acts, the old one does not, and the status names the new one."""
    assert faces.rebind(sections()) == {"toggle": "bound", "stop": "bound", "panic": "bound"}
    assert faces.rebind(sections(stop="ctrl+alt+k", panic=""))["stop"] == "bound"
    assert faces.health()["hotkeys"] == {
        "toggle": {"chord": "ctrl+shift+f8", "state": "bound"},
        "stop": {"chord": "ctrl+alt+k", "state": "bound"},
    }
    with closing(X11Injector(bare_display.display)) as user:
        press(user, "ctrl", "shift", "f9")
        press(user, "ctrl", "alt", "k")
    assert wishes.get(timeout=DEADLINE) == ("stop", "hotkey")
    assert wishes.empty()


def test_a_chord_that_cannot_be_had_is_told(faces: Faces) -> None:
    """`rebind` says per chord what became of it; the others are bound."""
    states = faces.rebind(sections(stop="ctrl+alt+f8"))
    assert states.pop("stop").startswith("unsupported: X keeps")
    assert states == {"toggle": "bound", "panic": "bound"}
