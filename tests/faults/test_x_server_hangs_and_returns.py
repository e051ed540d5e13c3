"""What if the X server hangs, or goes and comes back? Nothing waits for it but what must."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.faults.survivor import PLAYS, SECONDS, SPINS, WATCHED, Survivor, both_held, daemon
from tests.running import alive, make_bot, x_keys

pytestmark = pytest.mark.e2e

#: A stop kills at once; it is complete, with what is held told as late, after so long.
STOP_SECONDS = 3.0


@contextmanager
def hung(screen: Desktop) -> Iterator[None]:
    """The X server stands still for the length of a `with` block."""
    server = min(screen.pids)
    os.kill(server, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server, signal.SIGCONT)


@pytest.fixture
def screen(bare_display: Desktop) -> Desktop:
    """A screen of one's own, to be hung."""
    return bare_display


def test_a_stop_kills_in_time_and_what_is_held_goes_up_later(screen: Desktop, home: Path) -> None:
    """The life is gone at once, the stop is answered, the daemon answers; then the keys go up."""
    make_bot(home, "player", SPINS, WATCHED)
    with daemon("player") as running, x_keys() as keys:
        both_held(keys)
        routine = running.pid("routine")
        with hung(screen):
            began = time.monotonic()
            assert running.ask("stop")["ok"]
            assert time.monotonic() - began < STOP_SECONDS
            assert not alive(routine)
            assert "goes up later" in running.heard("notice")["text"]
            asked = time.monotonic()
            status = running.status()
            assert time.monotonic() - asked < 0.5
            assert (status["phase"], status["input"]) == ("idle", "the screen does not answer")
        eventually(lambda: len(keys.held()) == 0, SECONDS, "every key up")
        eventually(lambda: running.status()["input"] == "ok", SECONDS, "input again")


def test_a_quit_leaves_hands_alone_with_what_is_held(screen: Desktop, home: Path) -> None:
    """The daemon leaves within its time; hands lets go when the screen answers, and leaves too."""
    make_bot(home, "player", SPINS, WATCHED)
    running = Survivor("player")
    with x_keys() as keys:
        try:
            running.until_up()
            both_held(keys)
            hands = running.pid("hands")
            with hung(screen):
                summary = running.end()
                assert running.process.returncode == 0, running.errors
                assert (summary["held_left"], summary["children_left"]) == (None, 0)
                assert alive(hands)
            eventually(lambda: not alive(hands), SECONDS, "the end of hands")
            assert len(keys.held()) == 0
        finally:
            running.end()


def test_a_killed_daemon_leaves_hands_alone_with_what_is_held(screen: Desktop, home: Path) -> None:
    """Everybody else is gone within 3 s; hands follows when the screen answers, all keys up."""
    make_bot(home, "player", SPINS, WATCHED)
    running = Survivor("player")
    with x_keys() as keys:
        try:
            running.until_up()
            both_held(keys)
            running.pid("manager")
            pids = running.status()["pids"]
            hands = pids.pop("hands")
            with hung(screen):
                os.kill(running.process.pid, signal.SIGKILL)
                eventually(lambda: not any(map(alive, pids.values())), 3.0, "the end of all others")
            eventually(lambda: not alive(hands), SECONDS, "the end of hands")
            assert len(keys.held()) == 0
        finally:
            running.end()


def test_a_screen_that_answers_again_is_played_on(screen: Desktop, home: Path) -> None:
    """A short hang costs nothing: the same life, the same processes."""
    make_bot(home, "player", PLAYS, WATCHED)
    with daemon("player") as running:
        running.goes_round()
        before = running.status()["pids"]
        with hung(screen):
            eventually(
                lambda: running.status()["input"] != "ok", SECONDS, "that input does not work"
            )
        running.goes_round()
        status = running.status()
        assert (status["life"], status["pids"]) == (1, before)
        eventually(lambda: running.status()["input"] == "ok", SECONDS, "input again")


def test_a_screen_that_comes_back_is_found_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is gone presses wait, and the status says why; on the next one the life plays on."""
    with Desktop(manager=None) as screen:
        monkeypatch.setenv("DISPLAY", screen.display)
        make_bot(home, "player", PLAYS, WATCHED)
        with daemon("player") as running:
            running.goes_round()
            before = running.status()["pids"]
            os.kill(min(screen.pids), signal.SIGKILL)
            eventually(lambda: "cannot" in running.status()["input"], SECONDS, "what is wrong")
            eventually(lambda: running.status()["waits_for"], SECONDS, "what it waits for")
            with server(screen.display):
                eventually(lambda: running.status()["input"] == "ok", SECONDS, "input again")
                running.goes_round()
                assert (running.status()["life"], running.status()["pids"]) == (1, before)
                assert running.ask("stop")["ok"]
                with x_keys() as keys:
                    assert len(keys.held()) == 0
                running.end()


@contextmanager
def server(display: str) -> Iterator[None]:
    """Another X server in the place of one that has gone."""
    command = ["Xvfb", display, "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]
    log = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10.0)
