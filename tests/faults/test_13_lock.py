"""Fault 13: the screen is locked, with keys held, and unlocked. Nothing goes to the lock screen."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from Xlib import X

from tests.core.chapters import paused, playing, reviving, starting
from tests.desktop import Desktop, eventually
from tests.real_hands import RealHands
from tests.running import Running, make_bot, x_keys
from tests.system.fake_logind import FakeLogind
from tests.system.sleepers import private_bus
from traybot.core import events as e
from traybot.core.phases import Phase
from traybot.shells.paths import find_paths

HOLDER = """
def play(bot):
    with bot.keys.hold("shift"):
        while True:
            bot.sleep(0.01)
"""
SAVER = "org.freedesktop.ScreenSaver"
FINGER_SECONDS = 0.03


@pytest.fixture
def logind(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLogind]:
    """A logind and a screen saver for the daemon that this test starts."""
    with private_bus() as address, FakeLogind(address) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield fake


def test_a_lock_pauses_and_an_unlock_plays_on() -> None:
    """The gate closes with the lock; after it everything is judged, then the gate opens."""
    world = playing()
    assert world.session(e.SessionAway, "lock")[0] == "HoldLife 1"
    world.settle()
    assert (world.phase(), world.state.reason) == (Phase.PAUSED, "the screen is locked")
    assert world.session(e.SessionBack, "lock") == ["Report back", "Judge 1", "SetTimer phase 3"]
    world.settle()
    assert world.phase() is Phase.RUNNING


def test_what_is_seen_on_the_lock_screen_is_no_news() -> None:
    """The game is not to be seen, so a verdict neither acts nor is told to the user."""
    world = playing()
    world.session(e.SessionAway, "lock")
    world.settle()
    assert world.sees("recover") == ["Report verdict"]
    assert world.phase() is Phase.PAUSED


def test_a_start_behind_the_lock_presses_nothing() -> None:
    """The life is made and its gate stays closed; it plays when the screen is unlocked."""
    world = starting()
    world.session(e.SessionAway, "lock")
    world.settle()
    assert world.phase() is Phase.PAUSED
    assert world.answer() == (1, "cannot go on: koules is paused: the screen is locked")
    world.session(e.SessionBack, "lock")
    world.settle()
    assert world.phase() is Phase.RUNNING


def test_a_recovery_waits_for_the_unlock() -> None:
    """It presses keys, so it is ended, and begins anew afterwards."""
    world = reviving()
    world.session(e.SessionAway, "lock")
    world.settle()
    assert world.phase() is Phase.BACKOFF
    world.session(e.SessionBack, "lock")
    assert world.phase() is Phase.RECOVERING


def test_the_user_has_the_last_word() -> None:
    """A pause of the user's outlasts the lock; and who resumes sees the desktop, whatever is told.

    Some lockers tell of the lock and never of its end.
    """
    world = paused()
    world.session(e.SessionAway, "lock")
    world.session(e.SessionBack, "lock")
    assert (world.phase(), world.state.paused_by) == (Phase.PAUSED, "user")
    world.session(e.SessionAway, "lock")
    world.ask(e.ResumeRequested)
    world.settle()
    assert world.phase() is Phase.RUNNING


def test_a_sleep_behind_a_lock_ends_with_the_lock() -> None:
    """Awake and still locked, nothing plays."""
    world = playing()
    for kind, why in (
        (e.SessionAway, "lock"),
        (e.SessionAway, "suspend"),
        (e.SessionBack, "suspend"),
    ):
        world.session(kind, why)
        world.settle()
    assert world.phase() is Phase.PAUSED
    world.session(e.SessionBack, "lock")
    world.settle()
    assert world.phase() is Phase.RUNNING


@pytest.mark.e2e
@pytest.mark.parametrize("told", ["logind", "saver"])
def test_a_daemon_is_locked_out_and_back(
    bare_display: Desktop, home: Path, logind: FakeLogind, told: str
) -> None:
    """Behind the lock the bot's Shift is up; after it the bot plays, and stop is heard at once.

    Super and L are held while the screen gets locked, and let go where nobody of us sees it.
    """
    make_bot(home, "holder", HOLDER)
    with (
        x_keys() as keys,
        closing(RealHands(bare_display.display)) as user,
        bare_display.connection() as locker,
        Running("holder", faces=True) as running,
    ):
        running.heard("running")
        eventually(lambda: "screen saver" in running.status()["session"], 10.0, "the buses")
        held = [keys.code_of(name) for name in ("super", "l")]
        for code in held:
            user.press(code)
        root = locker.screen().root
        assert (
            root.grab_keyboard(
                owner_events=False,
                pointer_mode=X.GrabModeAsync,
                keyboard_mode=X.GrabModeAsync,
                time=X.CurrentTime,
            )
            == X.GrabSuccess
        )
        lock(logind, told, locked=True)
        running.heard("paused", by="lock")
        eventually(lambda: not len(keys.held()), 2.0, "Shift up behind the lock")
        for code in held:
            user.release(code)
        locker.ungrab_keyboard(X.CurrentTime)
        locker.sync()
        lock(logind, told, locked=False)
        running.heard("resumed")
        eventually(lambda: len(keys.held()) == 1, 10.0, "the bot's Shift again")
        for name in ("ctrl", "f9"):
            user.press(keys.code_of(name))
        threading.Event().wait(FINGER_SECONDS)
        for name in ("f9", "ctrl"):
            user.release(keys.code_of(name))
        running.heard("stopped", why="stopped by hotkey")


@pytest.mark.e2e
def test_the_user_may_want_it_to_run_on(
    bare_display: Desktop, home: Path, logind: FakeLogind
) -> None:
    """With `lock = "run"` a locked screen changes nothing."""
    make_bot(home, "holder", HOLDER)
    settings = find_paths().settings
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('[daemon]\nlock = "run"\n', encoding="utf-8")
    with Running("holder") as running:
        running.heard("running")
        eventually(lambda: "logind" in running.status()["session"], 10.0, "the bus")
        logind.lock(begins=True)
        logind.sleep(begins=True)  # heard after the lock, so that was heard too
        running.heard("paused", by="suspend")
        logind.sleep(begins=False)
        running.heard("resumed")


def lock(logind: FakeLogind, told: str, *, locked: bool) -> None:
    """Lock or unlock, as told by one or the other."""
    if told == "logind":
        logind.hint(locked=locked)
    else:
        logind.saver(SAVER, active=locked)
