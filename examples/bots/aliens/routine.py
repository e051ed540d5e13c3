"""How does the bot play pygame's aliens? It dodges bombs, and shoots from below the lowest alien.

It finds everything by pictures cut out of the game. Nothing here looks for the end of a game: the
program is gone then, and that is the deathwatch's business.
"""

from collections.abc import Sequence

from traybot import Bot

LEFT = "templates/buggy_left.png"
RIGHT = "templates/buggy_right.png"
ALIEN = "templates/alien.png"
BOMB = "templates/bomb.png"

#: Where each can be in the game's window: x, y, width, height.
GROUND = (0, 410, 640, 70)
SKY = (0, 0, 640, 420)
LOW = (0, 150, 640, 280)

#: A bomb that is less far to a side of the buggy's middle hits it, in pixels.
BOMB_REACH = 64
#: Near enough to be below an alien, and too near to the window's sides, in pixels.
BELOW = 24
MARGIN = 60
WIDTH = 640

#: How long a key is pressed, in seconds: the game draws a picture each 25 ms.
PRESS = 0.04

Point = tuple[int, int]


def play(bot: Bot) -> None:
    """Drive and shoot for ever, in game after game."""
    while True:
        buggy = bot.screen.find(LEFT, GROUND) or bot.screen.find(RIGHT, GROUND)
        if buggy is None:  # hit, or hidden behind an explosion
            bot.sleep(PRESS)
            continue
        x = buggy.center[0]
        side = away(x, [bomb.center for bomb in bot.screen.find_all(BOMB, LOW)])
        side = side or towards(x, [alien.center for alien in bot.screen.find_all(ALIEN, SKY)])
        with bot.keys.hold(*{-1: ["left"], 0: [], 1: ["right"]}[side]):
            bot.keys.tap("space", hold=PRESS)
        bot.count("shots")


def away(x: int, bombs: Sequence[Point]) -> int:
    """Choose a side to be out of the lowest bomb's way: -1 left, 1 right, 0 if none comes down."""
    near = [bomb for bomb in bombs if abs(bomb[0] - x) < BOMB_REACH]
    if not near:
        return 0
    side = -1 if max(near, key=_height)[0] >= x else 1
    return side if MARGIN < x + side * BOMB_REACH < WIDTH - MARGIN else -side


def towards(x: int, aliens: Sequence[Point]) -> int:
    """Choose the side of the lowest alien; 0 if it is straight above, or there is none."""
    if not aliens:
        return 0
    there = max(aliens, key=_height)[0]
    return (there > x + BELOW) - (there < x - BELOW)


def _height(point: Point) -> int:
    return point[1]


def revive(bot: Bot) -> None:
    """Wait until the program, which traybot starts again, shows a new game."""
    bot.screen.wait(LEFT, 20, GROUND)
