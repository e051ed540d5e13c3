"""Windows' raw input and macOS's event tap, spoken on the listener's own thread by stand-ins.

Both behave as documented: what a device sends names it, what a program sends names no device
(Windows) or that program (macOS).
"""

from collections.abc import Callable, Sequence

from tests.system.fake_sessions import SECONDS, Desk
from traybot.core.geometry import Rect
from traybot.system.macos_user import KEY, Heard
from traybot.system.windows_user import DOWN, Key, Mouse

MONITORS = (Rect(0, 0, 1000, 800), Rect(-500, 100, 500, 400))
MOUSE, KEYBOARD = 0x10041, 0x10043
_LEFT = 0x0001 & DOWN
_BOT = 4711


class _Hands(Desk):
    """What both have."""

    def __init__(self, *, fault: str = "") -> None:
        super().__init__(fault=fault)
        self.place = (400, 300)

    def pointer(self) -> tuple[int, int]:
        """Tell where the pointer is."""
        return self.place

    def monitors(self) -> Sequence[Rect]:
        """Tell of two."""
        return MONITORS


class WindowsHands(_Hands):
    """Satisfies `windows_user.RawCalls`."""

    _heard: Callable[[Mouse | Key], None]
    keyboard = mouse = False

    def run(self, heard: Callable[[Mouse | Key], None], begun: Callable[[], None]) -> None:
        """Make the window."""
        self._heard = heard
        self.serve(begun)

    def listen(self, *, keyboard: bool, mouse: bool) -> None:
        """Register the devices."""
        self.keyboard, self.mouse = keyboard, mouse

    def raw(self, event: Mouse | Key) -> None:
        """Deliver an event, if its kind of device is registered."""
        if self.keyboard if isinstance(event, Key) else self.mouse:
            self.send(lambda: self._heard(event)).result(SECONDS)

    def key(self, code: int, *, bots: bool = False) -> None:
        """Press and release a key."""
        for down in (True, False):
            self.raw(Key(0 if bots else KEYBOARD, code, down))

    def click(self, *, bots: bool = False) -> None:
        """Press a button."""
        self.raw(Mouse(0 if bots else MOUSE, _LEFT, 0, 0))

    def move(self, dx: int, dy: int, *, bots: bool = False) -> None:
        """Move the mouse; the bot does by SetCursorPos, of which raw input tells nothing."""
        if not bots:
            self.raw(Mouse(MOUSE, 0, dx, dy))


class MacHands(_Hands):
    """Satisfies `macos_user.TapCalls`."""

    _heard: Heard
    wanted = False

    def run(self, heard: Heard, begun: Callable[[], None]) -> None:
        """Make the tap."""
        self._heard = heard
        self.serve(begun)

    def listen(self, *, wanted: bool) -> None:
        """Switch the tap."""
        self.wanted = wanted

    def _event(self, kind: int, key: int, dx: float, dy: float, *, bots: bool) -> None:
        if self.wanted:
            sender = _BOT if bots else 0
            self.send(lambda: self._heard(kind, sender, key, dx, dy)).result(SECONDS)

    def key(self, code: int, *, bots: bool = False) -> None:
        """Press a key; a tap for presses hears of no release."""
        self._event(KEY, code, 0, 0, bots=bots)

    def click(self, *, bots: bool = False) -> None:
        """Press a button."""
        self._event(1, 0, 0, 0, bots=bots)

    def move(self, dx: int, dy: int, *, bots: bool = False) -> None:
        """Move the mouse."""
        self._event(5, 0, dx, dy, bots=bots)
