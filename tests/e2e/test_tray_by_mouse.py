"""Does a hand with a mouse get what it clicks? A real panel, its menu, a look at the pixels."""

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from Xlib import X
from Xlib.display import Display
from Xlib.error import BadWindow
from Xlib.ext import xtest
from Xlib.xobject.drawable import Window

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot
from tests.shells.tray_client import Bus
from traybot.shells.tray_pictures import PICTURES, Pictures

pytestmark = pytest.mark.e2e

PLAYER = "def play(bot):\n    while True:\n        bot.sleep(0.01)\n"
#: Rows of pixels between two lines of the menu; within one line there are fewer.
GAP = 4
#: How much of a picture's colours the panel's scaling may change, of 255.
SCALED = 40


@pytest.fixture
def panel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """A desktop with a panel, which this test and its daemon use."""
    with Desktop(tray="xfce4-panel") as desktop:
        for name, value in desktop.env.items():
            monkeypatch.setenv(name, value)
        yield desktop


def pixels(window: Window, x: int, y: int, width: int, height: int) -> Image.Image:
    """Take a picture of a part of a window."""
    seen = window.get_image(x, y, width, height, X.ZPixmap, 0xFFFFFFFF)
    return Image.frombytes("RGB", (width, height), seen.data, "raw", "BGRX")


def icon_place(display: Display) -> tuple[int, int]:
    """Where the panel shows the only icon: its middle."""
    return display.screen().root.get_geometry().width - 16, 16


def shown(display: Display, name: str) -> bool:
    """Tell whether the colour that most of a picture has is on the panel where the icon is."""
    x, y = icon_place(display)
    seen = np.asarray(pixels(display.screen().root, x - 16, y - 16, 32, 32)).astype(int)
    picture = np.asarray(Pictures(PICTURES / "color").at(name, 24)).astype(int)
    solid = picture[(picture[:, :, 3] == 255) & (picture[:, :, :3].max(axis=2) > 60)][:, :3]
    colours, counts = np.unique(solid, axis=0, return_counts=True)
    near = np.abs(seen - colours[counts.argmax()]).max(axis=2) < SCALED
    return bool(near.sum() > 20)


def click(display: Display, place: tuple[int, int], button: int = 1) -> None:
    """Click with the mouse."""
    display.screen().root.warp_pointer(*place)
    display.sync()
    xtest.fake_input(display, X.ButtonPress, button)
    xtest.fake_input(display, X.ButtonRelease, button)
    display.sync()


def open_menu(display: Display) -> list[Window]:
    """Find the panel's open menu on the screen."""
    kind = display.intern_atom("_NET_WM_WINDOW_TYPE")
    menus = {
        display.intern_atom(f"_NET_WM_WINDOW_TYPE_{name}_MENU") for name in ("POPUP", "DROPDOWN")
    }
    for window in display.screen().root.query_tree().children:
        with suppress(BadWindow):  # tooltips come and go
            if window.get_attributes().map_state == X.IsViewable:
                kinds = window.get_full_property(kind, X.AnyPropertyType)
                if kinds and menus & set(kinds.value):
                    return [window]
    return []


def lines_of(menu: Window) -> list[int]:
    """Find the lines of text in a menu: the height of the middle of each, from its top."""
    size = menu.get_geometry()
    seen = np.asarray(pixels(menu, 0, 0, size.width, size.height)).astype(int)
    # The frame does not count, nor does what stands left of the texts or the arrows at the right.
    inner = seen[:, 30:-30] @ np.array([65536, 256, 1])
    # Compared with its own row, for the line under the pointer has another ground.
    inked = [len(row) - int(np.unique(row, return_counts=True)[1].max()) for row in inner]
    bands: list[list[int]] = []
    for y, ink in enumerate(inked):
        if not ink:
            continue  # between two lines, or a separator
        if bands and y - bands[-1][-1] < GAP:
            bands[-1].append(y)
        else:
            bands.append([y])
    return [band[len(band) // 2] for band in bands if len(band) > GAP]


def click_line(display: Display, bus: Bus, label: str) -> None:
    """Open the menu by the mouse, find a line by its pixels, and click it."""
    click(display, icon_place(display), 3)
    (menu,) = eventually(lambda: open_menu(display), 10.0, "the open menu")
    labels = [one["label"] for one in bus.menu() if one.get("label")]
    eventually(lambda: len(lines_of(menu)) == len(labels), 10.0, "all lines, drawn")
    line = lines_of(menu)[labels.index(label)]
    corner = menu.translate_coords(display.screen().root, 0, 0)
    click(display, (60 - corner.x, line - corner.y))
    eventually(lambda: not open_menu(display), 10.0, "the closed menu")


def test_a_mouse_starts_pauses_and_stops_a_bot(panel: Desktop, home: Path) -> None:
    """Each click does what its line says, and the icon on the panel has the phase's colour."""
    make_bot(home, "player", PLAYER)
    address = panel.env["DBUS_SESSION_BUS_ADDRESS"]
    with (
        Running(faces=True) as running,
        closing(Bus(address)) as bus,
        panel.connection() as display,
    ):
        eventually(lambda: "Start" in bus.labels(), 15.0, "an icon with a menu")
        click_line(display, bus, "Start")
        running.heard("running")
        eventually(lambda: shown(display, "running"), 10.0, "the running icon on the panel")
        click_line(display, bus, "Pause")
        running.heard("paused")
        eventually(lambda: shown(display, "paused"), 10.0, "the paused icon on the panel")
        click_line(display, bus, "Resume")
        running.heard("resumed")
        click_line(display, bus, "Stop")
        running.heard("stopped", why="stopped by menu")
        click_line(display, bus, "Quit")
        assert running.heard("summary")["children_left"] == 0
