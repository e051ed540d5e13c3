"""How does this bot play? It looks at each picture of the game and holds the keys that fit.

Nothing here looks for death: that is the deathwatch's business.
"""

import time
from contextlib import ExitStack

import numpy as np
from player import Player
from tower import TOWER, look

from traybot import Bot

GAME_OVER = "templates/game_over.png"
GAME_OVER_PLACE = (190, 192, 90, 45)
#: A piece of the tower's left side, and where it is while a game is on.
WALL = "templates/wall.png"
WALL_PLACE = (12, 486, 24, 24)

#: The game draws a picture this often; the bot looks for a new one this often. In seconds.
PICTURE = 0.025
LOOK = 0.004
#: How long the game is given to answer a key, in seconds, and how many keys it is given.
ANSWER = 0.1
KEYS = 100


def play(bot: Bot) -> None:
    """Begin a game if none is on, and climb for ever."""
    revive(bot)
    player, keys = Player(), HeldKeys(bot)
    seen, at = bot.screen.grab(TOWER), time.monotonic()
    while True:
        bot.sleep(LOOK)
        picture, now = bot.screen.grab(TOWER), time.monotonic()
        if np.array_equal(picture, seen):
            continue
        pictures = max(1, round((now - at) / PICTURE))
        seen, at = picture, now
        view = look(picture)
        climbed = player.floors
        keys.hold(player.keys(view, pictures) if view else set())
        bot.count("floors", player.floors - climbed)


def revive(bot: Bot) -> None:
    """Press the key that begins a game until one is on; `TimeoutError` if none comes.

    After "Game Over" the key brings the score table, and there it begins a game. While one is on
    it is a jump, so that once too often does no harm.
    """
    for _ in range(KEYS):
        if game_is_on(bot):
            return
        bot.keys.tap("space")
        bot.sleep(ANSWER)
    message = "no game began"
    raise TimeoutError(message)


def game_is_on(bot: Bot) -> bool:
    """Tell whether the tower is there, and nothing written over it."""
    return (
        bot.screen.find(WALL, WALL_PLACE) is not None
        and bot.screen.find(GAME_OVER, GAME_OVER_PLACE) is None
    )


class HeldKeys:
    """Keys that stay down from one picture to the next. At a life's end traybot lets go of them."""

    def __init__(self, bot: Bot) -> None:
        """Hold none yet."""
        self._bot = bot
        self._down: dict[str, ExitStack] = {}

    def hold(self, wanted: set[str]) -> None:
        """Hold these keys, and no others."""
        for key in self._down.keys() - wanted:
            self._down.pop(key).close()
        for key in wanted - self._down.keys():
            self._down[key] = ExitStack()
            self._down[key].enter_context(self._bot.keys.hold(key))
