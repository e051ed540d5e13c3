"""Whose is what a life left behind? Told by the life's number, so that the next one is not hit."""

import math
from dataclasses import dataclass

#: Only players leave anything behind: routines and recoveries, which are numbered together.
_PLAYERS = ("routine", "recovery")


@dataclass(frozen=True, slots=True)
class LivesOver:
    """Which lives are over: all up to the `newest` but those that are `living`.

    Whose life is not known must have begun `before`, in seconds since the machine did.
    """

    newest: float
    living: frozenset[int] = frozenset()
    before: float = math.inf

    def hold(self, life: int | None, born: float) -> bool:
        """Tell whether what such a life has left behind may be ended."""
        if life is None:
            return born <= self.before
        return life <= self.newest and life not in self.living


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of a sweep: how many were ended, and whether there may be more soon."""

    ended: int = 0
    more: bool = False


#: When the daemon leaves.
ALL_OVER = LivesOver(math.inf)


def life_mark(token: str, child: str, life: int) -> str:
    """Give what a life puts into its environment, for the programs that it starts."""
    return f"{token}:{child}:{life}"


def read_life_mark(mark: str, token: str) -> tuple[bool, int | None]:
    """Tell whether a life of this daemon set the mark, and which one, if that one plays."""
    whose, _, rest = mark.partition(":")
    child, _, number = rest.partition(":")
    player = child in _PLAYERS and number.isdecimal()
    return bool(rest) and whose == token, int(number) if player else None
