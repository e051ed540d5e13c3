"""Do watches on processes, windows and the clock conclude what is so, whatever is missing?"""

import itertools
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.desktop import Desktop
from tests.e2e.painter import SKULL, Painter, painter
from tests.e2e.shared import IDLE, PLAY, SharedDaemon, on, shared_daemon, watch

pytestmark = pytest.mark.e2e

_names = itertools.count(1)


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


@pytest.fixture
def game(tmp_path: Path) -> Path:
    """A program with a name of its own, that runs until it is ended."""
    file = tmp_path / f"zzgame{next(_names)}"
    shutil.copy(shutil.which("sleep") or "", file)
    return file


@contextmanager
def runs(*command: str | Path) -> Iterator[None]:
    """Run a program for the length of a `with` block."""
    process = subprocess.Popen([str(word) for word in command])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def test_a_process_is_known_by_its_name(daemon: SharedDaemon, game: Path) -> None:
    """`present` fires when the program runs, `gone` when it no longer does."""
    here = watch("here", kind="process", process=game.name, is_="present")
    gone = watch("gone", kind="process", process=game.name)
    with daemon.playing(PLAY + here + gone):
        daemon.heard("verdict", watch="gone")
        daemon.go_round()
        assert len(daemon.told("verdict")) == 1
        with runs(game, "3600"):
            daemon.heard("verdict", watch="here")
        daemon.heard("verdict", watch="gone")
        assert len(daemon.told("verdict")) == 3


def test_the_command_line_can_be_asked_for_too(daemon: SharedDaemon, game: Path) -> None:
    """Of programs with one name only that counts whose whole command line fits."""
    seen = {"kind": "process", "process": game.name, "is_": "present"}
    with daemon.playing(PLAY + watch("it", cmdline=r"\b3602$", **seen)):
        with runs(game, "3601"):
            daemon.go_round(20)
            assert not daemon.told("verdict")
        with runs(game, "3602"):
            daemon.heard("verdict", watch="it")


def test_our_own_processes_never_count(daemon: SharedDaemon, game: Path) -> None:
    """What the routine has started belongs to us: it is no sign of the program."""
    here = watch("here", kind="process", process=game.name, is_="present")
    code = f"import subprocess\nsubprocess.Popen([{str(game)!r}, '3600'])\n{IDLE}"
    with daemon.playing(PLAY + here, code):
        daemon.go_round(20)
        assert not daemon.told("verdict")
        with runs(game, "3600"):
            daemon.heard("verdict", watch="here")


def test_a_window_comes_and_goes(daemon: SharedDaemon, desktop: Desktop, canvas: Painter) -> None:
    """`present`, `front`, `minimized`, `gone` fire when it becomes so; the place is told."""
    about = {"kind": "window", "window": "^the game$"}
    kinds = ("gone", "present", "minimized", "front")
    with daemon.playing(PLAY + "".join(watch(is_, is_=is_, **about) for is_ in kinds)):
        daemon.heard("verdict", watch="gone")
        with painter(desktop.display, title="the game", focus=False) as game:
            canvas.focus()
            daemon.heard("verdict", watch="present")
            game.focus()
            assert daemon.heard("verdict", watch="front")["rect"] == game.rect.as_list()
            daemon.go_round()
            assert "minimized" not in {one["watch"] for one in daemon.told("verdict")}
            game.minimize()
            daemon.heard("verdict", watch="minimized")
        daemon.heard("verdict", watch="gone")


def test_the_clock_counts_from_the_life_that_plays(daemon: SharedDaemon) -> None:
    """A timer fires when the life is that old, and again when the next one is."""
    timer = watch("old", kind="timer", after="500ms", then="restart")
    with daemon.playing(PLAY + timer):
        begun = daemon.heard("running")
        first = daemon.heard("verdict", watch="old")
        again = daemon.heard("running")
        second = daemon.heard("verdict", watch="old")
    assert 0.5 <= first["t"] - begun["t"] < 1.0
    assert 0.5 <= second["t"] - again["t"] < 1.0
    assert (first["life"], second["life"]) == (begun["life"], again["life"])


def test_a_recovery_helps_against_age(daemon: SharedDaemon) -> None:
    """A timer can call for a recovery: the life whose age it told is over afterwards."""
    timer = watch("old", kind="timer", after="300ms", then="recover")
    code = f"{IDLE}\ndef revive(bot):\n    bot.sleep(0.1)\n"
    with daemon.playing(PLAY + timer + '[recovery]\nrun = "routine:revive"\n', code):
        daemon.heard("recovering")
        daemon.heard("recovered", watch="old")
        begun = daemon.heard("running")
        assert daemon.heard("verdict", watch="old")["t"] - begun["t"] >= 0.3
        assert not daemon.told("recovery_failed")


def log_of(folder: Path) -> str:
    """Give the log of the daemon that a bot's folder belongs to."""
    return (folder.parent.parent / "state" / "traybot.log").read_text(encoding="utf-8")


def test_a_region_off_the_window_is_said_and_harms_nobody(
    daemon: SharedDaemon, canvas: Painter
) -> None:
    """Its watch concludes nothing, absent or not, and the log says why; other watches go on."""
    away = {"see": "skull.png", "region": [5000, 10, 60, 60]}
    lost, missed = watch("lost", **away), watch("missed", absent=True, **away)
    with daemon.playing(on(canvas, lost, missed, watch("it", see="skull.png"))) as folder:
        deathwatch = daemon.status()["pids"]["deathwatch"]
        canvas.paint((50, 40, SKULL))
        daemon.heard("verdict", watch="it")
        daemon.go_round()
        assert len(daemon.told("verdict")) == 1
        assert daemon.status()["pids"]["deathwatch"] == deathwatch
        told = [line for line in log_of(folder).splitlines() if "[5000, 10, 60, 60]" in line]
        lines = [line for line in told if "concludes nothing" in line]
        blind = {watch["name"] for watch in daemon.status()["watches"] if watch["blind"]}
    assert blind == {"lost", "missed"}
    assert len(lines) == 2, "once for each watch, not at each look"
    assert all("outside the window" in line for line in lines)


def test_a_watch_concludes_nothing_while_its_window_is_away(
    daemon: SharedDaemon, desktop: Desktop
) -> None:
    """A window that vanished shows no picture and lacks none; back again, it is looked at."""
    seen = watch("seen", see="skull.png")
    # It takes a window manager a moment to show the window that it says is there.
    missed = watch("missed", see="skull.png", absent=True, hold="400ms")
    with (
        painter(desktop.display, (50, 40, SKULL)) as before,
        daemon.playing(on(before, seen, missed)),
    ):
        daemon.heard("verdict", watch="seen")
        before.vanish()
        daemon.go_round(30)
        with painter(desktop.display, (70, 70, SKULL), title=before.title) as after:
            daemon.go_round()
            assert "missed" not in {one["watch"] for one in daemon.told("verdict")}
            after.paint()
            daemon.heard("verdict", watch="missed")
