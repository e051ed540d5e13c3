"""What does macOS's window server tell, and what does it keep to itself? By a stand-in."""

import pytest

from tests.system.fake_desktops import FakeQuartz
from traybot.core.geometry import Rect
from traybot.system.macos_windows import MacWindows

pytestmark = pytest.mark.anywhere

AREA = Rect(10, 20, 300, 200)


def test_menu_bar_and_dock_are_no_windows() -> None:
    """They lie before everything else, on layers of their own."""
    fake = FakeQuartz()
    windows = MacWindows(fake.listed)
    assert windows.all() == []
    assert windows.front() is None
    fake.show("game", AREA)
    assert [window.title for window in windows.all()] == ["game"]


def test_without_leave_to_record_the_programs_name_is_the_title() -> None:
    """The server then tells no titles; a bot whose window has its program's name works still."""
    fake = FakeQuartz()
    fake.allowed = False
    fake.show("game", AREA)
    found = MacWindows(fake.listed).find("^Owner of game$")
    assert found is not None
    assert found.rect == AREA


def test_whether_a_program_answers_is_not_told() -> None:
    """No watch may conclude from that."""
    fake = FakeQuartz()
    fake.show("game", AREA)
    windows = MacWindows(fake.listed)
    found = windows.find("game")
    assert found is not None
    assert windows.answers(found) is None
