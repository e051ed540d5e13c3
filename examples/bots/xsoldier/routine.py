"""How does the bot play xsoldier? It fires all the time, and stays where the least comes down.

It tells things by their colours: this game draws each with a few of its own, on black. Nothing here
looks for the end of a game: that is the deathwatch's business.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from traybot import Bot

LOGO = "templates/logo.png"
#: Where a piece of the title's logo is, and a few pixels: x, y, width, height in the game's window.
TITLE = (244, 94, 112, 72)

#: What the bot looks at: the lower part of the sky, down to the frame.
SKY = (8, 330, 503, 330)
#: The ship's wings, banking or not.
WINGS = (0x003098, 0x001880)
#: No star and no shot of ours is so red; ships, shots and debris of others have such pixels.
RED = 0x99
#: The beam of the boss has no red at all.
BEAM = 0x00AAFF

#: Half the width and height of the ship, and of what is kept free of others around it.
SHIP = 17
ROOM = 26
#: How far above the ship something counts as coming down on it, in pixels.
AHEAD = 150
#: Places to go to, sideways from where the ship is, in pixels.
STEPS = (0, -24, 24, -48, 48, -80, 80)
#: How near the frame the ship may go, in pixels.
MARGIN = 24
#: Seconds between two looks.
LOOK = 0.02

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class View:
    """What one picture of the sky shows."""

    #: The ship's middle.
    x: int
    y: int
    #: Row by row, whether a pixel belongs to somebody else.
    others: npt.NDArray[np.bool_]


def play(bot: Bot) -> None:
    """Fly for ever: look, choose a place, press the key that leads there."""
    with bot.keys.hold("shift"):
        while True:
            view = look(bot.screen.grab(SKY))
            if view is None:  # between two ships, or on the title
                begin(bot)
                bot.sleep(LOOK)
                continue
            step = choose(view)
            if step == 0:
                bot.sleep(LOOK)
                continue
            bot.count("moves")
            bot.keys.tap("left" if step < 0 else "right", hold=LOOK)


def look(picture: Pixels) -> View | None:
    """Read a picture of the sky, BGRA; None if no ship of ours is in it."""
    # One number for each pixel: an eighth of the work of comparing three.
    colors = picture.view("<u4")[:, :, 0] & 0xFFFFFF
    rows, columns = np.nonzero((colors == WINGS[0]) | (colors == WINGS[1]))
    if rows.size == 0:
        return None
    x, y = int(columns.mean()), int(rows.mean())
    others = (picture[:, :, 2] >= RED) | (colors == BEAM)
    others[max(0, y - SHIP) : y + SHIP, max(0, x - SHIP) : x + SHIP] = False
    return View(x, y, others)


def choose(view: View) -> int:
    """Choose how far to go sideways: where the least is near, and not far if all are alike."""
    return min(STEPS, key=lambda step: (danger(view, step), abs(step)))


def danger(view: View, step: int) -> float:
    """Tell how much comes down on the way to a place; what is nearer weighs more."""
    left, right = sorted((view.x, view.x + step))
    there = view.x + step
    if not MARGIN <= there < view.others.shape[1] - MARGIN:
        return float("inf")
    top, bottom = max(0, view.y - AHEAD), view.y + ROOM
    weights = np.linspace(0.2, 1.0, bottom - top)[: view.others.shape[0] - top, np.newaxis]
    above = view.others[top:bottom, max(0, there - ROOM) : there + ROOM]
    beside = view.others[view.y - ROOM : bottom, max(0, left - ROOM) : right + ROOM]
    return float((above * weights).sum() + beside.sum())


def revive(bot: Bot) -> None:
    """Go back to the title and on to a new game, until a ship flies."""
    while look(bot.screen.grab(SKY)) is None:
        if not begin(bot):
            # Any key leaves the end of a game, but not in its first second.
            bot.keys.tap("left")
        bot.sleep(0.2)


def begin(bot: Bot) -> bool:
    """Begin a game if the title is shown; tell whether it was."""
    title = bot.screen.find(LOGO, TITLE) is not None
    if title:
        bot.keys.tap("space")
    return title
