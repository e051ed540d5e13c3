"""Fault 18: no tray at the start, a tray that comes late, one that is restarted again and again.

Here by a panel of the new kind; the old kind's test is in tests/shells/test_tray.py.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest

from tests.desktop import PANEL_SETTINGS, WATCHER_ASKED, Desktop, eventually
from tests.shells.tray_client import Bus, TrayApp
from traybot.core.menu import MenuItem
from traybot.core.status import Status

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(180)]

RUNNING = Status("running", "Demo: running", (MenuItem("Stop", "stop"),))
RESTARTS = 20
#: How long after the panel can show icons ours must be there.
ICON_SECONDS = 2.0


def hosted(desktop: Desktop) -> bool:
    """Tell whether a panel has announced that it shows icons."""
    answer = subprocess.run(
        WATCHER_ASKED.split(), env=desktop.env, capture_output=True, check=False, timeout=5
    )
    return b"boolean true" in answer.stdout


@contextmanager
def panel(desktop: Desktop, ending: signal.Signals) -> Iterator[None]:
    """Run a panel for the length of a `with` block; it leaves by `ending`."""
    started = subprocess.Popen(
        ["xfce4-panel"],
        env=desktop.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        eventually(lambda: hosted(desktop), 20.0, "the panel")
        yield
    finally:
        plugins = psutil.Process(started.pid).children(recursive=True)
        os.kill(started.pid, ending)
        started.wait(10.0)
        for plugin in plugins:
            plugin.kill() if plugin.is_running() else None
        psutil.wait_procs(plugins, 5.0)


def items(bus: Bus) -> int:
    """How many icons of ours the panel knows."""
    try:
        return len(bus.items())
    except Exception:  # noqa: BLE001  GLib's, when nobody is there to be asked
        return 0


def test_the_icon_comes_with_each_panel_once_and_leaves_nothing_behind() -> None:
    """20 panels come and go, half of them killed: the icon within 2 s, once, no descriptor more."""
    with Desktop(bus=True) as desktop:
        settings = Path(desktop.env["XDG_CONFIG_HOME"], "xfce4/xfconf/xfce-perchannel-xml")
        settings.mkdir(parents=True)
        (settings / "xfce4-panel.xml").write_text(PANEL_SETTINGS, encoding="utf-8")
        address = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
        with TrayApp(desktop.env) as app, closing(Bus(address)) as bus:
            app.show(RUNNING)
            none = lambda: app.health().startswith("none: no tray")  # noqa: E731
            eventually(none, 10.0, "the certainty that there is no tray")
            process, opened, waits = psutil.Process(app.process.pid), [], []
            for number in range(RESTARTS):
                ending = signal.SIGKILL if number % 2 else signal.SIGTERM
                with panel(desktop, ending):
                    came = time.monotonic()
                    eventually(lambda: items(bus) == 1, 10.0, "the icon")
                    waits.append(time.monotonic() - came)
                    eventually(lambda: app.health() == "StatusNotifierItem", 10.0, "its name")
                    assert items(bus) == 1
                    opened.append((process.num_fds(), process.num_threads()))
                eventually(lambda: app.health().startswith("none"), 10.0, "no icon")
            assert max(waits) <= ICON_SECONDS, waits
            # Without a panel it has fewer open than with the first ones.
            fewer = lambda: (process.num_fds(), process.num_threads()) <= max(opened[:3])  # noqa: E731
            eventually(fewer, 5.0, f"no descriptor more: {opened}")
            assert "Traceback" not in app.errors
