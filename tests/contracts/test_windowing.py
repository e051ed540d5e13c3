"""Does every way to ask for windows keep the contract of `system.windowing`?

X11's is real, under a window manager; those of Windows and macOS run against stand-ins.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from Xlib import Xatom

from tests.desktop import Desktop, eventually
from tests.system.fake_desktops import FakeDesktop, FakeQuartz, FakeUser32
from tests.system.test_x11_windows import iconify
from tests.system.x11_window import WitnessWindow, witness
from traybot.core.geometry import Rect
from traybot.system.macos_windows import MacWindows
from traybot.system.windowing import Window, Windows
from traybot.system.windows_desktop import WindowsDesktop
from traybot.system.x11_windows import X11Windows

LARGE, SMALL = Rect(50, 60, 400, 300), Rect(500, 300, 200, 150)


@dataclass(frozen=True)
class Rig:
    """A way to ask, and a hand that shows, raises, minimizes and closes windows."""

    windows: Windows
    show: Callable[[str, Rect], Any]
    focus: Callable[[Any], None]
    minimize: Callable[[Any], None]
    close: Callable[[Any], None]


@pytest.fixture(params=["x11", "windows", "macos"])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """Every way there is."""
    if request.param == "x11":
        with ExitStack() as stack:
            yield x11_rig(request.getfixturevalue("desktop"), stack)
        return
    fake: FakeDesktop
    if request.param == "windows":
        fake = user32 = FakeUser32()
        windows: Windows = WindowsDesktop(user32)
    else:
        fake = quartz = FakeQuartz()
        windows = MacWindows(quartz.listed)
    yield Rig(windows, fake.show, fake.focus, fake.minimize, fake.close)


def x11_rig(desktop: Desktop, stack: ExitStack) -> Rig:
    """Real windows; each one's own `with` block ends with the test or before."""
    windows = stack.enter_context(closing(X11Windows(desktop.display)))
    opened: dict[WitnessWindow, ExitStack] = {}

    def show(title: str, rect: Rect) -> WitnessWindow:
        own = stack.enter_context(ExitStack())
        area = (rect.x, rect.y, rect.width, rect.height)
        window = own.enter_context(witness(desktop.display, title, area))
        pid = window.connection.intern_atom("_NET_WM_PID")
        window.window.change_property(pid, Xatom.CARDINAL, 32, [os.getpid()])
        window.connection.sync()
        opened[window] = own
        return window

    return Rig(windows, show, WitnessWindow.focus, iconify, lambda window: opened[window].close())


def the(rig: Rig, title: str) -> Window:
    """Find a window that must be there, as soon as the desktop has it."""
    found = eventually(lambda: rig.windows.find(title), what=title)
    assert found is not None
    return found


def number(shown: Any) -> int:  # noqa: ANN401  each rig has its own kind of window
    """Give the number of a window that a rig has shown."""
    return int(shown.window.id if isinstance(shown, WitnessWindow) else shown.id)


def in_front(rig: Rig, shown: Any) -> bool:  # noqa: ANN401
    """Whether it gets the keys."""
    front = rig.windows.front()
    return front is not None and front.id == number(shown)


def finds(rig: Rig, title: str, shown: Any) -> bool:  # noqa: ANN401
    """Whether a title leads to it."""
    found = rig.windows.find(title)
    return found is not None and found.id == number(shown)


def test_a_window_is_found_by_a_part_of_its_title(rig: Rig) -> None:
    """The title is a regular expression; number, size and process are told, and its end."""
    shown = rig.show("Koules 1.4: game", LARGE)
    found = the(rig, r"^Koules \d")
    assert (found.id, found.title) == (number(shown), "Koules 1.4: game")
    assert (found.rect.width, found.rect.height) == (400, 300)
    assert found.pid
    assert not found.minimized
    assert rig.windows.find("^oules") is None
    rig.close(shown)
    eventually(lambda: rig.windows.find("Koules") is None, what="the end of the window")


def test_the_front_window_is_the_one_with_the_keys(rig: Rig) -> None:
    """It changes when another one is raised."""
    one, two = rig.show("one", LARGE), rig.show("two", SMALL)
    for shown in (one, two, one):
        rig.focus(shown)
        eventually(partial(in_front, rig, shown), what="the front window")


def test_a_minimized_window_is_said_so(rig: Rig) -> None:
    """It is a window still, and not in front."""
    shown = rig.show("small", LARGE)
    rig.minimize(shown)
    eventually(lambda: the(rig, "small").minimized, what="the icon")
    assert number(shown) in [window.id for window in rig.windows.all()]
    eventually(lambda: not in_front(rig, shown), what="another front window")


def test_of_several_the_front_one_wins_then_the_last_found_then_the_largest(rig: Rig) -> None:
    """So a bot's window stays the same while another one is in front."""
    large, small = rig.show("twin", LARGE), rig.show("twin", SMALL)
    other = rig.show("other", Rect(10, 400, 100, 100))
    rig.focus(small)
    eventually(partial(finds, rig, "twin", small), what="the front one")
    rig.focus(other)
    eventually(partial(in_front, rig, other), what="the other one")
    assert finds(rig, "twin", small)
    assert finds(rig, "(twin)", large), "never found under this title, so the largest"


def test_all_are_listed_the_topmost_last(rig: Rig) -> None:
    """In the order in which they cover each other."""
    one, two = rig.show("one", LARGE), rig.show("two", LARGE)
    rig.focus(two)

    def stand() -> bool:
        mine = {number(one), number(two)}
        return [w.id for w in rig.windows.all() if w.id in mine] == [number(one), number(two)]

    eventually(stand, what="the order")


def test_the_end_may_come_twice(rig: Rig) -> None:
    """Nothing else is promised after it."""
    rig.windows.close()
    rig.windows.close()
