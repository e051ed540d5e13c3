"""Fault 20: 10 000 changes from 8 threads while a person has the menu open."""

import time
from collections import Counter
from contextlib import closing

import psutil
import pytest
from jeepney import HeaderFields, MatchRule

from tests.desktop import Desktop, eventually
from tests.shells.test_tray import click_at, open_menus
from tests.shells.tray_client import Bus, TrayApp
from traybot.core.menu import MenuItem
from traybot.core.status import Status
from traybot.shells.tray_bus import ITEM_PATH
from traybot.system import buses

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

CHANGES, SECONDS = 10_000, 8.0
BEFORE = Status("running", "before", (MenuItem("0: 0"), MenuItem("Stop", "stop")))


def test_a_storm_reaches_the_panel_once_a_second_and_the_menu_stays_open() -> None:
    """No change is lost at the end, no menu closes under the hand, and a click still counts."""
    with Desktop(tray="xfce4-panel") as panel:
        address = panel.env["DBUS_SESSION_BUS_ADDRESS"]
        with (
            TrayApp(panel.env) as app,
            closing(Bus(address)) as bus,
            closing(buses.Bus(address)) as ear,
            panel.connection() as display,
        ):
            app.show(BEFORE)
            eventually(lambda: "Stop" in bus.labels(), 10.0, "the icon")
            width = display.screen().root.get_geometry().width
            click_at(display, (width - 16, 16), 3)
            eventually(lambda: open_menus(display), 10.0, "the open menu")
            ear.listen(MatchRule(type="signal", path=ITEM_PATH))
            process = psutil.Process(app.process.pid)
            before = process.num_fds(), process.num_threads()
            app.storm(CHANGES, SECONDS)
            began = time.monotonic()
            took = app.answer("stormed")
            assert open_menus(display)
            eventually(lambda: bus.item("Title") == "calm", 5.0, "the last status")
            lasted = time.monotonic() - began
            told = Counter(
                message.header.fields.get(HeaderFields.member) for message in ear.heard()
            )
            assert 3 <= told["NewIcon"] <= lasted + 2, (told, lasted)
            assert told["NewTitle"] <= lasted + 2, (told, lasted)
            assert took < SECONDS + 5.0
            assert open_menus(display)
            bus.click("Stop")
            assert app.answer("clicked") == "stop"
            eventually(
                lambda: (process.num_fds(), process.num_threads()) <= before, 5.0, "no handle more"
            )
            assert "Traceback" not in app.errors
