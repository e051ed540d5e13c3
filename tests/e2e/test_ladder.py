"""Is a recovery that does not help followed by its next step, on a real screen?"""

import json
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import psutil
import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.painter import COIN, SKULL, Painter, painter
from tests.e2e.shared import IDLE, SharedDaemon, on, shared_daemon, watch
from tests.running import alive

pytestmark = pytest.mark.e2e

SKULL_HERE, COIN_HERE = (50, 40, SKULL), (150, 120, COIN)


@pytest.fixture(scope="module")
def daemon(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedDaemon]:
    """A daemon for this file."""
    with shared_daemon(tmp_path_factory.mktemp("home")) as daemon:
        yield daemon


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Painter]:
    """A grey window."""
    with painter(desktop.display) as canvas:
        yield canvas


def ladder(canvas: Painter, *steps: str, more: str = "") -> str:
    """Give the `bot.toml` of a bot that recovers by steps from the skull."""
    death = watch("death", see="skull.png", then="recover")
    return on(canvas, death, *(f"[[recovery.step]]\n{step}\n" for step in steps), more)


def test_each_step_that_does_not_help_leads_to_the_next(
    daemon: SharedDaemon, canvas: Painter
) -> None:
    """Keys in vain, a picture that never comes, then a function of the bot's."""
    code = f"{IDLE}\ndef revive(bot):\n    bot.count('revived')\n    bot.sleep(30)\n"
    steps = (
        'keys = ["enter", "shift+a"]',
        'wait = "coin.png"\ntimeout = "500ms"',
        'run = "routine:revive"',
    )
    with daemon.playing(ladder(canvas, *steps), code):
        canvas.paint(SKULL_HERE)
        daemon.heard("verdict", watch="death", acted=True)
        assert "still holds" in daemon.heard("escalated", step=2)["why"]
        assert "coin.png" in daemon.heard("escalated", step=3)["why"]
        daemon.until_counted("revived")
        assert daemon.status()["phase"] == "recovering"


def test_the_first_step_that_helps_is_the_last(daemon: SharedDaemon, canvas: Painter) -> None:
    """What it waits for comes up and the skull is gone: the bot plays on."""
    with daemon.playing(ladder(canvas, 'wait = "coin.png"', 'needs_human = "no"')):
        canvas.paint(SKULL_HERE)
        daemon.heard("recovering")
        canvas.paint(COIN_HERE)
        assert daemon.heard("recovered")["watch"] == "death"
        daemon.heard("running")


def test_a_person_is_asked_with_a_picture(daemon: SharedDaemon, canvas: Painter) -> None:
    """A notice, a picture that only its owner can read; resume is refused until all is well."""
    with daemon.playing(ladder(canvas, 'keys = ["enter"]', 'needs_human = "log in again"')):
        canvas.paint(SKULL_HERE)
        assert daemon.heard("needs_human")["why"] == "log in again"
        assert daemon.heard("notice")["text"].endswith("needs you: log in again")
        file = Path(daemon.heard("picture")["file"])
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        picture = cv2.imread(str(file))
        assert picture is not None
        assert picture[40 : 40 + SKULL.shape[0], 50 : 50 + SKULL.shape[1]].std() > 10.0
        refused = daemon.ask("resume")
        assert (refused["ok"], refused["code"]) == (False, 1)
        assert "death still holds" in refused["text"]
        assert daemon.status()["phase"] == "needs_human"
        canvas.paint()
        assert daemon.ask("resume")["ok"]
        assert daemon.status()["phase"] == "running"


def test_a_step_restarts_the_program(daemon: SharedDaemon, canvas: Painter) -> None:
    """The one that runs is ended, though it does not listen, and another one is started."""
    deaf = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: signal.pause()"
    )
    program = f"[program]\ncommand = {json.dumps([sys.executable, '-c', deaf])}\n"
    steps = 'program = "restart"\nwait = "coin.png"'
    with daemon.playing(ladder(canvas, steps, more=program)):
        before = daemon.status()["pids"]["program"]
        try:
            eventually(lambda: _ignores_sigterm(before), 10.0, "a program that does not listen")
            canvas.paint(SKULL_HERE)
            daemon.heard("recovering")
            eventually(lambda: not alive(before), 10.0, "the old program's end")
            eventually(lambda: daemon.status()["pids"].get("program"), 10.0, "the new program")
            assert daemon.told("program_exited") == []
        finally:
            canvas.paint()
            after = daemon.status()["pids"].get("program", before)
            psutil.Process(after).kill()


def _ignores_sigterm(pid: int) -> bool:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    ignored = next(line.split()[1] for line in lines if line.startswith("SigIgn:"))
    return bool(int(ignored, 16) >> (signal.SIGTERM - 1) & 1)
