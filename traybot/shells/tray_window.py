"""How is the icon shown in a tray of the old kind? As a window that the tray embeds (XEmbed).

Drawn by ourselves, for X alone is enough then: no GTK, no session bus. Either mouse button opens
the menu of `tray_popup`. Everything here belongs to one thread.
"""

import contextlib
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from Xlib import X, Xutil, error
from Xlib.display import Display
from Xlib.protocol import event as events
from Xlib.protocol import request
from Xlib.xobject.drawable import Window

from traybot.core.status import Status
from traybot.shells.tray_pictures import Pictures
from traybot.shells.tray_popup import Popup, paint
from traybot.system.x11_connection import connect, disconnect
from traybot.text import _

if TYPE_CHECKING:  # Pillow is loaded with the tray only
    from PIL.Image import Image

_log = logging.getLogger(__name__)

_REQUEST_DOCK = 0
#: The protocol's version, and that the window wants to be seen.
_XEMBED_INFO = (0, 1)
#: What is behind the icon where the tray lets nobody look: the grey of many panels.
_BEHIND = (48, 48, 52)
#: A tray that has not taken the icon after so long is asked again, doubling up to the second.
RETRY_SECONDS, LONGEST_RETRY_SECONDS = 2.0, 30.0
_SIDE = 24


class WindowIcon:
    """Our window in the tray of one X screen; `shows` says whether there is a tray."""

    name = "XEmbed"

    def __init__(
        self,
        pictures: Pictures,
        clicked: Callable[[str], None],
        opening: Callable[[], Status | None],
    ) -> None:
        """Connect; `BackendUnavailable` if there is no X server."""
        self._pictures, self._clicked, self._opening = pictures, clicked, opening
        self._display: Display = connect()
        screen = self._display.screen()
        self._root = screen.root
        number = self._display.get_default_screen()
        self._selection = self._display.intern_atom(f"_NET_SYSTEM_TRAY_S{number}")
        self._opcode = self._display.intern_atom("_NET_SYSTEM_TRAY_OPCODE")
        self._manager_atom = self._display.intern_atom("MANAGER")
        self._manager: Window | None = None
        self._window: Window | None = None
        self._background: Image | None = None
        self._status: Status | None = None
        self._popup: Popup | None = None
        self.shows = False
        self.trouble = ""
        self._ask_again_at, self._pause = 0.0, RETRY_SECONDS
        self._root.change_attributes(event_mask=X.StructureNotifyMask)
        self._look_for_manager()

    def fileno(self) -> int:
        """Readable when X has something for us."""
        return int(self._display.fileno())

    def seconds_left(self) -> float | None:
        """When to call `tend` even if nothing is heard."""
        if self._display.pending_events():
            return 0.0  # what an answer brought along lies in the library, not on the line
        return max(0.0, self._ask_again_at - time.monotonic()) if self._ask_again_at else None

    @property
    def menu_open(self) -> bool:
        """Whether the menu is on the screen."""
        return self._popup is not None

    def tend(self) -> None:
        """Hear what has come; `OSError` when the X server is gone."""
        try:
            while self._display.pending_events():
                self._hear(self._display.next_event())
            if self._ask_again_at and time.monotonic() >= self._ask_again_at:
                self._ask_again()
            self._display.flush()
        except (error.ConnectionClosedError, error.DisplayError) as lost:
            raise OSError(_("the X server is gone: {why}").format(why=lost)) from lost

    def show(self, status: Status) -> None:
        """Show a status; an open menu keeps its lines, and only their words change."""
        before, self._status = self._status, status
        if self._window is None:
            self._dock()
        elif before is None or before.icon != status.icon:
            self._draw()
        self._name()
        if self._popup is not None:
            self._popup.change(status.menu)
        self._display.flush()

    def repaint(self) -> None:
        """Paint the icon again: its pictures have changed."""
        self._draw()
        self._display.flush()

    def hide(self) -> None:
        """Take the icon out of the tray; it is wanted no more."""
        self._status = None
        self._leave_tray()

    def _leave_tray(self) -> None:
        self._close_menu()
        window, self._window, self._background = self._window, None, None
        self._ask_again_at = 0.0
        if window is not None:
            # Not window.destroy(), which frees the number: what the trays said of this window, or
            # do with it still, would be taken for the next one's.
            request.DestroyWindow(display=window.display, window=window.id)
            self._display.sync()

    def close(self) -> None:
        """Leave the screen; the icon goes with the connection."""
        with contextlib.suppress(error.ConnectionClosedError, error.DisplayError, OSError):
            self.hide()
        disconnect(self._display)

    # --- the tray --------------------------------------------------------------------------------

    def _look_for_manager(self) -> None:
        owner: Any = self._display.get_selection_owner(self._selection)
        self._manager = None
        if owner != X.NONE:
            ignored = error.CatchError(error.BadWindow)
            owner.change_attributes(event_mask=X.StructureNotifyMask, onerror=ignored)
            self._display.sync()
            if ignored.get_error() is None:
                self._manager = owner
        self.shows = self._manager is not None

    def _is_manager(self) -> bool:
        """Whether the tray we know is the one there is."""
        owner: Any = self._display.get_selection_owner(self._selection)
        return self._manager is not None and owner == self._manager

    def _dock(self) -> None:
        """Make the window and ask the tray to embed it."""
        if self._manager is None:
            return
        screen = self._display.screen()
        self._window = window = self._root.create_window(
            0,
            0,
            _SIDE,
            _SIDE,
            0,
            screen.root_depth,
            X.InputOutput,
            X.CopyFromParent,
            event_mask=X.ExposureMask | X.StructureNotifyMask | X.ButtonPressMask,
        )
        window.set_wm_class("traybot", "traybot")
        # Trays give what is asked for here, and a strip of four pixels to who asks for nothing.
        window.set_wm_normal_hints(flags=Xutil.PMinSize, min_width=_SIDE, min_height=_SIDE)
        info = self._display.intern_atom("_XEMBED_INFO")
        window.change_property(info, info, 32, _XEMBED_INFO)
        self._name()
        self._ask_for_a_place()

    def _name(self) -> None:
        """Give the window the name by which a person finds it in a list."""
        if self._window is not None and self._status is not None:
            self._window.set_wm_name(self._status.tooltip.encode("ascii", "replace").decode())

    def _ask_for_a_place(self) -> None:
        assert self._window is not None
        assert self._manager is not None
        request = events.ClientMessage(
            window=self._manager,
            client_type=self._opcode,
            data=(32, [X.CurrentTime, _REQUEST_DOCK, self._window.id, 0, 0]),
        )
        self._manager.send_event(request, event_mask=X.NoEventMask)
        self._ask_again_at = time.monotonic() + self._pause

    def _ask_again(self) -> None:
        if not self.trouble:
            self.trouble = _("the tray has not taken the icon yet")
            _log.warning("%s", self.trouble)
        self._pause = min(2 * self._pause, LONGEST_RETRY_SECONDS)
        self._ask_for_a_place()

    def _hear(self, event: Any) -> None:  # noqa: ANN401 - each kind has other fields
        if self._popup is not None and self._popup.hear(event):
            if self._popup.done:
                action = self._popup.chosen
                self._close_menu()
                if action:
                    self._clicked(action)
            return
        if self._window is not None and event.window == self._window:
            self._hear_window(event)
        elif event.type == X.ClientMessage and event.client_type == self._manager_atom:
            # Found already, perhaps, when the one before it went.
            if self._window is None or not self._is_manager():
                self._begin_anew()
        elif event.type == X.DestroyNotify and event.window == self._manager:
            self._begin_anew()

    def _hear_window(self, event: Any) -> None:  # noqa: ANN401 - likewise
        match event.type:
            case X.ReparentNotify if event.parent != self._root:
                # Taken in; what is behind the icon is another's now.
                self._ask_again_at, self._pause, self.trouble = 0.0, RETRY_SECONDS, ""
                self._background = None
            case X.ConfigureNotify:
                self._background = None
            case X.Expose if event.count == 0:
                self._draw()
            case X.DestroyNotify:
                # A tray took it along when it went.
                self._begin_anew()
            case X.ButtonPress if event.detail in {1, 3}:
                self._open_menu(event.root_x, event.root_y - event.event_y)

    def _begin_anew(self) -> None:
        """Another tray has come, or ours has gone; the old window is of no use to either."""
        self._leave_tray()
        self._look_for_manager()
        # Both may be heard at once: the icon is wanted though the first took its window away.
        if self._status is not None and self.shows:
            self._dock()

    # --- the picture -----------------------------------------------------------------------------

    def _draw(self) -> None:
        if self._window is None or self._status is None:
            return
        refused = error.CatchError(error.BadWindow, error.BadDrawable)
        geometry = self._window.get_geometry()
        side = min(geometry.width, geometry.height)
        image = self._behind(geometry.width, geometry.height).copy()
        picture = self._pictures.at(self._status.icon, side)
        corner = ((geometry.width - side) // 2, (geometry.height - side) // 2)
        image.paste(picture, corner, picture)
        paint(self._window, image, refused)

    def _behind(self, width: int, height: int) -> "Image":
        """Give what the tray has behind the icon: X knows no clear pixels here."""
        from PIL import Image

        if self._background is not None and self._background.size == (width, height):
            return self._background
        assert self._window is not None
        self._background = Image.new("RGB", (width, height), _BEHIND)
        refused = error.CatchError(error.BadMatch)
        self._window.change_attributes(background_pixmap=X.ParentRelative, onerror=refused)
        self._window.clear_area(0, 0, width, height)
        self._display.sync()
        if refused.get_error() is None:
            with contextlib.suppress(error.BadMatch):
                seen = self._window.get_image(0, 0, width, height, X.ZPixmap, 0xFFFFFFFF)
                data = seen.data if isinstance(seen.data, bytes) else seen.data.encode("latin-1")
                self._background = Image.frombytes("RGB", (width, height), data, "raw", "BGRX")
        return self._background

    # --- the menu --------------------------------------------------------------------------------

    def _open_menu(self, x: int, top: int) -> None:
        """Open it below the icon, or above where the screen ends."""
        assert self._window is not None
        status = self._opening() or self._status
        if status is None or not status.menu:
            return
        self._status = status
        bottom = top + self._window.get_geometry().height
        popup = Popup(self._display, status.menu, (x, top, bottom))
        self._popup = None if popup.done else popup

    def _close_menu(self) -> None:
        popup, self._popup = self._popup, None
        if popup is not None:
            popup.close()
