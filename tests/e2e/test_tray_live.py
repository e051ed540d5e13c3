"""Does the tray follow its settings while the daemon runs? On a panel and in an old tray."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running, traybot
from tests.shells.tray_client import Bus
from traybot.shells.tray_pictures import PICTURES, Pictures

pytestmark = pytest.mark.e2e


@pytest.fixture
def panel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """A desktop with a panel, which this test and its daemon use."""
    with Desktop(tray="xfce4-panel") as desktop:
        for name, value in desktop.env.items():
            monkeypatch.setenv(name, value)
        yield desktop


def shown_look(bus: Bus) -> str:
    """Name the look whose picture of an idle bot the icon has."""
    pixels = {(wide, bytes(data)) for wide, _, data in bus.item("IconPixmap")}
    looks = [folder for folder in PICTURES.iterdir() if (folder / "idle.png").is_file()]
    named = [one.name for one in looks if (64, Pictures(one).argb("idle", 64)) in pixels]
    return "".join(named)


def test_the_icon_is_switched_off_and_on_and_painted_anew(panel: Desktop, home: Path) -> None:
    """By the command line, with no restart: away, back, once, and in another look in its place."""
    assert home.is_dir()
    address = panel.env["DBUS_SESSION_BUS_ADDRESS"]
    with Running(faces=True) as running, closing(Bus(address)) as bus:
        eventually(bus.labels, 15.0, "an icon")
        assert shown_look(bus) == "color"
        place = bus.items()
        assert traybot("config", "set", "tray.icons", "mono").returncode == 0
        eventually(lambda: shown_look(bus) == "mono", 10.0, "another look")
        assert bus.items() == place
        assert traybot("config", "set", "tray.enabled", "false").returncode == 0
        eventually(lambda: not bus.items(), 10.0, "no icon")
        assert running.status()["tray"] == "none: not wanted"
        assert traybot("config", "set", "tray.icons", "dark").returncode == 0
        assert traybot("config", "set", "tray.enabled", "true").returncode == 0
        eventually(bus.labels, 10.0, "the icon again")
        assert len(bus.items()) == 1
        assert shown_look(bus) == "dark"
        assert running.status()["tray"] == "StatusNotifierItem"
        assert traybot("config", "set", "tray.icons", "auto").returncode == 0
        # Nobody on this desktop tells its theme.
        eventually(lambda: shown_look(bus) == "color", 10.0, "the look for any panel")


def test_a_tray_that_is_off_at_the_start_can_be_switched_on(panel: Desktop, home: Path) -> None:
    """And the daemon ends as well as ever."""
    (home / "settings.toml").write_text("[tray]\nenabled = false\n", encoding="utf-8")
    address = panel.env["DBUS_SESSION_BUS_ADDRESS"]
    with Running(faces=True) as running, closing(Bus(address)) as bus:
        assert running.status()["tray"] == "none: not wanted"
        assert traybot("config", "set", "tray.enabled", "true").returncode == 0
        eventually(bus.labels, 10.0, "an icon")
        bus.click("Quit")
        assert running.heard("summary")["children_left"] == 0
