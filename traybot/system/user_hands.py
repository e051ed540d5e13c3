"""Which touches of keyboard and mouse are the user's? Asked of each system in its own way.

The contract of `x11_raw`, and what the ways of Windows and macOS share.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from traybot.core.geometry import Rect
from traybot.core.hotkey import parse_chord
from traybot.core.user import Touch
from traybot.system.told_aside import ToldAside


class UserHands(Protocol):
    """Listens to the user's own devices; for the thread that made it.

    `BackendUnavailable` from any call once they cannot be heard any more.
    """

    #: The smallest rectangle around all monitors, and those.
    screen: Rect
    monitors: tuple[Rect, ...]

    def fileno(self) -> int:
        """Readable when there is something to hear."""
        ...

    @property
    def waiting(self) -> bool:
        """Whether something came along with an answer, of which the descriptor does not tell."""
        ...

    def listen(self, *, presses: bool, motion: bool) -> None:
        """Hear these from now on, and nothing else."""
        ...

    def ignore(self, chords: Sequence[tuple[str, str]]) -> None:
        """Take no press of these `(action, chord)` pairs' keys for more than a hotkey."""
        ...

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is now, in screen pixels."""
        ...

    def heard(self) -> list[Touch]:
        """Give what the user's devices did since the last call, oldest first."""
        ...

    def close(self) -> None:
        """Listen no more; may be called twice."""
        ...


class HandsAside(ToldAside[Touch]):
    """What Windows' and macOS's ways have in common; a subclass reads the system's events."""

    #: Keys that say nothing by themselves.
    modifiers: frozenset[int] = frozenset()
    #: Nothing comes but by the descriptor.
    waiting = False

    def __init__(
        self,
        run: Callable[[Callable[[], None]], None],
        leave: Callable[[], None],
        code_of: Callable[[str], int | None],
        monitors: Callable[[], Sequence[Rect]],
    ) -> None:
        """`code_of` gives a key's number by its name."""
        self._code_of, self._ask_monitors = code_of, monitors
        self._ignored = self.modifiers
        self._presses = self._motion = False
        self.screen, self.monitors = Rect(0, 0, 0, 0), tuple[Rect, ...]()
        super().__init__(run, leave)
        self._learn()

    def listen(self, *, presses: bool, motion: bool) -> None:
        """Hear these from now on; monitors may have changed since the last time."""
        self._presses, self._motion = presses, motion
        self._learn()

    def ignore(self, chords: Sequence[tuple[str, str]]) -> None:
        """Learn which keys are those of hotkeys."""
        codes = {self._code_of(parse_chord(chord).key) for _action, chord in chords if chord}
        self._ignored = self.modifiers | {code for code in codes if code is not None}

    def _learn(self) -> None:
        self.monitors = tuple(self._ask_monitors()) or (Rect(0, 0, 1, 1),)
        left, top = min(one.x for one in self.monitors), min(one.y for one in self.monitors)
        right = max(one.x + one.width for one in self.monitors)
        bottom = max(one.y + one.height for one in self.monitors)
        self.screen = Rect(left, top, right - left, bottom - top)

    # --- on the listener's thread ----------------------------------------------------------------

    def _pressed(self, at: float, key: int | None = None) -> None:
        """A mouse button went down, or this key."""
        if self._presses and (key is None or key not in self._ignored):
            self._tell(Touch(at, pressed=True))

    def _moved(self, at: float, dx: float, dy: float) -> None:
        if self._motion and (dx or dy):
            self._tell(Touch(at, dx=dx, dy=dy))
