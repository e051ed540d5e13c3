"""What does Windows' desktop tell that is no window, or hangs? By a stand-in."""

import pytest

from tests.system.fake_desktops import FakeUser32
from traybot.core.geometry import Rect
from traybot.system.windows_desktop import WindowsDesktop

pytestmark = pytest.mark.anywhere

AREA = Rect(10, 20, 300, 200)


def test_what_a_person_calls_no_window_is_left_out() -> None:
    """Hidden and cloaked ones, tool windows, those without a title: neither listed nor in front."""
    fake = FakeUser32()
    windows = WindowsDesktop(fake)
    fake.show("seen", AREA)
    fake.show("hidden", AREA, shown=False)
    fake.show("", AREA)
    assert [window.title for window in windows.all()] == ["seen"]
    assert windows.front() is None
    assert windows.find("hidden") is None


def test_a_window_that_hangs_is_said_so() -> None:
    """By the system's own word; the ghost that it shows meanwhile counts for the window."""
    fake = FakeUser32()
    windows = WindowsDesktop(fake)
    shown = fake.show("game", AREA)
    found = windows.find("game")
    assert found is not None
    assert windows.answers(found)
    shown.hung = True
    assert windows.answers(found) is False
    shown.shown = False
    fake.show("game (Not Responding)", AREA, kind="Ghost")
    ghost = windows.find("game")
    assert ghost is not None
    assert windows.answers(ghost) is False


def test_where_no_window_has_the_keys_there_is_none_in_front() -> None:
    """As during a switch, or under the lock screen."""
    assert WindowsDesktop(FakeUser32()).front() is None
