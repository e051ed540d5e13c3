"""How does a bot use the mouse? Through hands; positions count from the bot's window."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from traybot.text import _
from traybot.workers.line import Line

_BUTTONS = {"left": 1, "middle": 2, "right": 3, "back": 8, "forward": 9}
_CLICK_SECONDS = 0.04
#: Clicks within a square of so many pixels are the same action.
_SAME_PIXELS = 16
#: A drag in one jump is not taken for a drag by many programs.
_DRAG_STEPS = 12


class Mouse:
    """The mouse. Buttons: "left", "middle", "right", "back", "forward"."""

    def __init__(self, line: Line) -> None:
        """Press through this line; positions are the screen's until `follow`."""
        self._line = line
        self._origin: Callable[[], tuple[int, int]] = lambda: (0, 0)
        #: Where we last put the pointer, on the screen.
        self._at = (0, 0)

    def follow(self, origin: Callable[[], tuple[int, int]]) -> None:
        """Count positions from wherever `origin` says the window is."""
        self._origin = origin

    def move(self, x: int, y: int) -> None:
        """Put the pointer at a pixel of the window."""
        left, top = self._origin()
        self._move((left + x, top + y))

    def click(
        self, x: int | None = None, y: int | None = None, *, button: str = "left", times: int = 1
    ) -> None:
        """Click where the pointer is, or at a pixel of the window."""
        if (x is None) is not (y is None):
            raise ValueError(_("a click needs both x and y, or neither of them"))
        if x is not None and y is not None:
            self.move(x, y)
        self._click(button, times)

    def _click(self, button: str, times: int) -> None:
        x, y = (position // _SAME_PIXELS for position in self._at)
        self._line.doings.note(f"click {button} {x} {y}")
        for _time in range(times):
            with self.hold(button):
                self._line.sleep(_CLICK_SECONDS)

    @contextmanager
    def hold(self, button: str = "left") -> Iterator[None]:
        """Hold a button down for the length of a `with` block."""
        number = _number(button)
        down = {"do": "button_down", "button": number}
        self._line.hold(down)
        try:
            yield
        finally:
            self._line.release({"do": "button_up", "button": number}, down)

    def drag(self, start: tuple[int, int], end: tuple[int, int], *, seconds: float = 0.3) -> None:
        """Drag with the left button from one pixel of the window to another."""
        self.move(*start)
        with self.hold("left"):
            for step in range(1, _DRAG_STEPS + 1):
                share = step / _DRAG_STEPS
                x = round(start[0] + (end[0] - start[0]) * share)
                y = round(start[1] + (end[1] - start[1]) * share)
                self.move(x, y)
                self._line.sleep(seconds / _DRAG_STEPS)

    def scroll(self, dy: int, dx: int = 0) -> None:
        """Turn the wheel by notches: up and right are positive."""
        self._line.ask_hands({"do": "scroll", "dx": dx, "dy": dy})

    def click_screen(self, x: int, y: int, *, button: str = "left") -> None:
        """Click a pixel of the whole screen, as matches give it."""
        self._move((x, y))
        self._click(button, 1)

    def _move(self, place: tuple[int, int]) -> None:
        self._at = place
        self._line.ask_hands({"do": "move", "x": place[0], "y": place[1]})


def _number(button: str) -> int:
    if button not in _BUTTONS:
        message = _("unknown mouse button {button!r}; known are {names}").format(
            button=button, names=", ".join(_BUTTONS)
        )
        raise ValueError(message)
    return _BUTTONS[button]
