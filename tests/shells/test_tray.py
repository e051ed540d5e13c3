"""The tray icon on real desktops: a panel that knows items by the bus, and an old tray."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from Xlib import X
from Xlib.display import Display
from Xlib.error import BadWindow
from Xlib.ext import xtest
from Xlib.xobject.drawable import Window

from tests.desktop import TRAYER, Desktop, eventually
from tests.shells.tray_client import Bus, TrayApp
from traybot.core.menu import MenuItem
from traybot.core.status import Status
from traybot.shells.tray_pictures import PICTURES, Pictures
from traybot.shells.tray_popup import lay_out

MENU = (
    MenuItem("Demo: running, 3 deaths"),
    MenuItem(""),
    MenuItem("Pause", "pause"),
    MenuItem("Stop now", "stop"),
    MenuItem("Resume", "resume", enabled=False),
    MenuItem(""),
    MenuItem("Run at login", "autostart", checked=True),
    MenuItem("Quiet", "quiet", checked=False, radio=True),
)
RUNNING = Status("running", "Demo: running", MENU)


def with_first_line(label: str, icon: str = "running") -> Status:
    """Give a status whose menu differs in its first line."""
    return Status(icon, "Demo: running", (MenuItem(label), *MENU[1:]))


@pytest.fixture(scope="module")
def panel() -> Iterator[Desktop]:
    """A desktop whose panel shows StatusNotifierItems."""
    with Desktop(tray="xfce4-panel") as desktop:
        yield desktop


@pytest.fixture(scope="module")
def old_tray() -> Iterator[Desktop]:
    """A desktop whose tray embeds windows, without a session bus."""
    with Desktop(tray="trayer") as desktop:
        yield desktop


@pytest.fixture
def bus(panel: Desktop) -> Iterator[Bus]:
    """The panel's session bus."""
    with closing(Bus(panel.env["DBUS_SESSION_BUS_ADDRESS"])) as bus:
        yield bus


@pytest.fixture
def app(panel: Desktop, bus: Bus) -> Iterator[TrayApp]:
    """A tray on the panel, with a status shown."""
    with TrayApp(panel.env) as app:
        app.show(RUNNING)
        eventually(lambda: "Stop now" in bus.labels(), 10, "the icon")
        yield app


def shown_picture(bus: Bus) -> str:
    """Name the picture whose pixels the icon has."""
    pixels = {(wide, bytes(data)) for wide, _, data in bus.item("IconPixmap")}
    drawn = Pictures(PICTURES / "color")
    names = (path.stem for path in (PICTURES / "color").glob("*.png"))
    return next(name for name in names if (64, drawn.argb(name, 64)) in pixels)


def windows_below(window: Window) -> Iterator[Window]:
    """Give every window that somebody sees, below this one; none that goes away meanwhile."""
    with suppress(BadWindow):
        for child in window.query_tree().children:
            if child.get_attributes().map_state == X.IsViewable:
                yield child
                yield from windows_below(child)


def embedded_icons(display: Display) -> list[tuple[int, int]]:
    """Where an old tray shows our icon: its middle, on the screen, in pixels."""
    root = display.screen().root
    found = []
    for window in windows_below(root):
        with suppress(BadWindow):
            if window.get_wm_name() == RUNNING.tooltip:
                size, corner = window.get_geometry(), window.translate_coords(root, 0, 0)
                found.append((size.width // 2 - corner.x, size.height // 2 - corner.y))
    return found


def open_menus(display: Display) -> int:
    """How many menus are open on the screen."""
    kind = display.intern_atom("_NET_WM_WINDOW_TYPE")
    menus = {
        display.intern_atom(f"_NET_WM_WINDOW_TYPE_{name}_MENU") for name in ("POPUP", "DROPDOWN")
    }
    found = 0
    for window in windows_below(display.screen().root):
        with suppress(BadWindow):
            kinds = window.get_full_property(kind, X.AnyPropertyType)
            found += bool(kinds and menus & set(kinds.value))
    return found


def click_at(display: Display, place: tuple[int, int], button: int) -> None:
    """Click with the mouse."""
    display.screen().root.warp_pointer(*place)
    xtest.fake_input(display, X.ButtonPress, button)
    xtest.fake_input(display, X.ButtonRelease, button)
    display.sync()


def test_the_panel_knows_the_icon_and_its_picture(app: TrayApp, bus: Bus) -> None:
    """The icon is there under our name, shows the status's picture and tells its words."""
    assert app.tray == "DesktopTray"
    assert len(bus.items()) == 1
    assert bus.item("Status") == "Active"
    assert bus.item("Title") == "Demo: running"
    assert shown_picture(bus) == "running"


def test_the_menu_has_the_statuss_lines(app: TrayApp, bus: Bus) -> None:
    """Labels, dim lines, ticks, radio marks and separators are those of the status."""
    menu = bus.menu()
    assert [line.get("label", "") for line in menu] == [item.label for item in MENU]
    assert [line.get("type") == "separator" for line in menu] == [not item.label for item in MENU]
    enabled = {line["label"]: line.get("enabled", True) for line in menu if "label" in line}
    assert not enabled["Demo: running, 3 deaths"]
    assert not enabled["Resume"]
    assert enabled["Stop now"]
    ticks = {line["label"]: line for line in menu if line.get("toggle-type")}
    assert set(ticks) == {"Run at login", "Quiet"}
    assert (ticks["Run at login"]["toggle-type"], ticks["Quiet"]["toggle-type"]) == (
        "checkmark",
        "radio",
    )
    assert ticks["Run at login"]["toggle-state"] == 1
    assert ticks["Quiet"].get("toggle-state", 0) == 0


def test_a_click_tells_the_lines_action(app: TrayApp, bus: Bus) -> None:
    """What the user chooses in the menu is posted by its action, once each."""
    for label, action in (("Stop now", "stop"), ("Pause", "pause"), ("Run at login", "autostart")):
        bus.click(label)
        assert app.answer("clicked") == action


def test_a_tick_shows_the_status_and_not_the_click(app: TrayApp, bus: Bus) -> None:
    """A click alone turns no tick: what is not so is not shown."""

    def ticked() -> bool:
        line = next(line for line in bus.menu() if line.get("label") == "Run at login")
        return bool(line["toggle-state"])

    bus.click("Run at login")
    assert app.answer("clicked") == "autostart"
    eventually(ticked, what="the tick again")
    unticked = tuple(
        MenuItem("Run at login", "autostart", checked=False) if item.action == "autostart" else item
        for item in MENU
    )
    app.show(Status("running", "Demo: running", unticked))
    eventually(lambda: not ticked(), what="no tick")
    bus.click("Stop now")
    assert app.answer("clicked") == "stop"


def test_a_change_is_shown_in_words_and_picture(app: TrayApp, bus: Bus) -> None:
    """Icon, title and menu follow the status; an action belongs to the line that is shown."""
    app.show(Status("paused", "Demo: paused", (MenuItem("Resume", "resume"),)))
    eventually(lambda: bus.labels() == ["Resume"], what="the new menu")
    assert bus.item("Title") == "Demo: paused"
    assert shown_picture(bus) == "paused"
    bus.click("Resume")
    assert app.answer("clicked") == "resume"


def test_figures_change_in_place(app: TrayApp, bus: Bus) -> None:
    """A menu with other words but the same lines is the same menu, so nobody closes it."""
    before = [line["id"] for line in bus.menu()]
    app.show(with_first_line("Demo: dead, 4 deaths", "dead"))
    eventually(lambda: "Demo: dead, 4 deaths" in bus.labels(), what="the new figure")
    assert [line["id"] for line in bus.menu()] == before


def test_an_open_menu_stays_open(app: TrayApp, bus: Bus, panel: Desktop) -> None:
    """A person who reads the menu is not disturbed by the figures that run in it."""
    with panel.connection() as display:
        size = display.screen().root.get_geometry()
        click_at(display, (size.width - 16, 16), 3)
        eventually(lambda: open_menus(display), what="the open menu")
        app.show(with_first_line("Demo: running, 5 deaths"))
        eventually(lambda: "Demo: running, 5 deaths" in bus.labels(), what="the new figure")
        assert open_menus(display)
        click_at(display, (10, 700), 1)
        eventually(lambda: not open_menus(display), what="the closed menu")


def test_of_many_changes_few_are_shown_and_the_last_stays(app: TrayApp, bus: Bus) -> None:
    """A storm of changes reaches the panel at most once a second; its end is what remains."""
    for number in range(300):
        app.show(with_first_line(f"Demo: {number} deaths"))
    seen = [bus.labels()[0]]

    def last() -> bool:
        if (label := bus.labels()[0]) != seen[-1]:
            seen.append(label)
        return label == "Demo: 299 deaths"

    eventually(last, 5, "the last one")
    assert len(seen) <= 4


def test_an_empty_menu_is_no_trouble(app: TrayApp, bus: Bus) -> None:
    """A status without a menu leaves the icon with its name, and the next one has its menu."""
    app.show(Status("idle", "nothing runs"))
    eventually(lambda: bus.item("Title") == "nothing runs", what="the new title")
    app.show(RUNNING)
    eventually(lambda: "Stop now" in bus.labels(), what="the menu")
    assert "Traceback" not in app.errors


def test_a_missing_picture_harms_nothing(app: TrayApp, bus: Bus) -> None:
    """A name without a picture is logged; the next status is shown."""
    app.show(Status("no-such-icon", "strange", MENU))
    app.show(Status("idle", "back again", MENU))
    eventually(lambda: bus.item("Title") == "back again", what="the next status")


def test_stop_ends_the_loop_and_takes_the_icon_away(app: TrayApp, bus: Bus) -> None:
    """From another thread `stop` makes `run` return within a second; no icon is left to click."""
    assert app.stop() < 1

    def taken_away() -> bool:
        try:
            return bus.item("Status") == "Passive"
        except IndexError:  # no icon is there to be asked
            return True

    eventually(taken_away, what="an icon taken away")


def test_signals_do_not_end_the_tray_by_themselves(app: TrayApp, bus: Bus) -> None:
    """Who waits for Ctrl+C is not robbed of it by the tray's library."""
    os.kill(app.process.pid, signal.SIGINT)
    os.kill(app.process.pid, signal.SIGTERM)
    app.show(Status("paused", "still here", MENU))
    eventually(lambda: bus.item("Title") == "still here", what="the next status")
    # What it inherited from us it may well ignore.
    assert ignores_sigint(app.process.pid) == ignores_sigint(os.getpid())


def ignores_sigint(pid: int) -> bool:
    """Tell whether a process ignores Ctrl+C."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    ignored = next(line for line in lines if line.startswith("SigIgn:"))
    return bool(int(ignored.split()[1], 16) & (1 << (signal.SIGINT - 1)))


def test_health_names_what_shows_the_icon(app: TrayApp) -> None:
    """On a panel of the new kind nothing more is to be said."""
    assert app.health() == "StatusNotifierItem"


@pytest.mark.parametrize("button", [1, 3])
def test_an_old_tray_shows_icon_and_menu(old_tray: Desktop, button: int) -> None:
    """Without a session bus the icon is embedded, and either mouse button opens its menu."""
    with TrayApp(old_tray.env) as app, old_tray.connection() as display:
        app.show(RUNNING)
        place = eventually(lambda: embedded_icons(display), 10, "the embedded icon")[0]
        eventually(lambda: app.health() == "XEmbed", what="its name")
        click_at(display, place, button)
        eventually(lambda: open_menus(display), what="the open menu")
        app.show(with_first_line("Demo: running, 4 deaths"))
        click_at(display, menu_line(display, 2), 1)
        assert app.answer("clicked") == "pause"
        eventually(lambda: not open_menus(display), what="the closed menu")
        assert app.stop() < 1
        eventually(lambda: not embedded_icons(display), what="an icon taken away")


def menu_line(display: Display, line: int) -> tuple[int, int]:
    """Where a line of our own open menu is: its middle, on the screen."""
    root = display.screen().root
    menu = next(w for w in windows_below(root) if w.get_wm_class() == ("traybot", "menu"))
    corner = menu.translate_coords(root, 0, 0)
    row = lay_out(MENU, frozenset())[line]
    return 40 - corner.x, row.top + row.height // 2 - corner.y


@contextmanager
def late_tray(desktop: Desktop) -> Iterator[None]:
    """An old tray that comes to a desktop and leaves again."""
    with subprocess.Popen(TRAYER.split(), env=desktop.env, stderr=subprocess.DEVNULL) as tray:
        try:
            yield
        finally:
            tray.terminate()


@pytest.mark.parametrize("backend", ["", "appindicator", "gtk"])
def test_an_icon_comes_whenever_a_tray_does(backend: str) -> None:
    """Started before its tray the icon appears with it, and again after the tray's restart."""
    with (
        Desktop(bus=True) as bare,
        bare.connection() as display,
        TrayApp({**bare.env, "PYSTRAY_BACKEND": backend}) as app,
    ):
        app.show(RUNNING)
        for _ in range(2):
            eventually(lambda: not embedded_icons(display), what="no icon yet")
            with late_tray(bare):
                eventually(lambda: embedded_icons(display), 15, "the embedded icon")


def descriptors(app: TrayApp) -> int:
    """How many descriptors the tray's process has open."""
    return psutil.Process(app.process.pid).num_fds()


def test_twenty_restarts_of_the_tray_leave_one_icon_and_no_descriptor() -> None:
    """Each time the tray comes back the icon is there once, and nothing of the last one is left."""
    with Desktop() as bare, bare.connection() as display, TrayApp(bare.env) as app:
        app.show(RUNNING)
        opened = []
        for _ in range(20):
            with late_tray(bare):
                eventually(lambda: len(embedded_icons(display)) == 1, 10, "the icon")
                opened.append(descriptors(app))
            eventually(lambda: not embedded_icons(display), what="no icon without a tray")
        # The icon may be there before its last descriptor is; what grows at each restart shows.
        assert opened[-1] <= max(opened[:5])
        assert "Traceback" not in app.errors


def test_a_desktop_without_a_tray_is_named_in_health() -> None:
    """Where nobody shows icons health says so; the daemon runs on all the same."""
    with Desktop(bus=True) as bare, TrayApp(bare.env) as app:
        app.show(RUNNING)
        none = "none: no tray on this desktop shows icons yet"
        assert app.health() in {"starting", none}
        eventually(lambda: app.health() == none, 10, "the word that there is none")
        assert app.stop() < 1


def test_the_end_of_the_session_bus_is_survived() -> None:
    """The daemon outlives a bus that crashes, although GLib would end it."""
    with Desktop(bus=True, tray="trayer") as desktop, TrayApp(desktop.env) as app:
        app.show(RUNNING)
        with desktop.connection() as display:
            eventually(lambda: embedded_icons(display), 15, "the embedded icon")
        processes = [psutil.Process(pid) for pid in desktop.pids]
        (bus,) = (process for process in processes if process.name() == "dbus-daemon")
        bus.kill()
        eventually(lambda: bus.status() == psutil.STATUS_ZOMBIE, what="the end of the bus")
        assert app.health()
        assert app.stop() < 1


def test_without_a_screen_there_is_no_tray_and_no_harm() -> None:
    """On a machine without a screen the daemon runs without a tray, and says why."""
    bare = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    with TrayApp(bare) as app:
        assert app.tray == "NullTray"
        assert app.health().startswith("none: ")
        app.show(RUNNING)
        assert app.stop() < 1
