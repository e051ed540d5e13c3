"""How does the tray follow its settings while the daemon runs? Shown or not, and in which look.

The GUI's loop needs the main thread, so a tray that is switched on is made there; one that is only
to look different keeps its place in the panel and is painted anew.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from traybot.core.status import Status
from traybot.shells.theme_watch import ThemeWatch, look_for
from traybot.shells.tray import Look, choose_tray
from traybot.shells.tray_pictures import PICTURES, Pictures
from traybot.system import choose

Section = Mapping[str, Any]


class LiveTray:
    """Satisfies what `tray.Tray` does; `take` may be called from any thread."""

    def __init__(
        self,
        clicked: Callable[[str], None],
        fresh: Callable[[], Status],
        section: Section,
        *,
        wanted: bool,
    ) -> None:
        """`section` is `[tray]` of the settings; without `wanted` it never shows. Main thread."""
        self._clicked, self._wanted = clicked, wanted
        self._section = section
        self._lock = threading.Lock()
        self._stopping = False
        self._status: Status | None = None
        self._look = Look(Pictures(PICTURES / "color"), fresh)
        self._theme = ThemeWatch(lambda _: self._relook()) if wanted else None
        self._on = self._wished()
        self._tray = choose_tray(clicked, self._look, wanted=self._on)
        self._relook()

    def run(self) -> None:
        """Show the icon, whenever the settings want it, until `stop`; on the main thread, once."""
        while True:
            self._tray.run()
            with self._lock:
                if self._stopping:
                    return
                self._on = self._wished()
                self._tray = choose_tray(self._clicked, self._look, wanted=self._on)
                if self._status is not None:
                    self._tray.show(self._status)

    def take(self, section: Section) -> None:
        """Show the icon as this section says from now on."""
        with self._lock:
            self._section = section
            if self._wished() != self._on:
                # Its loop comes back to the main thread, which goes by the new section.
                self._tray.stop()
        self._relook()

    def show(self, status: Status) -> None:
        """Show this soon; from any thread, never waits."""
        with self._lock:
            self._status = status
            self._tray.show(status)

    def stop(self) -> None:
        """Take the icon away and let `run` return; from any thread, may be called again."""
        with self._lock:
            self._stopping = True
            self._tray.stop()
        if self._theme is not None:
            self._theme.stop()

    def health(self) -> str:
        """Say what shows the icon, or why nothing does; from any thread."""
        return self._tray.health()

    def _wished(self) -> bool:
        return self._wanted and bool(self._section["enabled"])

    def _relook(self) -> None:
        """Have the pictures that the settings, or the desktop's theme, want; from any thread."""
        look = str(self._section["icons"])
        if self._theme is not None:
            # A template fits every theme.
            asked = look == "auto" and not choose.MACOS
            self._theme.watch(wanted=asked and self._wished())
            look = look_for(self._theme.dark) if look == "auto" else look
        if self._look.pictures.use(PICTURES / look):
            self._tray.repaint()
