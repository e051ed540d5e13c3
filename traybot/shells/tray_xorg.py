"""What must be mended in pystray's plain X icon? How it comes into a tray, and out of one again.

pystray 0.19 draws clear pixels in any colour. It asks the tray for a place at each change, and a
tray that is asked twice may drop the icon; when the tray ends, the icon never looks for the next
one. Its only merit is that it needs nothing but X: it has no menu, and its clicks never come.
"""

import threading
from typing import Any

#: What is behind the icon, where its picture has clear pixels: the grey of most panels.
BEHIND = (48, 48, 52)


class _Mended:
    """What goes before pystray's own class."""

    _icon: Any
    _icon_data: Any
    _systray_manager: Any
    _window: Any
    _display: Any

    def _assert_docked(self) -> None:
        """Ask for a place once."""
        if self._systray_manager is None:
            super()._assert_docked()  # type: ignore[misc] # pystray's

    def _assert_icon_data(self, width: int, height: int) -> None:
        """Draw the picture at the size of its place: X knows no clear pixels here."""
        from PIL import Image

        if self._icon_data is not None and self._icon_data.size == (width, height):
            return
        side = min(width, height)
        picture = self._icon.convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)
        drawn = Image.new("RGB", (width, height), BEHIND)
        drawn.paste(picture, ((width - side) // 2, (height - side) // 2), picture)
        drawn.tostring = drawn.tobytes  # type: ignore[attr-defined] # as the X library calls it
        self._icon_data = drawn

    def _on_destroy_notify(self, event: Any) -> None:  # noqa: ANN401 - pystray has no types
        """End the loop when the tray has gone; a new icon is made when there is one again."""
        if self._systray_manager is not None and event.window.id == self._systray_manager.id:
            self._systray_manager = None
            self._window.destroy()
            self._display.flush()


def mended(base: type) -> type:
    """Give a class of icons like `base`, pystray's, without those faults."""
    return type("Icon", (_Mended, base), {})


def prepare(icon: Any) -> None:  # noqa: ANN401 - pystray has no types
    """Say which thread will run the loop: pystray does so only after others have asked for it."""
    icon._thread = threading.current_thread()  # noqa: SLF001 - there is no public way
