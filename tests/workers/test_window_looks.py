"""What does a watch on a window see? Every state, on a desktop that a test sets up."""

import pytest

from tests.system.fake_desktops import FakeQuartz, FakeUser32
from traybot.core.geometry import Rect
from traybot.core.watchfile import WatchSpec, read_watches
from traybot.system import choose
from traybot.system.macos_windows import MacWindows
from traybot.system.windows_desktop import WindowsDesktop
from traybot.vision.screen import Screen
from traybot.workers.places import Place
from traybot.workers.window_looks import Answer, question

pytestmark = pytest.mark.anywhere

AREA, OTHER = Rect(10, 20, 300, 200), Rect(50, 60, 70, 80)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeUser32:
    """A desktop."""
    fake = FakeUser32()
    monkeypatch.setattr(choose, "windows", lambda: WindowsDesktop(fake))
    return fake


def sees(state: str) -> Answer:
    """Ask as a watch does."""
    (spec,), problems = read_watches(
        [{"name": "it", "kind": "window", "window": "game", "is": state}]
    )
    assert not problems
    assert isinstance(spec, WatchSpec)
    return question(spec, Place("", Screen()))()


def test_a_window_that_is_there(fake: FakeUser32) -> None:
    """Where it is comes along; which states hold follows from what is done to it."""
    shown = fake.show("game", AREA)
    assert sees("present") == (True, AREA, "")
    assert sees("gone") == (False, AREA, "")
    assert sees("front") == (True, AREA, "")
    assert sees("hung") == (False, AREA, "")
    fake.show("other", OTHER)
    assert sees("front") == (False, None, "")
    assert sees("minimized")[0] is False
    fake.minimize(shown)
    assert sees("minimized")[0] is True


def test_a_window_that_is_gone(fake: FakeUser32) -> None:
    """It neither hangs nor is it minimized."""
    assert sees("gone") == (True, None, "")
    for state in ("present", "front", "minimized", "hung"):
        assert sees(state) == (False, None, "")


def test_a_window_that_hangs(fake: FakeUser32) -> None:
    """Its place is told, for the picture."""
    fake.show("game", AREA, hung=True)
    assert sees("hung") == (True, AREA, "")


def test_a_window_that_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch concludes nothing, and says why."""
    quartz = FakeQuartz()
    quartz.show("game", AREA)
    monkeypatch.setattr(choose, "windows", lambda: MacWindows(quartz.listed))
    holds, rect, why = sees("hung")
    assert (holds, rect) == (None, AREA)
    assert "cannot be told" in why
