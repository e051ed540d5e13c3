"""Are pictures for macOS's menu bar templates, and the others none? AppKit is replaced here."""

from typing import Any

import pytest
from PIL import Image

from traybot.core.phases import Phase
from traybot.core.status import Status
from traybot.shells.tray_backends import Backend
from traybot.shells.tray_icon import TrayIcon
from traybot.shells.tray_macos import mended
from traybot.shells.tray_pictures import PICTURES, Pictures

pytestmark = pytest.mark.anywhere


class NSImage:
    """AppKit's, as far as it matters."""

    template = False

    def setTemplate_(self, template: bool) -> None:  # noqa: FBT001, N802  AppKit's own name
        """Note it."""
        self.template = template


class Icon:
    """pystray's: it makes an image of what was set, and keeps it until something else is set."""

    _icon: Any = None
    _icon_image: Any = None
    visible = False
    title = ""
    menu: Any = None

    def __init__(self, _name: str) -> None:
        pass

    @property
    def icon(self) -> Any:  # noqa: ANN401  a picture
        """What was set."""
        return self._icon

    @icon.setter
    def icon(self, picture: Any) -> None:  # noqa: ANN401  a picture
        self._icon, self._icon_image = picture, None
        self._assert_image()

    def _assert_image(self) -> None:
        self._icon_image = self._icon_image or NSImage()


class _Menu(tuple[Any, ...]):
    """pystray's."""

    __slots__ = ()


@pytest.mark.parametrize(("look", "template"), [("template", True), ("color", False)])
def test_a_template_is_one_and_a_coloured_picture_is_none(look: str, template: bool) -> None:  # noqa: FBT001  a parameter
    """AppKit is told with each picture; a look that changes is told anew."""
    pictures = Pictures(PICTURES / look)
    icon: Any = mended(Icon)
    shown = TrayIcon(Backend("darwin", icon, _Menu, None), lambda _action: None, pictures)
    image = shown._icon  # noqa: SLF001  pystray's icon is nowhere else
    shown.show(Status("running", "traybot", ()))
    assert image._icon_image.template is template  # noqa: SLF001  likewise
    pictures.use(PICTURES / ("color" if template else "template"))
    shown.repaint()
    assert image._icon_image.template is not template  # noqa: SLF001  likewise


@pytest.mark.parametrize("name", Phase)
def test_a_template_has_no_colour(name: Phase) -> None:
    """AppKit looks at how opaque it is, and others of its kind are black."""
    with Image.open(PICTURES / "template" / f"{name}.png") as picture:
        red, green, blue, alpha = picture.convert("RGBA").split()
    assert {channel.getextrema() for channel in (red, green, blue)} == {(0, 0)}
    assert alpha.getextrema() == (0, 255)
