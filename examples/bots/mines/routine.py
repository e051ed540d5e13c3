"""How does the bot play Mines? It opens the square that is least likely to hide a mine.

Nothing here looks for a mine that went off: that is the deathwatch's business.
"""

from board import BOARD, middle, next_square, read, won

from traybot import Bot

PLAY_AGAIN = "templates/play_again.png"
EXPLODED = "templates/exploded.png"
#: The column of buttons: x, y, width, height in the game's window.
BUTTONS = (420, 240, 160, 200)

#: How long the window may take to show what a click has opened, in seconds.
LOOK = 0.05


def play(bot: Bot) -> None:
    """Open square after square, game after game, for ever."""
    while True:
        board = read(bot.screen.grab(BOARD))
        if won(board):
            bot.count("won")
            again(bot)
            continue
        bot.count("opened")
        bot.mouse.click(*middle(next_square(board)))
        bot.sleep(LOOK)


def revive(bot: Bot) -> None:
    """Begin a new game by the button that the game offers."""
    again(bot)
    bot.screen.wait_gone(EXPLODED, 10, BOARD)


def again(bot: Bot) -> None:
    """Click on Play Again."""
    bot.screen.wait(PLAY_AGAIN, 10, BUTTONS).click()
    bot.screen.wait_gone(PLAY_AGAIN, 10, BUTTONS)
