"""How does the bot play xsoldier? It fires all the time, and goes where others are farthest away.

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
SKY = (8, 380, 503, 280)
#: The ship's wings, banking or not.
WINGS = (0x003098, 0x001880)
#: No star and no shot of ours is so red; ships, shots and debris of others have such pixels.
RED = 0x99
#: The beam of the boss has no red at all.
BEAM = 0x00AAFF

#: Half the size of the ship, and how near the frame its middle may go, in pixels.
SHIP = 17
MARGIN = 24
#: How far a step goes sideways, in pixels, and how many seconds it takes.
STEP = 20
LOOK = 0.02
#: Others that are farther away than this are no matter.
FAR = 120
#: What comes down from above is so much nearer than what is beside.
FALL = 0.6

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class View:
    """What one picture of the sky shows; positions are in pixels of it."""

    #: The ship's middle.
    x: int
    y: int
    #: The pixels that belong to somebody else, counted from the ship to the right and downwards.
    right: npt.NDArray[np.intp]
    down: npt.NDArray[np.intp]
    width: int


def play(bot: Bot) -> None:
    """Fly ship after ship, game after game, for ever."""
    while True:
        if look(bot.screen.grab(SKY)):
            # Not before: the game forgets keys that went down on its title.
            with bot.keys.hold("shift"):
                fly(bot)
        else:
            begin(bot)
            bot.sleep(0.1)


def fly(bot: Bot) -> None:
    """Look, choose a side, press the key that leads there, until the ship is lost."""
    while view := look(bot.screen.grab(SKY)):
        side = choose(view)
        if side == 0:
            bot.sleep(LOOK)
        else:
            bot.count("moves")
            bot.keys.tap("left" if side < 0 else "right", hold=LOOK)


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
    rows, columns = np.nonzero(others)
    return View(x, y, columns - x, rows - y, others.shape[1])


def choose(view: View) -> int:
    """Choose where to go: -1 left, 0 nowhere, 1 right. The middle is best if there is room."""
    return max((0, -1, 1), key=lambda side: (room(view, side), -off_middle(view, side)))


def room(view: View, side: int) -> float:
    """Tell how far away the nearest other is after a step, or a longer way, to a side."""
    here = view.x + side * STEP
    if not MARGIN <= here < view.width - MARGIN:
        return 0.0
    return max(_nearest(view, side * STEP), _nearest(view, 3 * side * STEP) / 2)


def _nearest(view: View, step: int) -> float:
    across = view.right - step
    along = np.where(view.down < 0, view.down * FALL, view.down)
    return float(min(FAR, np.hypot(across, along).min(initial=FAR)))


def off_middle(view: View, side: int) -> int:
    """Tell how far from the middle of the sky a step leads."""
    return abs(view.x + side * STEP - view.width // 2)


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
