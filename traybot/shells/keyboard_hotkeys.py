"""How are hotkeys heard that the system does not give us? By `keyboard`, which sees every key.

The library's own hotkeys fire only when the keys held are exactly the chord's: one whose release
the lock screen swallowed silences them for good. So only its events for single keys are used here,
and which modifiers are held is asked at that moment.
"""

import contextlib
import ctypes
import glob
import logging
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from traybot.core import keys
from traybot.core.hotkey import SAFETY_ACTIONS, Chord, never_arrives, parse_chord
from traybot.text import _

if TYPE_CHECKING:  # loading it is left to where it is used
    from keyboard import KeyboardEvent

_log = logging.getLogger(__name__)

Chords = Sequence[tuple[str, str]]

#: What the library calls keys that it does not call as we do.
_THEIR_NAMES = {
    "alt_gr": "alt gr",
    "super": "windows",
    "print_screen": "print screen",
    "page_up": "page up",
    "page_down": "page down",
    "caps_lock": "caps lock",
    "num_lock": "num lock",
    "scroll_lock": "scroll lock",
    "kp_enter": "enter",
    "kp_add": "+",
    "kp_subtract": "-",
    "kp_multiply": "*",
    "kp_divide": "/",
    "kp_decimal": "decimal",
    "kp_equal": "=",
}
#: Where Linux has its keyboards, among others.
DEVICES = "/dev/input/event*"
#: A held key repeats at least this often. After a longer silence a press is a new one, even if its
#: release was never heard.
REPEAT_SECONDS = 1.0


class KeyboardHotkeys:
    """Satisfies `system.base.Hotkeys`; `post` is called in the library's thread."""

    def __init__(self, post: Callable[[str], None]) -> None:
        """Listen for nothing yet."""
        self._post = post
        self._lock = threading.Lock()
        #: What may happen on a press of a key, by the library's number of the key.
        self._chords: dict[int, list[tuple[str, Chord]]] = {}
        #: When a key was last heard going down, in the library's seconds; gone when it went up.
        self._heard: dict[int, float] = {}
        self._unhook: Callable[[], None] | None = None
        #: How many events were heard: a hook that hears no more counts no more.
        self.heard = 0
        self._states: dict[str, str] = {}

    @staticmethod
    def works_here() -> bool:
        """Whether the library can hear keys: on Windows always, on Linux as root with devices.

        On Linux it reads the kernel's devices, refuses whoever is not root, and has the names of
        keys from the program `dumpkeys`.
        """
        if "windll" in vars(ctypes):
            return True
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        readable = any(os.access(device, os.R_OK) for device in glob.glob(DEVICES))  # noqa: PTH207  a pattern with its folder
        return root and readable and shutil.which("dumpkeys") is not None

    def bind(self, chords: Chords) -> dict[str, str]:
        """Listen for these `(action, chord)` pairs; that others have them cannot be noticed."""
        bound: dict[int, list[tuple[str, Chord]]] = {}
        states: dict[str, str] = {}
        for action, text in chords:
            try:
                chord = _understood(text)
                for code in _codes_of(chord.key):
                    bound.setdefault(code, []).append((action, chord))
                self._hook()
                states[action] = _("bound")
            except (ValueError, ImportError, OSError, AssertionError) as why_not:
                states[action] = _("unsupported: {why}").format(
                    why=str(why_not) or _("the keyboard cannot be heard")
                )
        with self._lock:
            self._chords = bound
            self._states = states
        return dict(states)

    def states(self) -> dict[str, str]:
        """Give what `bind` found."""
        with self._lock:
            return dict(self._states)

    def revive(self) -> None:
        """Set the hook anew, for Windows drops one without telling; forget what was held.

        The library has no call for it: told that it does not listen, it begins once more.
        """
        import keyboard

        self._heard.clear()
        listener = keyboard._listener  # type: ignore[attr-defined]  # noqa: SLF001
        if listener.listening:
            listener.listening = False
            listener.start_if_necessary()

    def stop(self) -> None:
        """Stop listening; only the library's own thread stays. May be called twice."""
        with self._lock:
            unhook, self._unhook, self._chords = self._unhook, None, {}
        if unhook:
            unhook()

    def _hook(self) -> None:
        """Have every key told to us, once."""
        import keyboard

        with self._lock:
            if self._unhook is None:
                self._unhook = keyboard.hook(self._hear)

    def _hear(self, event: "KeyboardEvent") -> None:
        """Act on the first press of a key that is part of a chord."""
        self.heard += 1
        code, now = event.scan_code, event.time or 0.0
        if event.event_type != "down":
            self._heard.pop(code, None)
            return
        with self._lock:
            candidates = self._chords.get(code, [])
        repeated = now - self._heard.get(code, -REPEAT_SECONDS) < REPEAT_SECONDS
        self._heard[code] = now
        if candidates and not repeated:
            held = _held_modifiers()
            for action in _meant(candidates, held):
                self._post(action)


def _meant(candidates: Sequence[tuple[str, Chord]], held: frozenset[str]) -> list[str]:
    """Give the action whose chord this is; safety actions first, and with anything more held."""
    for action in SAFETY_ACTIONS:
        if any(name == action and chord.modifiers <= held for name, chord in candidates):
            return [action]
    return [name for name, chord in candidates if chord.modifiers == held][:1]


def _understood(text: str) -> Chord:
    """Parse a chord; `ValueError` also for one that Windows keeps for itself."""
    chord = parse_chord(text)
    why_not = never_arrives(chord, "windows")
    if why_not:
        raise ValueError(why_not)
    return chord


def _codes_of(key: str) -> Sequence[int]:
    import keyboard

    codes: Sequence[int] = keyboard.key_to_scan_codes(_their_name(key))
    return codes


def _held_modifiers() -> frozenset[str]:
    import keyboard

    held = set()
    for name in keys.MODIFIERS:
        with contextlib.suppress(ValueError):  # a keyboard without that key
            if keyboard.is_pressed(_their_name(name)):
                held.add(name)
    return frozenset(held)


def _their_name(name: str) -> str:
    """Give what the library calls a key."""
    if name in _THEIR_NAMES:
        return _THEIR_NAMES[name]
    return name.removeprefix("kp_").replace("_", " ")
