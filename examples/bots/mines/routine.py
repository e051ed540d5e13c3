"""How does the bot play Mines? It opens the square that is least likely to hide a mine.

Nothing here looks for a mine that went off: that is the deathwatch's business.
"""

from board import BOARD, middle, next_square, read, won

from traybot import Bot

EXPLODED = "templates/exploded.png"
PLAY_AGAIN = "templates/play_again.png"
DONE = "templates/done.png"
#: Where the game's buttons are, and that of the window with the best times: x, y, width, height.
BUTTONS = (420, 240, 170, 90)
HEAD = (370, 0, 120, 60)

#: Where a mine that went off can be: the board, and the gaps around it that are in its picture.
FIELD = (32, 67, 376, 376)

#: How long the game may take to show what a click has done, in seconds: in a square, everywhere.
LOOK = 0.06
REDRAW = 0.2


def play(bot: Bot) -> None:
    """Open square after square, game after game, for ever."""
    while True:
        board = read(bot.screen.grab(BOARD))
        if done := bot.screen.find(DONE, HEAD):
            done.click()
        elif not won(board):
            bot.count("opened")
            bot.mouse.click(*middle(next_square(board)))
        elif button := bot.screen.find(PLAY_AGAIN, BUTTONS):
            bot.count("won")
            button.click()
            bot.screen.wait_gone(PLAY_AGAIN, 10, BUTTONS)
        bot.sleep(LOOK)


def revive(bot: Bot) -> None:
    """Begin a new game by the button that the game offers."""
    while bot.screen.find(EXPLODED, FIELD):
        bot.screen.wait(PLAY_AGAIN, 10, BUTTONS).click()
        bot.sleep(REDRAW)
