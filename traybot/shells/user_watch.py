"""Does the user push the mouse into the corner, or take over? Listens, and posts the word for it.

A thread and connection of its own: the corner is a second way to stop, whatever becomes of the
hotkeys. Devices are heard only while a bot plays, and not at all where neither is wanted.
"""

import contextlib
import logging
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from traybot.core.phases import AT_REST, Phase
from traybot.core.user import User
from traybot.errors import BackendUnavailable
from traybot.system import choose
from traybot.text import _

if TYPE_CHECKING:
    from traybot.system.user_hands import UserHands

_log = logging.getLogger(__name__)

#: What is posted.
CORNER, TAKEOVER = "corner", "takeover"
OFF, ON = "off", "on"
#: After the X server went away, how long until it is tried again.
_RETRY_SECONDS = 1.0
#: A mouse may tell of itself a thousand times a second; so often it is listened to at most.
_BREATH_SECONDS = 0.01
_END_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the settings want to be heard."""

    corner: str = OFF
    takeover: str = OFF
    #: `(action, chord)` pairs: the keys of a hotkey take nothing over.
    chords: Sequence[tuple[str, str]] = ()
    phase: Phase = Phase.IDLE

    @property
    def anything(self) -> bool:
        """Whether somebody must listen at all."""
        return self.corner != OFF or self.takeover != OFF

    @property
    def corner_now(self) -> bool:
        """Whether there is a bot for the corner to stop."""
        return self.corner != OFF and self.phase not in AT_REST

    @property
    def takeover_now(self) -> bool:
        """Whether there is a bot to take over from."""
        return self.takeover != OFF and self.phase is Phase.RUNNING


class UserWatch:
    """Listens for the user; methods may be called from any thread, and none waits."""

    def __init__(
        self,
        post: Callable[[str], None],
        display: str | None = None,
        connect: "Callable[[str | None], UserHands]" = choose.user_hands,
    ) -> None:
        """`post` is called with "corner" or "takeover", on the thread; it must not block.

        `connect` gives what hears the devices, on the thread too.
        """
        self._post, self._display, self._connect = post, display, connect
        wayland = os.environ.get("WAYLAND_DISPLAY")
        self._note = _(": seen only while an X11 window has keys and mouse") if wayland else ""
        self._lock = threading.Lock()
        self._wanted = Wanted()
        self._fault = ""
        #: Whether devices are being heard now; written by the thread alone.
        self.listens = False
        self._leaving = False
        self._ear, self._mouth = socket.socketpair()
        self._mouth.settimeout(0)
        self._thread: threading.Thread | None = None

    def want(self, corner: str, takeover: str, chords: Sequence[tuple[str, str]]) -> None:
        """Listen for these from now on; each may be "off"."""
        self._change(corner=corner, takeover=takeover, chords=tuple(chords))

    def show(self, phase: Phase) -> None:
        """Tell where the bot is."""
        if phase is not self._wanted.phase:
            self._change(phase=phase)

    def health(self) -> dict[str, str]:
        """Say of each whether it is on, off, or why it cannot be."""
        with self._lock:
            wanted, fault = self._wanted, self._fault
        told = _("unsupported: {why}").format(why=fault) if fault else ON + self._note
        return {
            CORNER: OFF if wanted.corner == OFF else told,
            TAKEOVER: OFF if wanted.takeover == OFF else told,
        }

    def stop(self) -> None:
        """Stop listening; returns when the thread has ended; may be called twice."""
        with self._lock:
            self._leaving = True
            thread = self._thread
            self._ring()
        if thread is threading.current_thread():
            return
        if thread is not None:
            thread.join(_END_SECONDS)
        if thread is not None and thread.is_alive():
            # The server hangs; the thread ends with it, or with us.
            _log.warning("the thread that sees the user did not end within %g s", _END_SECONDS)
            return
        self._ear.close()
        self._mouth.close()

    def _change(self, **changes: object) -> None:
        with self._lock:
            self._wanted = replace(self._wanted, **changes)  # type: ignore[arg-type]  # by name
            if self._leaving or not (self._wanted.anything or self._thread):
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="user", daemon=True)
                self._thread.start()
            self._ring()

    def _ring(self) -> None:
        with contextlib.suppress(OSError):  # full, so it will wake anyway
            self._mouth.send(b"!")

    # --- on the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._leaving:
            try:
                self._listen()
                continue
            except BackendUnavailable as error:
                self._say(str(error))
            except ImportError as error:
                self._say(_("this needs X11: {why}").format(why=error))
            except Exception:  # noqa: BLE001 -- the thread's outermost line: the corner must not die
                _log.exception("the thread that sees the user failed and begins anew")
                self._say(_("it failed, the log tells how"))
            self._rest(_RETRY_SECONDS)

    def _listen(self) -> None:
        """Connect as long as something is wanted; `BackendUnavailable` when the server goes."""
        if not self._wanted.anything:
            self._say("")
            self._rest(None)
            return
        with contextlib.closing(self._connect(self._display)) as raw:
            self._say("")
            try:
                self._serve(raw)
            finally:
                self.listens = False

    def _serve(self, raw: "UserHands") -> None:
        user, heard = User(), Wanted()
        while (wanted := self._wanted).anything and not self._leaving:
            if wanted != heard:
                if wanted.takeover_now and not heard.takeover_now:
                    user = User().playing_since(time.monotonic())
                raw.ignore(wanted.chords)
                raw.listen(
                    presses=wanted.takeover_now,
                    motion=wanted.corner_now or wanted.takeover_now,
                )
                heard, self.listens = wanted, wanted.corner_now or wanted.takeover_now
            user = self._judge(raw, user, heard)
            # What came along with an answer lies in the library, and nothing would wake us for it.
            self._rest(0.0 if raw.waiting else None, raw.fileno())

    def _judge(self, raw: "UserHands", user: User, wanted: Wanted) -> User:
        """Reckon with what came; post what it means, once."""
        touches = raw.heard()
        if not touches:
            return user
        pointer = raw.pointer()
        took_over = False
        for touch in touches:
            user = user.touched(touch, pointer, raw.screen)
            took_over |= user.takes_over(touch)
        if wanted.corner_now and user.in_corner(wanted.corner, raw.monitors, pointer):
            self._post(CORNER)
            user = User()
        elif wanted.takeover_now and took_over:
            self._post(TAKEOVER)
            user = User()
        # More of the same movement can wait, a word to us cannot.
        self._rest(_BREATH_SECONDS)
        return user

    def _rest(self, seconds: float | None, *others: int) -> None:
        """Wait for a word to us, or for one of these descriptors."""
        if self._leaving:
            return
        ear = self._ear.fileno()
        if ear in select.select([ear, *others], [], [], seconds)[0]:
            self._ear.recv(64)

    def _say(self, fault: str) -> None:
        with self._lock:
            if fault and fault != self._fault:
                _log.warning("cannot see the user: %s", fault)
            self._fault = fault
