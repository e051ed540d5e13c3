"""Keys sent by the window system, as a bot's would be."""

from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest


def send(display: Display, kind: int, key: str) -> None:
    """Put a key, by its X name, down (`X.KeyPress`) or let it go (`X.KeyRelease`)."""
    xtest.fake_input(display, kind, display.keysym_to_keycode(XK.string_to_keysym(key)))
    display.sync()


def send_tap(display: Display, key: str) -> None:
    """Put a key down and let it go."""
    send(display, X.KeyPress, key)
    send(display, X.KeyRelease, key)
