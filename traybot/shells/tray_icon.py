"""What is one icon in the tray? A picture, a tooltip and a menu, each changed only if it differs.

What pystray calls a menu is rebuilt at each change, and a panel closes an open menu then. So, where
the back end can, the lines of the menu are changed in place: a person may read and click while the
figures in it run.
"""

import logging
from collections.abc import Callable
from typing import Any

from traybot.core.menu import MenuItem
from traybot.core.status import Status
from traybot.shells.tray_backends import Backend
from traybot.shells.tray_pictures import TEMPLATE, Pictures

_log = logging.getLogger(__name__)

#: Windows refuses a longer tooltip.
TOOLTIP_LETTERS = 127


class TrayIcon:
    """An icon of a back end; made and run on the main thread."""

    def __init__(
        self, backend: Backend, clicked: Callable[[str], None], pictures: Pictures
    ) -> None:
        """`clicked` gets the action of a menu item, on the GUI's thread."""
        self._backend = backend
        self._clicked = clicked
        self._pictures = pictures
        self._shown: Status | None = None
        self._changing = False
        self._icon = backend.icon("traybot")
        backend.prepare(self._icon)

    def run(self, ready: Callable[[], None]) -> None:
        """Run the GUI's loop until `quit`; `ready` is called once it takes orders."""
        try:
            self._icon.run(lambda _: ready())
        except Exception:
            # It waits for a loop that never came, and would keep the process from ending.
            self._icon._mark_ready()  # noqa: SLF001 - pystray has no public way
            raise
        finally:
            # Else it would talk to its loop, which is over, when it is collected.
            self._icon._running = False  # noqa: SLF001 - likewise

    def show(self, status: Status) -> None:
        """Show a status; from any one thread."""
        self._backend.post(self._icon, lambda: self._change(status))

    def repaint(self) -> None:
        """Paint the icon again: its pictures have changed; from any thread."""
        self._backend.post(self._icon, self._paint)

    def _paint(self) -> None:
        if self._shown is not None:
            self._icon.icon = self._picture(self._shown.icon)

    def quit(self) -> None:
        """Take the icon away and end the loop; from the thread that calls `show`."""
        try:
            self._icon.visible = False
        finally:
            self._icon.stop()

    def _change(self, status: Status) -> None:
        """Change what differs; on the GUI's thread."""
        try:
            self._change_parts(status)
        except Exception:  # noqa: BLE001 - a GUI's loop calls us here, and would end or fall silent
            _log.exception("cannot show %s in the tray", status.icon)

    def _change_parts(self, status: Status) -> None:
        before, self._shown = self._shown, status
        if before is None or before.icon != status.icon:
            self._icon.icon = self._picture(status.icon)
        if before is None or before.menu != status.menu:
            self._change_menu(status.menu)
        if before is None:
            self._icon.visible = True
        if before is None or before.tooltip != status.tooltip:
            self._icon.title = status.tooltip[:TOOLTIP_LETTERS]

    def _change_menu(self, items: tuple[MenuItem, ...]) -> None:
        self._changing = True
        try:
            in_place = self._backend.change_menu(self._icon, items)
        finally:
            self._changing = False
        if not in_place:
            entries = [self._entry(item, self._clicker(place)) for place, item in enumerate(items)]
            self._icon.menu = self._backend.menu(*entries) if entries else None

    def _clicker(self, place: int) -> Callable[[], None]:
        return lambda: self._click(place)

    def _poster(self, item: MenuItem) -> Callable[[], None]:
        return lambda: self._clicked(item.action)

    def _entry(self, item: MenuItem, click: Callable[[], None]) -> Any:  # noqa: ANN401 - pystray has no types
        """Make what pystray calls a menu item."""
        if not item.label:
            return self._backend.menu.SEPARATOR
        if item.items:
            below = [self._entry(one, self._poster(one)) for one in item.items]
            return self._backend.item(item.label, self._backend.menu(*below))
        ticked = item.checked
        return self._backend.item(
            item.label,
            click,
            checked=None if ticked is None else lambda _: bool(ticked),
            radio=item.radio,
            enabled=item.enabled and bool(item.action),
        )

    def _click(self, place: int) -> None:
        """Post the action that stands at this place now; on the GUI's thread."""
        # A tick that we set ourselves counts as a click in some libraries.
        if self._changing or self._shown is None or place >= len(self._shown.menu):
            return
        items = self._shown.menu
        self._clicked(items[place].action)
        # The library has turned the tick by itself; what is true comes with the next status.
        self._backend.post(self._icon, lambda: self._change_menu(items))

    def _picture(self, name: str) -> Any:  # noqa: ANN401 - Pillow is loaded with the tray only
        from PIL import Image

        file = self._pictures.file(name)
        with Image.open(file) as picture:
            picture.load()
            picture.info[TEMPLATE] = file.parent.name == TEMPLATE
            return picture
