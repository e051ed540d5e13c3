"""Does the daemon keep the machine awake while its bot plays, and let it sleep whatever happens?"""

import json
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot, traybot
from tests.system.sleepers import NOBODY, SCREEN_SAVER, Sleepers, private_bus

pytestmark = pytest.mark.e2e

IDLE = "def play(bot):\n    bot.sleep(3600)\n"


@pytest.fixture
def screen_saver(
    desktop: Desktop, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sleepers]:
    """A screen saver on a bus of this test's own; the only one there is."""
    make_bot(home, "player", IDLE)
    with private_bus() as address, Sleepers(address, SCREEN_SAVER) as sleepers:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", NOBODY)
        yield sleepers


def reach(running: Running, state: str) -> None:
    """Wait until the status says so."""
    eventually(lambda: running.status()["awake"] == state, 10.0, f'"{state}" in the status')


def test_the_screen_saver_waits_while_a_bot_plays(screen_saver: Sleepers) -> None:
    """Held from the start on, not during a pause, and no longer after the stop."""
    with Running() as running:
        assert running.status()["awake"] == "not held"
        assert running.ask("start")["ok"]
        number = screen_saver.heard("asked")["number"]
        reach(running, "held")
        assert "awake      held" in traybot("status").stdout
        assert running.ask("pause")["ok"]
        assert screen_saver.heard("returned")["returned"] == number
        reach(running, "not held")
        assert running.ask("resume")["ok"]
        number = screen_saver.heard("asked")["number"]
        reach(running, "held")
        assert running.ask("stop")["ok"]
        assert screen_saver.heard("returned")["returned"] == number
        reach(running, "not held")


def test_a_killed_daemon_holds_nothing(screen_saver: Sleepers) -> None:
    """The bus sees its end, and none of its children keeps its connection open."""
    with Running("player") as running:
        screen_saver.heard("asked")
        reach(running, "held")
        running.process.kill()
        assert screen_saver.heard("gone")
        assert screen_saver.unheard("returned")


def test_a_daemon_that_quits_gives_it_back(screen_saver: Sleepers) -> None:
    """The number is returned, not left for the bus to clean up."""
    with Running("player") as running:
        number = screen_saver.heard("asked")["number"]
        running.end()
        assert screen_saver.heard("returned")["returned"] == number


def test_the_setting_switches_it_off(screen_saver: Sleepers, home: Path) -> None:
    """Who does not want it: nobody is asked."""
    (home / "settings.toml").write_text("[daemon]\nawake = false\n", encoding="utf-8")
    with Running("player") as running:
        running.heard("running")
        assert running.ask("stop")["ok"]
        assert running.status()["awake"] == "not held"
    assert screen_saver.unheard("asked")


def test_a_service_that_hangs_holds_nobody_up(screen_saver: Sleepers) -> None:
    """Bots start and stop, and the daemon quits, while it does not answer."""
    service = psutil.Process(screen_saver.process.pid)
    service.suspend()
    try:
        with Running() as running:
            for _ in range(5):
                assert running.ask("start")["ok"]
                began = running.heard("starting")["t"]
                assert running.heard("running")["t"] - began < 1.0
                assert running.ask("stop")["ok"]
            assert running.end()["children_left"] == 0
    finally:
        service.resume()


def test_without_a_bus_the_status_says_why(
    desktop: Desktop, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The bot plays all the same."""
    make_bot(home, "player", IDLE)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", NOBODY)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with Running("player") as running:
        running.heard("running")
        why = "unavailable: there is no session bus"
        eventually(lambda: running.status()["awake"].startswith(why), 10.0, why)
        told = json.loads(traybot("status", "--json").stdout)
        assert told["awake"].startswith(why)
        assert told["phase"] == "running"
