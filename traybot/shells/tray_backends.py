"""Which of pystray's back ends works here? The first that can be loaded, mended where it must be.

Not left to pystray, whose own search ends at the first surprise: without the AppIndicator library a
`ValueError`, without a screen an error of X, both at its import, and nothing else is tried.
"""

import importlib
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from traybot.core.menu import MenuItem
from traybot.errors import BackendUnavailable
from traybot.shells import tray_host, tray_macos
from traybot.text import _, joined

_log = logging.getLogger(__name__)

Post = Callable[[Any, Callable[[], None]], None]


def _always() -> bool:
    return True


def _at_once(_icon: object, call: Callable[[], None]) -> None:
    call()


def _rebuild(_icon: object, _items: Sequence[MenuItem]) -> bool:
    return False


def _nothing(_icon: object) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Backend:
    """What pystray offers on this desktop; its classes have no types."""

    name: str
    icon: Any
    menu: Any
    item: Any
    #: Calls something on the GUI's thread, where that matters; at once otherwise.
    post: Post = _at_once
    #: Changes the lines of a menu in place; False if it cannot.
    change_menu: Callable[[Any, Sequence[MenuItem]], bool] = _rebuild
    #: What an icon needs before it runs, on the thread that will run it.
    prepare: Callable[[Any], None] = _nothing
    #: Whether it makes sense to show an icon now.
    wanted: Callable[[], bool] = _always
    #: Whether somebody shows the icon.
    hosted: Callable[[], bool] = _always


def find_backend() -> tuple[Backend | None, str]:
    """Give the best back end, or None and why; on the main thread, which will run the icon."""
    forced = os.environ.get("PYSTRAY_BACKEND", "")
    reasons = []
    for name in (forced,) if forced in LOADERS else LOADERS:
        try:
            return LOADERS[name](), ""
        except Exception as error:  # noqa: BLE001 - libraries fail here in every way there is
            _log.debug("no %s tray: %r", name, error)
            # The library of another system: nothing that the user could mend.
            if not isinstance(error, AttributeError | ModuleNotFoundError):
                reasons.append(str(error))
    return None, joined("; ", dict.fromkeys(reasons)) or _("pystray is not installed")


def _classes(name: str) -> tuple[Any, Any, Any]:
    """Give icon, menu and item of a back end."""
    before = os.environ.get("PYSTRAY_BACKEND")
    # So that importing the package loads no back end yet.
    os.environ["PYSTRAY_BACKEND"] = "dummy"
    try:
        package = importlib.import_module("pystray")
    finally:
        del os.environ["PYSTRAY_BACKEND"]
        if before is not None:
            os.environ["PYSTRAY_BACKEND"] = before
    backend = importlib.import_module(f"pystray._{name}")
    return backend.Icon, package.Menu, package.MenuItem


def _windows() -> Backend:
    icon, menu, item = _classes("win32")
    from traybot.shells import tray_windows

    return Backend("win32", tray_windows.mended(icon), menu, item, post=tray_windows.post)


def _macos() -> Backend:
    icon, menu, item = _classes("darwin")
    call_after = importlib.import_module("PyObjCTools.AppHelper").callAfter
    # AppKit traps a change that comes from another thread.
    mended = tray_macos.mended(icon)
    return Backend("darwin", mended, menu, item, post=lambda _, call: call_after(call))


def _appindicator() -> Backend:
    if not tray_host.has_bus():
        raise BackendUnavailable(_("cannot show an AppIndicator: there is no session bus"))
    return _gtk_backend("appindicator", tray_host.indicator_host)


def _gtk() -> Backend:
    return _gtk_backend("gtk", tray_host.xembed_host)


def _gtk_backend(name: str, hosted: Callable[[], bool]) -> Backend:
    icon, menu, item = _classes(name)
    from traybot.shells import tray_gtk

    return Backend(
        name,
        tray_gtk.mended(icon),
        menu,
        item,
        post=tray_gtk.post,
        change_menu=tray_gtk.change_menu,
        prepare=tray_gtk.prepare,
        hosted=hosted,
    )


#: In the order of preference; on each system only its own can be loaded.
LOADERS: dict[str, Callable[[], Backend]] = {
    "win32": _windows,
    "darwin": _macos,
    "appindicator": _appindicator,
    "gtk": _gtk,
}
