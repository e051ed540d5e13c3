"""Fault 31: stop and panic are pressed while the bot holds every modifier, in every phase."""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.real_hands import RealHands
from tests.running import Running, make_bot, x_keys
from traybot.system.x11_input import X11Injector

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

MODIFIERS = ("ctrl", "shift", "alt", "alt_gr", "super")
HOLD = f"""
def play(bot):
    with bot.keys.hold{MODIFIERS}:
        while True:
            pass

def sleep(bot):
    bot.sleep(3600)

def fail(bot):
    raise RuntimeError("on purpose")
"""
SOON = '[[watch]]\nname = "soon"\nkind = "timer"\nafter = "100ms"\nthen = "recover"\n'
ROUTINE = '[routine]\nrun = "routine:{}"\n'
#: The settings of a bot that comes into each phase by itself, or by a pause.
PHASES = {
    "running": ROUTINE.format("play"),
    "paused": ROUTINE.format("play"),
    "recovering": ROUTINE.format("sleep") + '[recovery]\nrun = "routine:play"\n' + SOON,
    "backoff": ROUTINE.format("fail"),
    "needs_human": ROUTINE.format("sleep") + '[[recovery.step]]\nneeds_human = "help"\n' + SOON,
}
FINGER_SECONDS = 0.03


@pytest.mark.parametrize(("action", "key"), [("stop", "f9"), ("panic", "f10")])
def test_the_hotkey_is_heard_in_every_phase(
    desktop: Desktop, home: Path, action: str, key: str
) -> None:
    """All five modifiers are down, by the bot, where one plays; the user presses as ever."""
    for name, settings in PHASES.items():
        make_bot(home, name, HOLD, settings)
    with (
        x_keys() as keys,
        closing(RealHands(desktop.display)) as user,
        Running(faces=True) as running,
    ):
        chord = [keys.code_of(name) for name in ("ctrl", "shift", key)]
        for phase in PHASES:
            running.ask("start", bot=phase)
            come_into(running, phase, keys)
            press(user, chord)
            word = "stopped" if action == "stop" else "panic"
            assert running.heard("stopped")["why"] == f"{word} by hotkey", phase
            assert not len(keys.held()), phase
            # Whoever presses again so soon is a machine: the key must have been seen going up.
            eventually(lambda: not len(keys.pressed_anywhere()), what="every key up")
            threading.Event().wait(FINGER_SECONDS)
        assert running.end()["held_left"] == 0


def come_into(running: Running, phase: str, keys: X11Injector) -> None:
    """Wait until the bot is in the phase, and holds what it holds there."""
    if phase in {"running", "paused", "recovering"}:
        eventually(lambda: len(keys.held()) == len(MODIFIERS), 20.0, "every modifier held")
    if phase == "paused":
        assert running.ask("pause")["ok"]
    if phase == "backoff":
        while running.heard("backoff")["seconds"] < 4.0:
            pass
    eventually(lambda: running.status()["phase"] == phase, 20.0, phase)


def press(user: RealHands, codes: list[int]) -> None:
    """Press keys together for as long as a finger does, and let them go."""
    hand: Callable[[float], bool] = threading.Event().wait
    for code in codes:
        user.press(code)
    hand(FINGER_SECONDS)
    for code in reversed(codes):
        user.release(code)
