"""How does the user see the daemon? By an icon with a menu in the system's tray.

Nothing is decided here: a finished `Status` is shown, and a click's action is posted. The GUI's
loop has the main thread; from every other thread only `show` and `stop` reach it. Where there is no
tray the daemon runs without one, and `health` says why.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from traybot.core.status import Status
from traybot.shells import tray_host
from traybot.shells.tray_backends import Backend, find_backend
from traybot.shells.tray_desktop import PACE_SECONDS, DesktopTray, Maker
from traybot.shells.tray_icon import TrayIcon
from traybot.shells.tray_pictures import PICTURES, Pictures
from traybot.system import choose
from traybot.text import _

_log = logging.getLogger(__name__)

#: After this an icon that went away by itself, or that nobody wanted to show, is tried again.
RETRY_SECONDS = 2.0
#: An icon that was told to leave and has not in this time is left alone, in seconds.
LEAVE_SECONDS = 1.0


class Tray:
    """Shows a status in the tray, as long as `run` lasts."""

    def __init__(
        self, clicked: Callable[[str], None], pictures: Pictures, backend: Backend
    ) -> None:
        """`clicked` gets the action of a menu item, on the GUI's thread: it may only post."""
        self._clicked = clicked
        self._pictures = pictures
        self._backend = backend
        self._changed = threading.Condition()
        self._wanted: Status | None = None
        self._shown: Status | None = None
        self._shown_at = 0.0
        self._running: TrayIcon | None = None
        self._stopping = False
        self._trouble = ""

    def run(self) -> None:
        """Show the icon until `stop`; on the main thread, once. A failing tray raises nothing."""
        while not self._stopping:
            if self._backend.wanted():
                self._run_icon()
            with self._changed:
                self._changed.wait_for(lambda: self._stopping, RETRY_SECONDS)

    def show(self, status: Status) -> None:
        """Show this soon; from any thread, never waits. Of several the newest wins."""
        with self._changed:
            self._wanted = status
            self._changed.notify_all()

    def repaint(self) -> None:
        """Paint the icon again, its pictures have changed; from any thread."""
        with self._changed:
            icon = self._running
        if icon is not None:
            icon.repaint()

    def stop(self) -> None:
        """Take the icon away and let `run` return; from any thread, may be called again."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def health(self) -> str:
        """Say what shows the icon, and what is wrong with that; from any thread."""
        if self._trouble:
            return _("none: {why}").format(why=self._trouble)
        if not self._backend.hosted():
            return _("{name}: no tray on this desktop shows it yet").format(name=self._backend.name)
        return self._backend.name

    def _run_icon(self) -> None:
        """Make an icon and run it until it ends, by our wish or by itself."""
        feeder: threading.Thread | None = None
        try:
            icon = TrayIcon(self._backend, self._clicked, self._pictures)
            feeder = threading.Thread(target=self._feed, args=(icon,), name="tray", daemon=True)
            with self._changed:
                self._running = icon
                self._shown = None
            self._trouble = ""
            icon.run(feeder.start)
        except Exception as error:  # noqa: BLE001 - libraries fail here in every way; we go on
            _log.warning("the tray icon failed", exc_info=True)
            self._trouble = str(error) or type(error).__name__
        finally:
            with self._changed:
                self._running = None
                self._changed.notify_all()
        if feeder and feeder.is_alive():
            feeder.join(LEAVE_SECONDS)

    def _feed(self, icon: TrayIcon) -> None:
        """Hand an icon each status that is due, until it is over; its own thread."""
        while (status := self._next(icon)) is not None:
            icon.show(status)
        with self._changed:
            alive = self._running is icon
        if alive:
            icon.quit()

    def _next(self, icon: TrayIcon) -> Status | None:
        """Wait for a status that is not shown yet and may be shown by now; None: leave."""

        def over() -> bool:
            return self._stopping or self._running is not icon

        with self._changed:
            self._changed.wait_for(lambda: over() or self._wanted != self._shown)
            if self._shown is not None:
                due = self._shown_at + PACE_SECONDS
                self._changed.wait_for(over, max(0.0, due - time.monotonic()))
            if over():
                return None
            # What came while we waited has replaced what we waited for.
            self._shown, self._shown_at = self._wanted, time.monotonic()
            return self._shown


class NullTray:
    """Stands where no tray can be; the daemon runs on, and every command works."""

    def __init__(self, reason: str) -> None:
        """`reason` says why, in words for the user."""
        self._reason = reason
        self._stopped = threading.Event()

    def run(self) -> None:
        """Wait until `stop`."""
        self._stopped.wait()

    def show(self, status: Status) -> None:
        """Show nothing."""

    def repaint(self) -> None:
        """Paint nothing."""

    def stop(self) -> None:
        """Let `run` return; from any thread, may be called again."""
        self._stopped.set()

    def health(self) -> str:
        """Say why there is no tray."""
        return _("none: {why}").format(why=self._reason)


@dataclass(frozen=True, slots=True)
class Look:
    """What a tray is to look like: which pictures, and what is so at this moment."""

    pictures: Pictures = field(default_factory=lambda: Pictures(PICTURES / "color"))
    #: Asked for when a person opens the menu, where a desktop tells that; None: as last shown.
    fresh: Callable[[], Status] | None = None


def choose_tray(
    clicked: Callable[[str], None], look: Look | None = None, *, wanted: bool = True
) -> Tray | NullTray | DesktopTray:
    """Give the best tray of this desktop; on the main thread. Never raises: there may be none."""
    if not wanted:
        return NullTray(_("not wanted"))
    look = look or Look()
    if choose.LINUX and not os.environ.get("PYSTRAY_BACKEND"):
        return _desktop_tray(clicked, look)
    backend, reason = find_backend()
    if backend is None:
        _log.info("no tray: %s", reason)
        return NullTray(reason)
    return Tray(clicked, look.pictures, backend)


def _desktop_tray(clicked: Callable[[str], None], look: Look) -> NullTray | DesktopTray:
    makers: list[Maker] = []
    drawn = look.pictures
    if tray_host.has_bus():
        from traybot.shells.tray_bus import BusIcon

        makers.append(lambda clicked, opening: BusIcon(drawn, clicked, opening))
    if os.environ.get("DISPLAY"):
        from traybot.shells.tray_window import WindowIcon

        makers.append(lambda clicked, opening: WindowIcon(drawn, clicked, opening))
    if not makers:
        return NullTray(_("there is neither a session bus nor a screen"))
    return DesktopTray(makers, clicked, look.fresh)
