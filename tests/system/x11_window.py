"""A real window that writes down what reaches it: the witness of tests that press keys."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.protocol import rq

from tests.desktop import eventually

_EVENTS = (
    X.KeyPressMask
    | X.KeyReleaseMask
    | X.ButtonPressMask
    | X.ButtonReleaseMask
    | X.FocusChangeMask
    | X.StructureNotifyMask
)
_ALT_GR_BIT = X.Mod5Mask


class WitnessWindow:
    """A window on a connection of its own; belongs to the thread that made it."""

    def __init__(self, display: str, title: str, rect: tuple[int, int, int, int]) -> None:
        self.connection = Display(display)
        self.root = self.connection.screen().root
        self.window = self.root.create_window(*rect, 0, X.CopyFromParent, event_mask=_EVENTS)
        #: Presses and releases in the order of their arrival.
        self.events: list[rq.Event] = []
        self.rename(title)

    @property
    def center(self) -> tuple[int, int]:
        """The pixel in the middle, on the screen."""
        size = self.window.get_geometry()
        corner = self.root.translate_coords(self.window, 0, 0)
        return corner.x + size.width // 2, corner.y + size.height // 2

    def show(self, *, focus: bool = True) -> None:
        """Map the window, wait until it is seen, and take the focus."""

        def seen() -> bool:
            self.window.map()  # again and again: openbox forgets one that comes while it starts
            return bool(self.window.get_attributes().map_state == X.IsViewable)

        eventually(seen, what="the window")
        if focus:
            self.focus()

    def focus(self) -> None:
        """Take the keys, and wait until they come here."""

        def focused() -> bool:
            self.window.set_input_focus(X.RevertToParent, X.CurrentTime)
            return bool(self.connection.get_input_focus().focus == self.window)

        eventually(focused, what="the focus")

    def rename(self, title: str) -> None:
        """Change the title, by the old property and the new one."""
        utf8 = self.connection.intern_atom("UTF8_STRING")
        name = self.connection.intern_atom("_NET_WM_NAME")
        self.window.change_property(name, utf8, 8, title.encode())
        self.window.change_property(
            Xatom.WM_NAME, Xatom.STRING, 8, title.encode("latin-1", "replace")
        )
        self.connection.sync()

    def heard(self) -> list[str]:
        """Give what has come so far, such as `"press 38"`, `"release button 1"`."""
        self._listen()
        return [_worded(event) for event in self.events]

    def forget(self) -> None:
        """Begin a new list."""
        self._listen()
        self.events.clear()

    def keysyms(self) -> list[int]:
        """Give what the keys pressed so far mean by the keymap of now, modifiers left out."""
        self._listen()
        rows = self.connection.get_keyboard_mapping(8, 248)
        pressed = [event for event in self.events if event.type == X.KeyPress]
        found = [_meaning(rows[event.detail - 8], event.state) for event in pressed]
        return [
            keysym
            for keysym in found
            if not 0xFE01 <= keysym <= 0xFE0F and not 0xFFE1 <= keysym <= 0xFFEE
        ]

    def _listen(self) -> None:
        self.connection.sync()
        kinds = {X.KeyPress, X.KeyRelease, X.ButtonPress, X.ButtonRelease}
        while self.connection.pending_events():
            event = self.connection.next_event()
            if event.type in kinds:
                self.events.append(event)


@contextmanager
def witness(
    display: str,
    title: str = "witness",
    rect: tuple[int, int, int, int] = (100, 80, 300, 200),
    *,
    focus: bool = True,
) -> Iterator[WitnessWindow]:
    """Show a window for the time of a `with` block."""
    window = WitnessWindow(display, title, rect)
    with closing(window.connection):
        window.show(focus=focus)
        yield window


def _worded(event: rq.Event) -> str:
    pressed = event.type in {X.KeyPress, X.ButtonPress}
    what = "" if event.type in {X.KeyPress, X.KeyRelease} else "button "
    return f"{'press' if pressed else 'release'} {what}{event.detail}"


def _meaning(row: tuple[int, ...], state: int) -> int:
    """Look a key event up as a program does: layout, AltGr, Shift, CapsLock for letters.

    To a program that knows nothing of XKB the server tells a second layout as AltGr held.
    """
    column = 0
    if state & _ALT_GR_BIT:
        column = 4 if row[4] else 2
    plain, shifted = row[column], row[column + 1]
    is_letter = plain != shifted and bool(shifted) and _lower(shifted) == plain
    flip = bool(state & X.ShiftMask) != bool(is_letter and state & X.LockMask)
    return shifted if flip and shifted else plain


def _lower(keysym: int) -> int:
    return ord(chr(keysym).lower()) if keysym < 0x100 else 0
