"""Does Linux stay awake while it is held, and only then? Asked of services on a bus of our own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.desktop import eventually
from tests.running import alive
from tests.system.sleepers import (
    LOGIND,
    NOBODY,
    POWER,
    SCREEN_SAVER,
    SESSION,
    Sleepers,
    private_bus,
)
from traybot.errors import BackendUnavailable
from traybot.system import awake_linux
from traybot.system.awake_linux import LinuxAwake, LogindAwake, SessionAwake
from traybot.system.buses import session_address

WHY = "a bot is playing"
#: Stands in for systemd's program: says what it was called with, then runs the last word.
INHIBIT = """#!/bin/sh
echo "$@" > "$(dirname "$0")/called"
for last; do :; done
"$last"
"""


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A session bus of this test's own, and no system bus."""
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", NOBODY)
        yield address


@pytest.fixture
def no_bus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No bus at all, and no program that could ask one."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", NOBODY)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))


class Held:
    """A hold that a `with` block ends; `closing` of it releases."""

    def __init__(self, awake: SessionAwake | LogindAwake | LinuxAwake) -> None:
        self.awake = awake
        self.close = awake.release
        awake.hold(WHY)


def test_the_screen_saver_is_asked_and_told(bus: str) -> None:
    """It hears our name and the reason, and gets its number back."""
    with Sleepers(bus, SCREEN_SAVER) as sleepers:
        with closing(Held(SessionAwake())):
            asked = sleepers.heard("asked")
            assert asked["words"] == ["traybot", WHY]
            assert sleepers.unheard("returned")
        assert sleepers.heard("returned")["returned"] == asked["number"]
        assert sleepers.heard("gone")


def test_everybody_who_is_there_is_asked(bus: str) -> None:
    """Screen saver, power manager and session manager each get a hold of their own kind."""
    with Sleepers(bus, SCREEN_SAVER, POWER, SESSION) as sleepers:
        with closing(Held(SessionAwake())):
            assert sleepers.heard("asked", SCREEN_SAVER)["words"] == ["traybot", WHY]
            assert sleepers.heard("asked", POWER)["words"] == ["traybot", WHY]
            # 4: do not suspend; 8: the session is not idle.
            assert sleepers.heard("asked", SESSION)["words"] == ["traybot", 0, WHY, 12]
        assert [sleepers.heard("returned")["by"] for _ in range(3)] == [
            SCREEN_SAVER,
            POWER,
            SESSION,
        ]


def test_who_has_granted_it_is_not_asked_again(bus: str) -> None:
    """To hold what is held changes nothing."""
    with Sleepers(bus, SCREEN_SAVER) as sleepers, closing(Held(SessionAwake())) as held:
        sleepers.heard("asked")
        held.awake.hold(WHY)
        held.awake.hold(WHY)
        assert sleepers.unheard("asked")


def test_a_service_that_started_anew_is_asked_anew(bus: str) -> None:
    """Its successor knows nothing of our hold, so the next look asks it."""
    with Sleepers(bus, SCREEN_SAVER) as first:
        held = Held(SessionAwake())
        first.heard("asked")
    with closing(held), Sleepers(bus, SCREEN_SAVER) as second:
        held.awake.hold(WHY)
        assert second.heard("asked")["words"] == ["traybot", WHY]


def test_a_service_that_comes_late_is_asked(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """That logind has granted it does not keep us from asking the desktop, once it is up."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus)
    with Sleepers(bus, LOGIND) as early, closing(Held(LinuxAwake())) as held:
        early.heard("asked", LOGIND)
        with Sleepers(bus, SCREEN_SAVER) as late:
            held.awake.hold(WHY)
            late.heard("asked", SCREEN_SAVER)


def test_logind_is_asked_about_idleness_alone(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends the machine to sleep himself may; the hold ends with its descriptor."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus)
    with Sleepers(bus, LOGIND) as logind:
        with closing(Held(LogindAwake())) as held:
            assert logind.heard("asked")["words"] == ["idle", "traybot", WHY, "block"]
            held.awake.hold(WHY)
            assert logind.unheard("closed")
        assert logind.heard("closed")
        assert logind.unheard("asked")


def test_a_bus_that_started_anew_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hold is gone with the bus, and asked for on the next one."""
    awake = SessionAwake()
    for _ in range(2):
        with private_bus() as address, Sleepers(address, SCREEN_SAVER) as sleepers:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
            awake.hold(WHY)
            sleepers.heard("asked")
    awake.release()


def test_a_desktop_without_services_is_said(bus: str) -> None:
    """A bus on which nobody listens grants nothing, and it is left again."""
    with pytest.raises(BackendUnavailable, match="nobody to ask"):
        SessionAwake().hold(WHY)


def test_without_any_bus_it_is_said_why(no_bus: None) -> None:
    """The one line names both buses; nothing is started for the question."""
    with pytest.raises(BackendUnavailable) as unavailable:
        LinuxAwake().hold(WHY)
    assert "there is no session bus; the bus does not answer" in str(unavailable.value)
    assert "by hand" in str(unavailable.value)


def test_the_bus_of_the_runtime_folder_is_found(
    no_bus: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no variable names it, the session's bus is looked for at its usual place."""
    monkeypatch.chdir(tmp_path)
    with closing(socket.socket(vars(socket)["AF_UNIX"])) as listener:
        listener.bind("bus")
        assert session_address() == f"unix:path={tmp_path / 'bus'}"


@pytest.fixture
def no_system_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place from where the system's bus cannot be reached."""

    def refuse(address: str, *, files: bool) -> None:
        raise BackendUnavailable("the bus does not answer")

    monkeypatch.setattr(awake_linux, "Bus", refuse)


def test_without_the_bus_systemds_program_asks(
    no_system_bus: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs for as long as we hold, and is gone when we let go."""
    program = tmp_path / "systemd-inhibit"
    program.write_text(INHIBIT, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    awake = LogindAwake()
    awake.hold(WHY)
    said = (tmp_path / "called").read_text(encoding="utf-8")
    assert said == f"--what=idle --who=traybot --why={WHY} --mode=block cat\n"
    helper = awake._helper  # noqa: SLF001  nothing tells its number
    assert helper is not None
    awake.hold(WHY)
    assert awake._helper is helper  # noqa: SLF001  likewise
    awake.release()
    assert not alive(helper.pid)
    awake.release()


def test_the_program_ends_with_us(no_system_bus: None, tmp_path: Path) -> None:
    """Whoever held is killed, and what held for him leaves by itself."""
    program = tmp_path / "systemd-inhibit"
    program.write_text(INHIBIT, encoding="utf-8")
    program.chmod(0o755)
    code = (
        "from traybot.system import awake_linux as a; import signal\n"
        f"print(a._start_helper({WHY!r}, 'no').pid, flush=True); signal.pause()"
    )
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    holder = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    with holder.stdout:
        pid = int(holder.stdout.readline())
    holder.kill()
    holder.wait()
    eventually(lambda: not alive(pid), 10.0, "the helper's end")


def test_systemds_own_program_without_logind_is_said(
    no_system_bus: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real one fails where no logind answers, and that is a reason, not an error."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", NOBODY)
    with pytest.raises(BackendUnavailable, match="does not answer"):
        LogindAwake().hold(WHY)


def test_no_bindings_of_the_distribution_are_needed(bus: str) -> None:
    """A plain virtual environment keeps the machine awake too: nothing of GLib is loaded."""
    code = (
        "import sys, traybot.system.awake_linux as a\n"
        "try: a.LinuxAwake().hold('x')\n"
        "except Exception: pass\n"
        "print(any(name.split('.')[0] == 'gi' for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == ["False"]
