"""Who shows the icon on a Linux desktop now? The bus's host for items, else an old tray, or none.

One loop on the main thread waits for both at once and moves the icon to wherever it is seen: hosts
come and go while the daemon runs. Only `show` and `stop` may be called from other threads.
"""

import contextlib
import logging
import selectors
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

from traybot.core.status import Status
from traybot.errors import BackendUnavailable
from traybot.text import _, joined

_log = logging.getLogger(__name__)

#: The icon and its menu change no more often than this, in seconds: a person cannot read more.
PACE_SECONDS = 1.0
#: A desktop that is gone is looked for again after so long, doubling up to the second.
RETRY_SECONDS, LONGEST_RETRY_SECONDS = 1.0, 30.0
#: A panel that knows both ways brings the old one first; the new one is waited for so long.
PREFERENCE_SECONDS = 0.5
_STARTING_SECONDS = 1.0


class Place(Protocol):
    """Where an icon can be shown; used by the loop's thread alone."""

    name: str
    #: Whether somebody would show, or shows, the icon here.
    shows: bool
    trouble: str

    def fileno(self) -> int:
        """Readable when there is something to tend."""
        ...

    def seconds_left(self) -> float | None:
        """When to tend it even so; None: not before it is readable."""
        ...

    @property
    def menu_open(self) -> bool:
        """Whether a person reads the menu now."""
        ...

    def tend(self) -> None:
        """Hear what has come; `OSError` when this desktop is gone."""
        ...

    def show(self, status: Status) -> None:
        """Show the icon so from now on."""
        ...

    def repaint(self) -> None:
        """Paint the icon again: its pictures have changed."""
        ...

    def hide(self) -> None:
        """Take the icon away, and stay ready."""
        ...

    def close(self) -> None:
        """Take the icon away and leave this desktop."""
        ...


#: Makes a place; `BackendUnavailable` says why it cannot be had.
Maker = Callable[[Callable[[str], None], Callable[[], Status | None]], Place]


class _Door:
    """One way to a desktop: its place while there is one, tried again while there is none."""

    def __init__(self, make: Callable[[], Place]) -> None:
        self._make = make
        self.place: Place | None = None
        self.why = ""
        self._pause, self._due = RETRY_SECONDS, 0.0

    def try_open(self) -> None:
        """Make the place, if it is time."""
        if self.place is not None or time.monotonic() < self._due:
            return
        try:
            self.place = self._make()
            self.why, self._pause = "", RETRY_SECONDS
        except Exception as error:  # noqa: BLE001 - a thread's outermost line, see `lose`
            self.lose(error)

    def lose(self, error: Exception) -> None:
        """Give the place up for a while, whatever it was; said in the log once for each reason.

        Whatever a library makes of a strange answer: the daemon must not end with its icon.
        """
        expected = isinstance(error, BackendUnavailable | OSError)
        if not expected:
            _log.error("the tray failed and begins anew", exc_info=error)
        elif str(error) != self.why:
            _log.info("no tray this way: %s", error)
        self.why = str(error) if expected else repr(error)
        self.close()
        self._due = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, LONGEST_RETRY_SECONDS)

    def close(self) -> None:
        """Leave the place, if there is one."""
        place, self.place = self.place, None
        if place is not None:
            # It is left whatever it says to that.
            with contextlib.suppress(Exception):
                place.close()

    def seconds_left(self) -> float:
        """When to try again, while there is no place."""
        return max(0.0, self._due - time.monotonic())


class DesktopTray:
    """Shows a status wherever this desktop shows icons, as long as `run` lasts."""

    def __init__(
        self,
        makers: list[Maker],
        clicked: Callable[[str], None],
        fresh: Callable[[], Status] | None = None,
    ) -> None:
        """`makers` in the order of preference; `fresh` is asked when a person opens the menu."""
        self._fresh = fresh
        self._doors = [_Door(lambda make=make: make(clicked, self._opening)) for make in makers]  # type: ignore[misc] # a lambda's default has no type
        self._wanted: Status | None = None
        self._shown: Status | None = None
        self._shown_at = 0.0
        self._at: Place | None = None
        self._hosted_since = 0.0
        #: A tray answers within a moment, if there is one; only then is there none.
        self._patient_until = time.monotonic() + _STARTING_SECONDS
        self._stopping = self._stale = False
        self._ear, self._mouth = socket.socketpair()
        self._mouth.setblocking(False)  # noqa: FBT003 - the library's own way
        self._lock = threading.Lock()

    def run(self) -> None:
        """Show the icon until `stop`; on the main thread, once. A failing tray raises nothing."""
        try:
            while not self._stopping:
                self._turn()
        finally:
            for door in self._doors:
                door.close()
            with self._lock:
                self._ear.close()
                self._mouth.close()

    def show(self, status: Status) -> None:
        """Show this soon; from any thread, never waits. Of several the newest wins."""
        with self._lock:
            self._wanted = status
        self._wake()

    def repaint(self) -> None:
        """Paint the icon again, its pictures have changed; from any thread, never waits."""
        self._stale = True
        self._wake()

    def stop(self) -> None:
        """Take the icon away and let `run` return; from any thread, may be called again."""
        self._stopping = True
        self._wake()

    def health(self) -> str:
        """Say what shows the icon, or why nothing does; from any thread."""
        place = self._at
        if place is not None:
            return joined(": ", (place.name, place.trouble)) if place.trouble else place.name
        if time.monotonic() < self._patient_until:
            return _("starting")
        reasons = [door.why for door in self._doors if door.place is None and door.why]
        return joined("; ", [_("none: no tray on this desktop shows icons yet"), *reasons])

    def _wake(self) -> None:
        with self._lock, contextlib.suppress(OSError):  # full, so it wakes anyway; or closed
            self._mouth.send(b"!")

    def _turn(self) -> None:
        """Wait for something to do, and do it."""
        for door in self._doors:
            door.try_open()
        self._wait()
        for place in self._places():
            self._have(place, place.tend)
        self._move()
        self._feed()

    def _places(self) -> list[Place]:
        return [door.place for door in self._doors if door.place is not None]

    def _have(self, place: Place, deed: Callable[[], None]) -> None:
        """Have a place do something; one that fails is left, and tried again after a while."""
        try:
            deed()
        except Exception as error:  # noqa: BLE001 - a thread's outermost line, see `_Door.lose`
            if self._at is place:
                self._at = None
            for door in self._doors:
                if door.place is place:
                    door.lose(error)

    def _wait(self) -> None:
        seconds = [self._seconds_to_feed()]
        if self._hosted_since:
            seconds.append(self._hosted_since + PREFERENCE_SECONDS - time.monotonic())
        with selectors.DefaultSelector() as selector:
            selector.register(self._ear, selectors.EVENT_READ)
            for place in self._places():
                self._have(place, partial(self._await, selector, place, seconds))
            seconds += [door.seconds_left() for door in self._doors if door.place is None]
            known = [second for second in seconds if second is not None]
            ready = selector.select(max(0.0, min(known)) if known else None)
        if any(key.fileobj is self._ear for key, _ in ready):
            self._ear.recv(4096)

    @staticmethod
    def _await(selector: selectors.BaseSelector, place: Place, seconds: list[float | None]) -> None:
        seconds.append(place.seconds_left())
        selector.register(place, selectors.EVENT_READ)

    def _move(self) -> None:
        """Have the icon where it is seen best, and nowhere else."""
        best = next((place for place in self._places() if place.shows), None)
        if best is self._at:
            self._hosted_since = 0.0
            return
        if best is not None and not self._preferred(best):
            return
        if self._at is not None:
            self._have(self._at, self._at.hide)
        self._at, self._shown, self._hosted_since = best, None, 0.0

    def _preferred(self, place: Place) -> bool:
        """Whether there is no sense in waiting for a better place."""
        if self._doors[0].place is None or place is self._doors[0].place:
            return True
        if not self._hosted_since:
            self._hosted_since = time.monotonic()
        return time.monotonic() >= self._hosted_since + PREFERENCE_SECONDS

    def _seconds_to_feed(self) -> float | None:
        if self._at is None or self._wanted is None:
            return None
        if self._shown is None:
            return 0.0
        if self._wanted == self._shown and not self._at.menu_open:
            return None
        return max(0.0, self._shown_at + PACE_SECONDS - time.monotonic())

    def _feed(self) -> None:
        """Show what is due: what is wanted, and while the menu is open what is so now."""
        if self._at is not None and self._stale:
            self._stale = False
            self._have(self._at, self._at.repaint)
        if self._at is not None and self._seconds_to_feed() == 0.0:
            self._have(self._at, partial(self._show_at, self._at))

    def _show_at(self, place: Place) -> None:
        if place.menu_open:
            self._refresh()
        assert self._wanted is not None
        self._shown, self._shown_at = self._wanted, time.monotonic()
        place.show(self._shown)

    def _opening(self) -> Status | None:
        """Give what the menu is to show as it opens; on the loop's thread."""
        if self._wanted is None:
            return None
        self._refresh()
        self._shown, self._shown_at = self._wanted, time.monotonic()
        return self._shown

    def _refresh(self) -> None:
        """Want what is so now, unless something newer was asked for meanwhile."""
        if self._fresh is None:
            return
        before = self._wanted
        fresh = self._fresh()
        with self._lock:
            if self._wanted is before:
                self._wanted = fresh
