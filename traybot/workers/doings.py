"""What did this life do last? Its actions, remembered as long as nothing comes of them."""

from collections import deque

from traybot.core.repeats import REMEMBERED, Repeats, repeats
from traybot.shells.memory import Memory


class Doings:
    """The last actions of a life; what they show is written where the deathwatch reads it."""

    def __init__(self, memory: Memory) -> None:
        """Begin with none."""
        self._memory = memory
        self._last: deque[str] = deque(maxlen=REMEMBERED)
        self.forget()

    def note(self, action: str) -> None:
        """Remember an action; equal words mean the same action."""
        self._last.append(action)
        self._memory.repeats.value = repeats(tuple(self._last))

    def forget(self) -> None:
        """Something has come of it: what was done before shows nothing."""
        self._last.clear()
        self._memory.repeats.value = Repeats.NOTHING
