"""Are windows found as a person sees them, with a window manager and without one?"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial

import psutil
import pytest
from Xlib import X, Xatom, Xutil
from Xlib.display import Display
from Xlib.protocol import event

from tests.desktop import Desktop, eventually
from tests.system.x11_window import WitnessWindow, witness
from traybot.core.geometry import Rect
from traybot.errors import BackendUnavailable, CaptureError
from traybot.system.windowing import Window
from traybot.system.x11_windows import X11Windows


@pytest.fixture(params=["managed", "bare"])
def screen(request: pytest.FixtureRequest) -> Desktop:
    """A display with a window manager, and one without."""
    name = "desktop" if request.param == "managed" else "bare_display"
    screen: Desktop = request.getfixturevalue(name)
    return screen


@pytest.fixture
def windows(screen: Desktop) -> Iterator[X11Windows]:
    """What is under test."""
    with closing(X11Windows(screen.display)) as windows:
        yield windows


def ids(windows: list[Window]) -> list[int]:
    """Give the windows' numbers."""
    return [window.id for window in windows]


def the(windows: X11Windows, title: str) -> Window:
    """Give the window of this title, which must be there now."""
    found = windows.find(title)
    assert found is not None
    return found


def in_front(windows: X11Windows, window: WitnessWindow) -> bool:
    """Whether this window is the one in front."""
    front = windows.front()
    return front is not None and front.id == window.window.id


def finds(windows: X11Windows, title: str, window: WitnessWindow) -> bool:
    """Whether it is this window that is found by the title."""
    found = windows.find(title)
    return found is not None and found.id == window.window.id


def stand(windows: X11Windows, wanted: list[int]) -> bool:
    """Whether these windows lie above each other in this order."""
    return [number for number in ids(windows.all()) if number in wanted] == wanted


def place_of(window: WitnessWindow) -> Rect:
    """Where a window's inside is, by the window's own account."""
    size, corner = window.window.get_geometry(), window.root.translate_coords(window.window, 0, 0)
    return Rect(corner.x, corner.y, size.width, size.height)


def test_a_window_is_found_by_its_title(screen: Desktop, windows: X11Windows) -> None:
    """A part of the title is enough, as a regular expression; letters that ASCII lacks too."""
    with witness(screen.display, "Straße: Level 3") as window:
        for title in ["Straße", r"Level \d$", "^Str"]:
            eventually(partial(windows.find, title), what="the window")
            found = the(windows, title)
            assert found.id == window.window.id
            assert found.title == "Straße: Level 3"
        assert windows.find("Level 4") is None


def test_the_place_is_the_inside_of_the_window(screen: Desktop, windows: X11Windows) -> None:
    """The rectangle is what the program draws on, on the screen, without the frame."""
    with witness(screen.display, "place", (120, 90, 320, 240)) as window:
        found = the(windows, "place")
        assert found.rect == place_of(window)
        assert (found.rect.width, found.rect.height) == (320, 240)


def test_a_moved_window_is_found_where_it_is(screen: Desktop, windows: X11Windows) -> None:
    """Nothing about a window is remembered but its number."""
    with witness(screen.display, "wanderer") as window:
        assert windows.find("wanderer")
        window.window.configure(x=400, y=300, width=200, height=100)
        eventually(lambda: place_of(window).width == 200, what="the new size")
        eventually(lambda: the(windows, "wanderer").rect == place_of(window), what="the new place")


def test_a_renamed_window_is_lost(screen: Desktop, windows: X11Windows) -> None:
    """A window found before must still have the title."""
    with witness(screen.display, "before") as window:
        assert windows.find("before")
        window.rename("after")
        assert windows.find("before") is None
        assert windows.find("after")


def test_a_window_that_went_away_is_lost(screen: Desktop, windows: X11Windows) -> None:
    """After a window's end it is not found, and nothing fails."""
    with witness(screen.display, "short-lived"):
        assert windows.find("short-lived")
    eventually(lambda: windows.find("short-lived") is None, what="the end")
    assert "short-lived" not in [window.title for window in windows.all()]


def test_a_withdrawn_window_is_lost(screen: Desktop, windows: X11Windows) -> None:
    """A window that its program took off the screen is no window, though it still exists."""
    with witness(screen.display, "withdrawn") as window:
        assert windows.find("withdrawn")
        window.window.unmap()
        window.connection.sync()
        eventually(lambda: windows.find("withdrawn") is None, what="the withdrawal")


def test_the_window_with_the_focus_is_in_front(screen: Desktop, windows: X11Windows) -> None:
    """Of two windows that is in front which gets the keys."""
    with (
        witness(screen.display, "one") as one,
        witness(screen.display, "two", (500, 300, 200, 150)) as two,
    ):
        for window in (one, two, one):
            window.focus()
            eventually(partial(in_front, windows, window), what="the front window")


def test_the_manager_agrees_on_the_front(desktop: Desktop) -> None:
    """What has the focus is what the window manager calls active."""
    with (
        witness(desktop.display, "one") as one,
        witness(desktop.display, "two", (500, 300, 200, 150)),
        closing(X11Windows(desktop.display)) as windows,
    ):
        one.focus()
        atom = one.connection.intern_atom("_NET_ACTIVE_WINDOW")

        def active() -> int:
            answer = one.root.get_full_property(atom, X.AnyPropertyType)
            return int(answer.value[0]) if answer else 0

        eventually(lambda: active() == one.window.id, what="the active window")
        assert in_front(windows, one)


def test_a_focus_inside_a_window_counts_for_it(screen: Desktop, windows: X11Windows) -> None:
    """When a field inside a window has the focus, that window is in front."""
    with witness(screen.display, "form") as window:
        field = window.window.create_window(10, 10, 50, 20, 0, X.CopyFromParent)
        field.map()
        eventually(lambda: field.get_attributes().map_state == X.IsViewable)
        field.set_input_focus(X.RevertToParent, X.CurrentTime)
        window.connection.sync()
        assert in_front(windows, window)


def test_of_several_the_front_one_is_found(screen: Desktop, windows: X11Windows) -> None:
    """Of windows of the same title the one with the focus wins, though it is smaller."""
    with (
        witness(screen.display, "twin", (50, 50, 400, 300)) as large,
        witness(screen.display, "twin", (500, 300, 200, 150)) as small,
    ):
        for window in (small, large, small):
            window.focus()
            eventually(partial(finds, windows, "twin", window), what="the front one")


def test_of_several_the_last_found_stays(screen: Desktop, windows: X11Windows) -> None:
    """When none of them is in front, the one that was found before is found again."""
    with (
        witness(screen.display, "twin", (50, 50, 400, 300)),
        witness(screen.display, "twin", (500, 300, 200, 150)) as small,
        witness(screen.display, "else", (10, 400, 100, 100)) as another,
    ):
        small.focus()
        eventually(lambda: finds(windows, "twin", small))
        another.focus()
        assert finds(windows, "twin", small)


def test_of_several_the_largest_is_found_first(screen: Desktop, windows: X11Windows) -> None:
    """When none is in front and none was found before, the largest is the program's window."""
    with (
        witness(screen.display, "twin", (500, 300, 200, 150)),
        witness(screen.display, "twin", (50, 50, 400, 300)) as large,
        witness(screen.display, "else", (10, 400, 100, 100)) as another,
    ):
        another.focus()
        assert finds(windows, "twin", large)


def test_all_windows_are_listed_the_topmost_last(screen: Desktop, windows: X11Windows) -> None:
    """Every window is in the list once, in the order in which they cover each other."""
    with witness(screen.display, "low") as low, witness(screen.display, "high") as high:
        for window, below in [(high, low), (low, high)]:
            window.window.configure(stack_mode=X.Above)
            window.connection.sync()
            wanted = [below.window.id, window.window.id]
            eventually(partial(stand, windows, wanted), what="the order")


def test_a_process_is_told(screen: Desktop, windows: X11Windows) -> None:
    """The process of a window is told where the program has told it, and not made up elsewhere."""
    with witness(screen.display, "process") as window:
        assert the(windows, "process").pid is None
        pid = window.connection.intern_atom("_NET_WM_PID")
        window.window.change_property(pid, Xatom.CARDINAL, 32, [os.getpid()])
        window.connection.sync()
        assert the(windows, "process").pid == os.getpid()


def test_a_minimized_window_is_found_and_said_so(desktop: Desktop) -> None:
    """A minimized window is a window still, and not in front."""
    with (
        witness(desktop.display, "small") as window,
        closing(X11Windows(desktop.display)) as windows,
    ):
        iconify(window)
        eventually(lambda: the(windows, "small").minimized, what="the icon")
        assert window.window.id in ids(windows.all())
        eventually(lambda: not in_front(windows, window))


def iconify(window: WitnessWindow) -> None:
    """Ask the window manager to minimize, as programs do (ICCCM 4.1.4)."""
    atom = window.connection.intern_atom("WM_CHANGE_STATE")
    message = event.ClientMessage(
        window=window.window, client_type=atom, data=(32, [Xutil.IconicState, 0, 0, 0, 0])
    )
    mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
    window.root.send_event(message, event_mask=mask)
    window.connection.sync()


def test_without_a_focus_nothing_is_in_front(bare_display: Desktop) -> None:
    """When no window gets the keys, none is in front."""
    with (
        witness(bare_display.display, "idle") as window,
        closing(X11Windows(bare_display.display)) as windows,
    ):
        window.connection.set_input_focus(X.NONE, X.RevertToNone, X.CurrentTime)
        window.connection.sync()
        assert windows.front() is None


def test_where_the_focus_follows_the_pointer_the_window_under_it_is_in_front(
    bare_display: Desktop,
) -> None:
    """Without a manager and without a set focus, keys go to the window under the pointer."""
    with (
        witness(bare_display.display, "under", focus=False) as window,
        closing(X11Windows(bare_display.display)) as windows,
    ):
        window.connection.set_input_focus(X.PointerRoot, X.RevertToPointerRoot, X.CurrentTime)
        window.root.warp_pointer(*window.center)
        window.connection.sync()
        assert in_front(windows, window)
        window.root.warp_pointer(1270, 790)
        window.connection.sync()
        assert windows.front() is None


def test_a_window_inside_a_frame_is_the_programs_window(bare_display: Desktop) -> None:
    """A manager that keeps no list is understood too: its frame is not the window."""
    with (
        closing(X11Windows(bare_display.display)) as windows,
        closing(WitnessWindow(bare_display.display, "framed", (0, 0, 200, 100)).connection) as own,
    ):
        window = own.create_resource_object("window", max(children(own)))
        frame = own.screen().root.create_window(50, 60, 220, 130, 0, X.CopyFromParent)
        window.reparent(frame, 5, 20)
        state = own.intern_atom("WM_STATE")
        window.change_property(state, state, 32, [Xutil.NormalState, X.NONE])
        frame.map()
        window.map()
        own.sync()
        found = the(windows, "framed")
        assert (found.id, found.rect) == (window.id, Rect(55, 80, 200, 100))


def children(connection: Display) -> list[int]:
    """Give the numbers of the root's children."""
    return [child.id for child in connection.screen().root.query_tree().children]


def test_a_dead_managers_list_is_not_believed() -> None:
    """After the window manager was killed, windows are found by looking, not by its last list."""
    with (
        Desktop() as desktop,
        closing(X11Windows(desktop.display)) as windows,
        ExitStack() as stack,
    ):
        stack.enter_context(witness(desktop.display, "old"))
        eventually(lambda: windows.find("old"), what="the old window")
        manager = next(p for p in map(psutil.Process, desktop.pids) if p.name() == "openbox")
        manager.kill()
        eventually(lambda: not manager.is_running() or manager.status() == psutil.STATUS_ZOMBIE)
        stack.enter_context(witness(desktop.display, "new"))
        eventually(lambda: windows.find("new"), what="the new window")


def test_windows_that_come_and_go_disturb_nobody(screen: Desktop, windows: X11Windows) -> None:
    """While windows vanish between question and answer, the list holds what remains."""
    with witness(screen.display, "constant") as constant:
        for _ in range(20):
            with witness(screen.display, "passing", focus=False):
                pass
            assert constant.window.id in ids(windows.all())


def test_without_a_server_there_is_nothing_to_ask() -> None:
    """Where no X server answers the reason is told at once."""
    with pytest.raises(BackendUnavailable, match="cannot reach the X server"):
        X11Windows(":987")


def test_a_server_that_went_away_is_told() -> None:
    """After the server's end each call says that the screen cannot be read, and `close` works."""
    with Desktop(manager=None) as desktop:
        windows = X11Windows(desktop.display)
        assert windows.find("anything") is None
    for call in (windows.all, windows.front, lambda: windows.find("anything")):
        with pytest.raises(CaptureError, match="the X server is gone"):
            call()
    windows.close()
    windows.close()
