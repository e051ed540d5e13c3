"""How does the demo bot play? It holds Up while its craft is below the next gap.

It looks at pixels and presses keys, like any bot, and knows nothing of the game's insides. Nothing
here looks for death: that is the deathwatch's business.
"""

import numpy as np
import numpy.typing as npt

from traybot import Bot

CRAFT = "templates/craft.png"
GAME_OVER = "templates/game_over.png"

#: Where the craft can be, and the sky ahead of it up to two walls: x, y, width, height in pixels.
LANE = (84, 32, 44, 326)
AHEAD = (80, 32, 180, 326)

#: The colour of the walls' bodies: blue, green, red.
WALL = (0x6F, 0x78, 0x12)
#: How many pixels of one column make it a wall and not a speck.
WALL_PIXELS = 40

#: How long one push lasts, in seconds, and how far above the gap's middle is too high, in pixels.
PUSH = 0.04
SLACK = 6


def play(bot: Bot) -> None:
    """Fly for ever: find the craft, find the gap, rise or sink."""
    middle = LANE[3] // 2
    while True:
        craft = bot.screen.find(CRAFT, region=LANE, threshold=0.8)
        if craft is None:  # hidden behind a wall's edge, or the panel
            bot.sleep(PUSH)
            continue
        gap = gap_ahead(bot.screen.grab(AHEAD))
        target = AHEAD[1] + (middle if gap is None else gap) + SLACK
        if craft.center[1] <= target:
            bot.sleep(PUSH / 4)
            continue
        with bot.keys.hold("up"):
            bot.count("jumps")
            bot.sleep(PUSH)


def gap_ahead(picture: npt.NDArray[np.uint8]) -> int | None:
    """Give the middle of the nearest gap in pixels from the picture's top; None without a wall.

    `picture` has rows of pixels, each blue, green, red and one more.
    """
    wall = (picture[:, :, :3] == WALL).all(axis=2)
    columns = np.flatnonzero(wall.sum(axis=0) >= WALL_PIXELS)
    if columns.size == 0:
        return None
    # The longest stretch without wall in that column is the gap; the walls reach the sky's ends.
    rows = np.flatnonzero(wall[:, columns[0]])
    holes = np.diff(rows)
    if holes.size == 0:
        return None
    above = int(holes.argmax())
    return int(rows[above] + rows[above + 1]) // 2


def revive(bot: Bot) -> None:
    """Start the next life; a panel that stays counts as a failed recovery."""
    bot.keys.tap("r")
    bot.screen.wait_gone(GAME_OVER, timeout=5)
