"""Does stop mean stop? Routines that resist in every way they can, stopped again and again."""

import textwrap
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot, traybot, x_keys

TRIALS = 30
#: The issue's bound, from the engine's receipt of the command to the process being gone.
STOP_MS = 60.0

HOLDS = """
import contextlib
stack = contextlib.ExitStack()
stack.enter_context(bot.keys.hold("a", "shift"))
stack.enter_context(bot.mouse.hold("right"))
"""

ROUTINES = {
    "spins": "while True: pass",
    "in_cv2": """
import cv2, numpy
picture = numpy.zeros((3000, 3000), numpy.uint8)
while True: cv2.medianBlur(picture, 255)
""",
    "ignores_sigterm": """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True: time.sleep(60)
""",
    "sleeps": "bot.sleep(3600)",
    "swallows": """
while True:
    try:
        while True: bot.sleep(0.001)
    except BaseException: pass
""",
}


def code_of(name: str) -> str:
    """Give a routine that holds two keys and a button, and then resists."""
    return "def play(bot):\n" + textwrap.indent(HOLDS + ROUTINES[name], "    ")


@pytest.mark.timeout(40)
@pytest.mark.e2e
@pytest.mark.parametrize("name", ROUTINES)
def test_a_stop_ends_every_routine_and_lets_go(desktop: Desktop, home: Path, name: str) -> None:
    """Whatever the routine does, a stop ends it within 60 ms, and keys and button are up."""
    make_bot(home, name, code_of(name))
    with x_keys() as keys, Running() as running:
        for _ in range(TRIALS):
            assert running.ask("start", bot=name)["ok"], running.errors
            eventually(lambda: len(keys.held()) == 3, 10.0, "two keys and a button held")
            pid = running.status()["pids"]["routine"]
            assert running.ask("stop") == {"ok": True, "code": 0, "text": ""}
            gone = running.heard("gone", child="routine")
            assert gone["stop_ms"] <= STOP_MS
            assert len(keys.held()) == 0
            assert pid not in running.status()["pids"].values()
        summary = running.end()
    assert (summary["held_left"], summary["children_left"]) == (0, 0)
    assert summary["lives"] == TRIALS


@pytest.mark.e2e
def test_panic_is_a_command_too(desktop: Desktop, home: Path) -> None:
    """It stops the bot and lets go, also of what nobody knows of: as its hotkey does."""
    make_bot(home, "sleeps", code_of("sleeps"))
    with x_keys() as keys, Running("sleeps") as running:
        eventually(lambda: len(keys.held()) == 3, 10.0, "two keys and a button held")
        done = traybot("panic")
        assert (done.returncode, done.stderr) == (0, "")
        assert running.status()["phase"] == "idle"
        assert len(keys.held()) == 0
