"""What does pystray's macOS icon lack? That a picture may be a template, which the bar colours.

AppKit draws a template image in the colour that is seen on the menu bar of the moment, dark or
light, and inverts it while its menu is open.
"""

from typing import Any

from traybot.shells.tray_pictures import TEMPLATE


class _Mended:
    """What goes before pystray's own class; for the main thread."""

    #: What was set as the icon, and the NSImage that pystray has made of it.
    _icon: Any
    _icon_image: Any

    def _assert_image(self) -> None:
        super()._assert_image()  # type: ignore[misc] # pystray's
        self._icon_image.setTemplate_(bool(self._icon.info.get(TEMPLATE)))


def mended(base: type) -> type:
    """Give a class of icons like `base`, pystray's, that knows templates."""
    return type("Icon", (_Mended, base), {})
