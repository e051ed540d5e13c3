"""What must be mended in pystray's GTK icons? Notices, signals, picture files, tooltips and menus.

pystray 0.19 needs a session bus although it shows us no notices, takes Ctrl+C away from whoever
listens to it, writes each picture into a temporary file, sets no tooltip, opens the menu by the
right button only and rebuilds it after each click. The names that are replaced here are its own; a
pystray without them works as it is.
"""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from traybot.core.menu import MenuItem
from traybot.shells import tray_host


class _NoNotices:
    """Stands where pystray keeps its way to show notices."""

    def hide(self) -> None:
        """Hide what was never shown."""


class _Mended:
    """What goes before pystray's own class; all of it runs on the GUI's thread."""

    icon: Any
    title: str
    _mark_ready: Callable[[], None]
    _on_status_icon_popup_menu: Callable[[object, int, int], None]

    def _initialize(self) -> None:
        self._notifier = _NoNotices()
        self._mark_ready()

    def _finalize(self) -> None:
        super()._finalize()  # type: ignore[misc] # pystray's
        _flush()

    def _remove_fs_icon(self) -> None:
        self._icon_valid = False

    def _update_fs_icon(self) -> None:
        self._icon_path = self.icon.filename
        self._icon_valid = True

    def _update_title(self) -> None:
        super()._update_title()  # type: ignore[misc] # pystray's
        status_icon = getattr(self, "_status_icon", None)
        if status_icon is not None:
            post(self, lambda: status_icon.set_tooltip_text(self.title))

    def _on_status_icon_activate(self, status_icon: object) -> None:
        self._on_status_icon_popup_menu(status_icon, 1, 0)

    def _handler(self, callback: Callable[[Any], None]) -> Callable[..., None]:
        return lambda *_: callback(self)


def mended(base: type) -> type:
    """Give a class of icons like `base`, pystray's, without those faults."""
    return type("Icon", (_Mended, base), {})


def prepare(_icon: object) -> None:
    """Let the daemon outlive the session bus, whose end GLib would answer by ending the process."""
    from gi.repository import Gio, GLib

    if tray_host.has_bus():
        with contextlib.suppress(GLib.Error):
            Gio.bus_get_sync(Gio.BusType.SESSION, None).set_exit_on_close(False)


def post(_icon: object, call: Callable[[], None]) -> None:
    """Call something on the thread of GTK's loop; from any thread."""
    from gi.repository import GLib

    def once() -> bool:
        call()
        return False  # do not come again

    GLib.idle_add(once)


def change_menu(icon: Any, items: Sequence[MenuItem]) -> bool:  # noqa: ANN401 - no types
    """Change the lines of an icon's menu in place; False if it has other kinds of lines."""
    return _change_lines(getattr(icon, "_menu_handle", None), items)


def _change_lines(menu: Any, items: Sequence[MenuItem]) -> bool:  # noqa: ANN401 - likewise
    widgets = menu.get_children() if menu else []
    if [_kind(widget) for widget in widgets] != [_wanted_kind(item) for item in items]:
        return False
    for widget, item in zip(widgets, items, strict=True):
        if not item.label:
            continue
        if widget.get_label() != item.label:
            widget.set_label(item.label)
        if item.items:
            if not _change_lines(widget.get_submenu(), item.items):
                return False
            continue
        widget.set_sensitive(item.clickable)
        if item.checked is not None and widget.get_active() != item.checked:
            widget.set_active(item.checked)
    return True


def _kind(widget: Any) -> str:  # noqa: ANN401 - GTK has no types here
    from gi.repository import Gtk

    if isinstance(widget, Gtk.SeparatorMenuItem):
        return "separator"
    if isinstance(widget, Gtk.CheckMenuItem):
        return "radio" if widget.get_draw_as_radio() else "check"
    return "menu" if widget.get_submenu() else "plain"


def _wanted_kind(item: MenuItem) -> str:
    if not item.label:
        return "separator"
    if item.checked is None:
        return "menu" if item.items else "plain"
    return "radio" if item.radio else "check"


def _flush() -> None:
    """Carry out what GTK has put off; its loop has ended, and the icon would stay until we do."""
    from gi.repository import Gdk, Gtk

    while Gtk.events_pending():
        Gtk.main_iteration_do(False)  # noqa: FBT003 - do not wait for more
    Gdk.Display.get_default().flush()
