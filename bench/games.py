"""What do real games show? Debian's, on a virtual screen, and cases cut from their pictures.

A game is different each time it is played, so its pictures are kept beside the other materials:
delete `games-*.png` there, and they are taken anew.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[1]))

import cases
import materials
import numpy as np
from screens import HEIGHT, WIDTH

from tests.desktop import Desktop, eventually
from traybot.core.geometry import Rect
from traybot.system.x11_windows import X11Windows
from traybot.vision.pictures import load_picture, save_png
from traybot.vision.pixels import Pixels, to_bgr
from traybot.vision.screen import Screen

#: A game's window title, how it is started, and where its window goes.
GAMES = {
    "xjump": (["/usr/games/xjump"], (60, 40)),
    "xsoldier": (["/usr/games/xsoldier"], (700, 40)),
    "Mines": (["/usr/games/gnome-mines", "--big"], (1240, 560)),
    "pygame": ([sys.executable, "-m", "pygame.examples.aliens"], (1240, 40)),
}
#: What is pressed so that the games are at play: a key to a window.
PLAY = (("xjump", "space"), ("xsoldier", "s"), ("xsoldier", "space"))
SCREENS = ("games-all", "games-later", "games-mines")
#: So long the games play between two pictures.
_PLAY_SECONDS = 2.0


def screens() -> dict[str, Pixels]:
    """Give the pictures (1080, 1920, 3) by name, taken now if there are none."""
    folder = materials.folder()
    if not all((folder / f"{name}.png").exists() for name in SCREENS):
        for name, pixels in _take():
            save_png(folder / f"{name}.png", pixels)
    return {name: to_bgr(load_picture(folder / f"{name}.png")) for name in SCREENS}


def game_cases(rounds: int = 2) -> Iterator[cases.Case]:
    """Make cases like those of `cases.cases`: for each screen all kinds and sides, some times."""
    seen = screens()
    plans = [
        (name, kind, side)
        for name in SCREENS
        for _ in range(rounds)
        for kind in cases.KINDS
        for side in cases.SIDES
    ]
    for number, (name, kind, side) in enumerate(plans, 200_000):
        dice = np.random.default_rng([20_260, number])
        clean = seen[name]
        if kind == "absent":
            other = seen["games-all" if name == "games-mines" else "games-mines"]
            template, _ = cases.cut(other, side, dice)
            worn = str(dice.choice(["exact", "worn"]))
            frame = cases.seen(clean, worn, dice)
            yield cases.Case(number, name, kind, side, frame, clean, template, None)
        else:
            template, place = cases.cut(clean, side, dice)
            frame = cases.seen(clean, kind, dice)
            yield cases.Case(number, name, kind, side, frame, clean, template, place)


def _take() -> Iterator[tuple[str, Pixels]]:
    """Play the games and take a picture now and then."""
    with Desktop(size=f"{WIDTH}x{HEIGHT}x24", bus=True) as desktop, ExitStack() as stack:
        for title, (command, (x, y)) in GAMES.items():
            stack.enter_context(_playing(command, desktop))
            windows = X11Windows(desktop.display)
            eventually(lambda w=windows, t=title: w.find(t), 20.0, title)
            windows.close()
            _wmctrl(desktop, "-r", title, "-e", f"0,{x},{y},-1,-1")
        with Screen() as screen, mock.patch.dict(os.environ, DISPLAY=desktop.display):
            for title, key in PLAY:
                _wmctrl(desktop, "-a", title)
                _press(desktop, key)
            for name in SCREENS:
                if name == "games-mines":
                    _wmctrl(desktop, "-a", "Mines")
                    _wmctrl(desktop, "-r", "Mines", "-b", "add,maximized_vert,maximized_horz")
                    for place in ((700, 500), (400, 300), (1000, 800)):
                        _click(desktop, *place)
                time.sleep(_PLAY_SECONDS)
                pixels = screen.grab(Rect(0, 0, WIDTH, HEIGHT)).pixels.copy()
                yield name, pixels


@contextmanager
def _playing(command: list[str], desktop: Desktop) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    game = subprocess.Popen(command, env=desktop.env, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        game.terminate()
        try:
            game.wait(5.0)
        except subprocess.TimeoutExpired:
            game.kill()
            game.wait()


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"no {name} here (Debian: {name})"
    return found


def _wmctrl(desktop: Desktop, *words: str) -> None:
    subprocess.run([_program("wmctrl"), *words], env=desktop.env, check=False)


def _press(desktop: Desktop, key: str) -> None:
    for do in ("keydown", "keyup"):
        subprocess.run([_program("xdotool"), do, key], env=desktop.env, check=True)
        time.sleep(0.2)


def _click(desktop: Desktop, x: int, y: int) -> None:
    move = [_program("xdotool"), "mousemove", f"{x}", f"{y}", "click", "1"]
    subprocess.run(move, env=desktop.env, check=True)
    time.sleep(0.3)


if __name__ == "__main__":
    for name in screens():
        print(materials.folder() / f"{name}.png")
