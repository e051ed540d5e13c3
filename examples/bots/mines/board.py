"""What does the board show, and which square is the next? Squares are told by their colours.

A square is a pair of column and row, counted from 0 at the upper left.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

#: The board in the game's window: x, y, width, height. It has as many squares in a row as rows.
BOARD = (36, 71, 368, 368)
SQUARES = 8
SIDE = 46
MINES = 10

#: Red, green, blue of an open square's ground, by the number of mines beside it.
GROUNDS = (
    (0xDE, 0xDE, 0xDC),
    (0xDD, 0xFA, 0xC3),
    (0xEC, 0xED, 0xBF),
    (0xED, 0xDA, 0xB4),
    (0xED, 0xC3, 0x8A),
    (0xF7, 0xA1, 0xA2),
    (0xFE, 0xA7, 0x85),
    (0xFF, 0x7D, 0x60),
    (0xFF, 0x32, 0x3C),
)
#: Where in a square its ground shows, whatever stands on it, in pixels from the square's corner.
GROUND_AT = 5

Square = tuple[int, int]
#: The number of each open square; a closed one is not in it.
Board = Mapping[Square, int]


def read(picture: npt.NDArray[np.uint8]) -> Board:
    """Read the numbers off a picture of the board, BGRA."""
    board = {}
    for column, row in every_square():
        blue, green, red, _ = picture[row * SIDE + GROUND_AT, column * SIDE + GROUND_AT].tolist()
        if (red, green, blue) in GROUNDS:
            board[column, row] = GROUNDS.index((red, green, blue))
    return board


def every_square() -> Iterator[Square]:
    """Give every square, row by row."""
    return ((column, row) for row in range(SQUARES) for column in range(SQUARES))


def middle(square: Square) -> tuple[int, int]:
    """Tell where a square's middle is in the game's window."""
    column, row = square
    return BOARD[0] + column * SIDE + SIDE // 2, BOARD[1] + row * SIDE + SIDE // 2


def around(square: Square) -> set[Square]:
    """Give the squares that touch this one."""
    column, row = square
    near = {(column + x, row + y) for x in (-1, 0, 1) for y in (-1, 0, 1)} - {square}
    return near & set(every_square())


def won(board: Board) -> bool:
    """Tell whether only mines are still closed."""
    return SQUARES * SQUARES - len(board) == MINES


def next_square(board: Board) -> Square:
    """Choose the closed square that is least likely to hide a mine; the first of equals."""
    mines = sure_mines(board)
    closed = (square for square in every_square() if square not in board)
    return min(closed, key=lambda square: risk(square, board, mines))


def sure_mines(board: Board) -> set[Square]:
    """Give the closed squares that a number needs all of."""
    mines: set[Square] = set()
    for square, number in board.items():
        closed = around(square) - board.keys()
        if len(closed) == number:
            mines |= closed
    return mines


def risk(square: Square, board: Board, mines: set[Square]) -> float:
    """Tell how likely a mine is by the worst number beside a square; without one, by the rest."""
    if square in mines:
        return 1.0
    numbers = around(square) & board.keys()
    if not numbers:
        return (MINES - len(mines)) / (SQUARES * SQUARES - len(board) - len(mines))
    shares = [_share(number, board, mines) for number in numbers]
    return 0.0 if 0.0 in shares else max(shares)


def _share(square: Square, board: Board, mines: set[Square]) -> float:
    """Tell which part of the unknown squares around a number are mines."""
    closed = around(square) - board.keys()
    left = board[square] - len(closed & mines)
    return left / len(closed - mines)
