"""Does the daemon's main thread outlive whatever a place for the icon does?"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.desktop import eventually
from traybot.core.status import Status
from traybot.shells import tray_desktop
from traybot.shells.tray_desktop import DesktopTray

STATUSES = (Status("running", "Demo: running", ()), Status("paused", "Demo: paused", ()))


class Place:
    """Shows an icon, and fails in one of its deeds."""

    def __init__(self, name: str, fails_in: str = "") -> None:
        self.name, self.trouble, self.shows, self.menu_open = name, "", True, False
        self._fails_in = fails_in
        self.shown: list[Status] = []
        self._ear, self._mouth = socket.socketpair()

    def _do(self, deed: str) -> None:
        if deed == self._fails_in:
            raise KeyError(deed)

    def fileno(self) -> int:
        """Give something that is never readable."""
        return self._ear.fileno()

    def seconds_left(self) -> float | None:
        """Want to be tended now and then, as one does that has just come up."""
        self._do("seconds_left")
        return 0.02

    def tend(self) -> None:
        """Hear nothing."""
        self._do("tend")

    def show(self, status: Status) -> None:
        """Note it."""
        self._do("show")
        self.shown.append(status)

    def repaint(self) -> None:
        """Paint."""
        self._do("repaint")

    def hide(self) -> None:
        """Go."""
        self._do("hide")

    def close(self) -> None:
        """Close, and fail in that too."""
        self._ear.close()
        self._mouth.close()
        if self._fails_in:
            self._do(self._fails_in)


@contextmanager
def running(tray: DesktopTray) -> Iterator[None]:
    """Have the tray run on a thread, which must end when it is told to and not before."""
    ended: list[bool] = []

    def run() -> None:
        tray.run()
        ended.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
        assert thread.is_alive(), "it runs until it is stopped"
    finally:
        tray.stop()
        thread.join(10.0)
    assert ended, "and then it returns"


@pytest.mark.parametrize("deed", ["seconds_left", "tend", "show", "repaint", "hide"])
def test_a_place_that_fails_is_left(deed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The icon goes to the next place, and the first one is tried again after a while."""
    monkeypatch.setattr(tray_desktop, "PACE_SECONDS", 0.01)
    monkeypatch.setattr(tray_desktop, "RETRY_SECONDS", 0.01)
    made: list[Place] = []

    def make_bad(*_: object) -> Place:
        made.append(Place("bad", deed))
        return made[-1]

    good = Place("good")
    tray = DesktopTray([make_bad, lambda *_: good], lambda _: None)
    with running(tray):
        tray.show(STATUSES[0])
        if deed in {"repaint", "hide"}:
            eventually(lambda: made and made[0].shown, 10.0, "the icon")
        if deed == "hide":
            made[0].shows = False
            tray.show(STATUSES[1])
        tray.repaint()
        eventually(lambda: good.shown or len(made) > 1, 10.0, "another place, or the same anew")
    for place in [*made, good]:
        with suppress(KeyError):
            place.close()


@pytest.mark.parametrize("error", [ValueError("odd"), OSError("gone")])
def test_a_place_that_cannot_be_made_is_tried_again(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its maker raises, the icon is shown once it can be."""
    monkeypatch.setattr(tray_desktop, "RETRY_SECONDS", 0.01)
    made: list[Place] = []

    def make(*_: object) -> Place:
        made.append(Place("late"))
        if len(made) == 1:
            made[0].close()
            raise error
        return made[-1]

    tray = DesktopTray([make], lambda _: None)
    with running(tray):
        tray.show(STATUSES[0])
        eventually(lambda: made and made[-1].shown, 10.0, "the icon")
