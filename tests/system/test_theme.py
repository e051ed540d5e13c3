"""Is it known whether the desktop is dark, and is a change of that heard?"""

import os
import struct
import subprocess
import sys
import types
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from Xlib import X
from Xlib.display import Display

from tests.desktop import Desktop, eventually
from tests.system.sleepers import NOBODY, private_bus
from traybot.shells.theme_watch import ThemeWatch, look_for
from traybot.system.theme_elsewhere import MacTheme, WindowsTheme
from traybot.system.theme_linux import LinuxTheme, theme_in

PORTAL = Path(__file__).with_name("fake_portal.py")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def bare(bare_display: Desktop, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    """A screen where nobody manages settings, and no bus."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", NOBODY)
    return bare_display


class Portal:
    """The portal as a process; `say` changes what it tells."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(PORTAL)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def say(self, scheme: int) -> None:
        """Tell this scheme from now on."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{scheme}\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """End it."""
        self._process.communicate()


@pytest.fixture
def portal(bare: Desktop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    """A portal on a bus of its own, beside a bare screen."""
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with closing(Portal()) as portal:
            yield portal


def block(name: str, order: str = "<", before: bytes = b"", count: int = 1) -> bytes:
    """Make the property that names a theme, after other settings."""
    head = struct.pack(f"{order}BxxxII", order == ">", 7, count)
    return head + before + entry(order, "Net/ThemeName", name)


def entry(order: str, key: str, text: str) -> bytes:
    """Make one setting that is a text."""
    parts = [struct.pack(f"{order}BxH", 1, len(key)), key.encode(), b"\0" * (-len(key) % 4)]
    value = text.encode()
    parts += [struct.pack(f"{order}II", 0, len(value)), value, b"\0" * (-len(value) % 4)]
    return b"".join(parts)


class Manager:
    """Whoever manages the settings of an X screen."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._window = display.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        self._atom = display.intern_atom("_XSETTINGS_SETTINGS")

    def manage(self) -> None:
        """Become it."""
        self._window.set_selection_owner(self._display.intern_atom("_XSETTINGS_S0"), X.CurrentTime)
        self._display.sync()

    def say(self, name: str) -> None:
        """Name the theme."""
        self._window.change_property(self._atom, self._atom, 8, block(name))
        self._display.sync()


def test_where_nobody_tells_nothing_is_known(bare: Desktop) -> None:
    """Then the icon has the look that is seen on both."""
    with closing(LinuxTheme()) as theme:
        assert theme.dark() is None
    assert look_for(None) == "color"


def test_the_portals_word_is_taken_and_its_change_heard(portal: Portal) -> None:
    """Dark, light, and no preference, which leaves it to the theme's name."""
    watch = ThemeWatch(lambda _: None)
    portal.say(1)
    watch.watch(wanted=True)
    try:
        eventually(lambda: watch.dark is True, 10.0, "dark")
        portal.say(2)
        eventually(lambda: watch.dark is False, 10.0, "light")
        portal.say(0)
        eventually(lambda: watch.dark is None, 10.0, "nobody's word")
    finally:
        watch.stop()


def test_a_themes_name_is_taken_and_its_change_heard(bare: Desktop) -> None:
    """Who manages the settings may come later, and another may take over."""
    told: list[bool | None] = []
    watch = ThemeWatch(told.append)
    watch.watch(wanted=True)
    try:
        assert watch.dark is None
        with bare.connection() as connection:
            manager = Manager(connection)
            manager.say("Adwaita-dark")
            manager.manage()
            selection = connection.intern_atom("MANAGER")
            root = connection.screen().root
            announce(connection, root, selection)
            eventually(lambda: watch.dark is True, 10.0, "dark")
            manager.say("Greybird")
            eventually(lambda: watch.dark is False, 10.0, "light")
    finally:
        watch.stop()
    assert told[:2] == [True, False]


def announce(connection: Display, root: object, atom: int) -> None:
    """Tell every program that there is a manager now, as the rules want it."""
    from Xlib.protocol.event import ClientMessage

    event = ClientMessage(window=root, client_type=atom, data=(32, [0, 0, 0, 0, 0]))
    connection.screen().root.send_event(event, event_mask=X.StructureNotifyMask)
    connection.sync()


def test_a_watch_ends_and_begins_again(bare: Desktop) -> None:
    """As often as the settings change their mind; no descriptor stays open."""
    folder = Path("/proc/self/fd")
    watch = ThemeWatch(lambda _: None)
    watch.watch(wanted=True)
    watch.stop()
    eventually(lambda: "theme" not in thread_names(), 10.0, "its end")
    before = len(list(folder.iterdir()))
    for _ in range(20):
        watch.watch(wanted=True)
        watch.watch(wanted=True)
        watch.stop()
    eventually(lambda: "theme" not in thread_names(), 10.0, "its end")
    eventually(lambda: len(list(folder.iterdir())) <= before, 10.0, "no descriptor more")


def thread_names() -> set[str]:
    """Name the threads that run."""
    import threading

    return {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_theme_is_found_behind_other_settings(order: str) -> None:
    """Numbers, colours and texts before it, in either order of bytes."""
    number = struct.pack(f"{order}BxH4sIi", 0, 4, b"Num/", 0, 5)
    color = struct.pack(f"{order}BxH4sIHHHH", 2, 4, b"Col/", 0, 1, 2, 3, 4)
    before = number + color + entry(order, "Gtk/FontName", "Sans 10")
    assert theme_in(block("Night-Dark", order, before, 4)) == "Night-Dark"


@given(st.binary(max_size=80), st.integers(0, 60))
def test_a_broken_property_is_no_theme(noise: bytes, cut: int) -> None:
    """Whatever stands in it, nothing fails."""
    theme_in(noise)
    assert theme_in(block("x")[:cut]) in {None, "x", ""}


def test_windows_tells_by_its_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The taskbar's own value counts; where it is not there nobody tells."""
    values = {"SystemUsesLightTheme": 0, "AppsUseLightTheme": 1}

    class Key:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    def query(key: Key, name: str) -> tuple[int, int]:
        if name not in values:
            raise FileNotFoundError(name)
        return values[name], 4

    fake = types.SimpleNamespace(
        OpenKey=lambda *_: Key(), QueryValueEx=query, HKEY_CURRENT_USER=object()
    )
    monkeypatch.setitem(sys.modules, "winreg", fake)
    assert WindowsTheme().dark() is True
    values["SystemUsesLightTheme"] = 1
    assert WindowsTheme().dark() is False
    del values["SystemUsesLightTheme"]
    assert WindowsTheme().dark() is None


def test_macos_tells_by_its_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """The light appearance has no entry, and the program that reads them may be missing."""
    said = ["Dark\n"]

    def run(command: list[str], **_: object) -> types.SimpleNamespace:
        assert command[-1] == "AppleInterfaceStyle"
        if not said:
            raise FileNotFoundError(command[0])
        return types.SimpleNamespace(stdout=said.pop())

    monkeypatch.setattr(subprocess, "run", run)
    assert MacTheme().dark() is True
    said.append("")
    assert MacTheme().dark() is False
    assert MacTheme().dark() is None
