"""Where do the demo bot's templates come from? Cut out of the living game's window.

`python -m tests.demo.snips` starts the game on a screen of its own and writes the templates anew.
"""

import os
from pathlib import Path

import cv2
import mss
import numpy as np
import numpy.typing as npt

from tests.demo.living import LivingGame
from tests.desktop import Desktop
from traybot.demo.flight import CRAFT_HEIGHT, HEIGHT, WIDTH
from traybot.demo.painting import INKS, PANEL

TEMPLATES = Path(__file__).parents[2] / "traybot" / "demo" / "bot" / "templates"

Picture = npt.NDArray[np.uint8]


def look(game: LivingGame) -> Picture:
    """Take a picture of the game's window: blue, green, red."""
    return look_at(game.left, game.top)


def look_at(left: int, top: int) -> Picture:
    """Take a picture of as much of the screen as the game's window needs."""
    with mss.MSS() as screen:
        shot = screen.grab({"left": left, "top": top, "width": WIDTH, "height": HEIGHT})
    return np.ascontiguousarray(np.asarray(shot)[:, :, :3])


def cut_panel(window: Picture) -> Picture:
    """Cut the words GAME OVER from a window that shows the panel."""
    left, top, right, _ = PANEL
    return window[top + 24 : top + 76, left + 18 : right - 18]


def cut_craft(window: Picture) -> Picture:
    """Cut the craft's hull, without any sky, from a window that shows a flight."""
    ink = INKS["c"]
    blue, green, red = int(ink[5:], 16), int(ink[3:5], 16), int(ink[1:3], 16)
    rows, columns = np.nonzero((window == (blue, green, red)).all(axis=2))
    # The cockpit begins eleven squares from the craft's left and two from its top.
    left, top = int(columns.min()) - 22, int(rows.min()) - 4
    return window[top + 4 : top + CRAFT_HEIGHT - 6, left + 6 : left + 36]


def make(folder: Path) -> None:
    """Play one life and write both templates into `folder`."""
    with LivingGame("--seed", "1") as game:
        craft = cut_craft(look(game))
        game.await_state("over", deaths=1)
        panel = cut_panel(look(game))
    cv2.imwrite(str(folder / "craft.png"), craft)
    cv2.imwrite(str(folder / "game_over.png"), panel)


if __name__ == "__main__":
    with Desktop(manager=None) as desktop:
        os.environ["DISPLAY"] = desktop.display
        make(TEMPLATES)
