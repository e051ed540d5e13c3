"""The place where the demo plays: on a screen that is there or on its own, and gone afterwards."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from Xlib.display import Display

from tests.demo.keys import send_tap
from tests.desktop import Desktop, eventually
from traybot.demo.stage import BOT, Stage
from traybot.errors import TraybotError


def states(stage: Stage) -> list[tuple[str, int]]:
    """What the game has said so far."""
    lines = map(json.loads, stage.report.read_text(encoding="utf-8").splitlines())
    return [(line["state"], line["deaths"]) for line in lines]


def alive(pid: int | None) -> bool:
    """Whether a process runs, a dead one that waits to be reaped not counted."""
    try:
        return pid is not None and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def press_r_after_death(stage: Stage) -> None:
    """Wait for the first death, press R by the window system, wait for the second life."""
    eventually(lambda: ("over", 1) in states(stage), 10, "a death")
    with closing(Display(stage.env["DISPLAY"])) as display:
        send_tap(display, "r")
    eventually(lambda: ("playing", 1) in states(stage), 5, "a second life")


def test_the_screen_that_is_there_is_used(desktop: Desktop) -> None:
    """Where a person has a screen the game is seen on it, and keys reach it."""
    with Stage(seed=1) as stage:
        assert not stage.own_screen
        assert stage.env["DISPLAY"] == desktop.display
        press_r_after_death(stage)
    assert not alive(stage.game_pid)


def test_keys_reach_the_game_without_a_window_manager(bare_display: Desktop) -> None:
    """The pointer is put over the window, for there the keys go where the pointer is."""
    with bare_display.connection() as display:
        display.screen().root.warp_pointer(1200, 700)
        display.sync()
    with Stage(seed=1) as stage:
        assert not stage.own_screen
        press_r_after_death(stage)


def test_without_a_screen_one_is_made_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without a screen the demo plays on its own, and nothing of it is left."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "nowhere")
    with Stage(seed=1) as stage:
        home = Path(stage.env["TRAYBOT_HOME"])
        assert stage.own_screen
        assert "WAYLAND_DISPLAY" not in stage.env
        assert alive(stage.screen_pid)
        assert home.is_dir()
        press_r_after_death(stage)
    assert not home.exists()
    assert not alive(stage.game_pid)
    assert not alive(stage.screen_pid)
    assert "DISPLAY" not in os.environ


def test_the_users_screen_can_be_left_alone(desktop: Desktop) -> None:
    """With no_display the game is on a screen of its own even where there is one."""
    with Stage(no_display=True) as stage:
        assert stage.own_screen
        assert stage.env["DISPLAY"] != desktop.display


def test_without_xvfb_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to install, and nothing is left behind."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(TraybotError, match=r"no Xvfb \(Debian: apt install xvfb\)"):
        Stage(no_display=True).__enter__()


def test_a_game_that_cannot_start_is_told_by_its_own_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The game's last line is the reason that the person reads; the screen is taken away."""
    (tmp_path / "tkinter.py").write_text("raise ImportError('no tkinter in this Python')\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path.cwd()}")
    with pytest.raises(TraybotError, match=r"no tkinter in this Python .*python3-tk"):
        Stage(no_display=True).__enter__()


def test_a_killed_demo_leaves_nothing(tmp_path: Path) -> None:
    """When the process with the stage is killed, the game and its screen leave by themselves."""
    code = (
        "from traybot.demo.stage import Stage\n"
        "stage = Stage(no_display=True).__enter__()\n"
        "print(stage.game_pid, stage.screen_pid, flush=True)\n"
        "input()\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as demo:
        assert demo.stdout
        pids = [int(pid) for pid in demo.stdout.readline().split()]
        assert all(map(alive, pids))
        demo.kill()
    eventually(lambda: not any(map(alive, pids)), 5, "the end of game and screen")


def test_the_bot_is_part_of_the_package() -> None:
    """Stage and bot belong together and are found without a search."""
    assert (BOT / "bot.toml").is_file()
