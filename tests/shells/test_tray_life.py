"""The tray's own life, with an icon that only pretends: threads, pace, failures."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.desktop import eventually
from traybot.core.menu import MenuItem
from traybot.core.status import Status
from traybot.shells import tray as tray_module
from traybot.shells import tray_pictures
from traybot.shells.tray import NullTray, Tray, choose_tray
from traybot.shells.tray_backends import Backend

PICTURES = tray_pictures.PICTURES / "color"


class PretendedIcon:
    """Has pystray's shape and keeps what it is told, with the time."""

    made: list["PretendedIcon"]
    refuses: bool

    def __init__(self, name: str) -> None:
        if self.refuses:
            raise RuntimeError("no place for an icon")
        self.told: list[tuple[float, str, object]] = []
        self.ended = threading.Event()
        self.made.append(self)

    def __setattr__(self, name: str, value: object) -> None:
        """Keep a change of what the user sees."""
        if name in {"icon", "title", "menu", "visible"}:
            self.told.append((time.monotonic(), name, value))
        super().__setattr__(name, value)

    def run(self, setup: Callable[[Any], None]) -> None:
        """Be ready, then wait for the end."""
        setup(self)
        self.ended.wait()

    def stop(self) -> None:
        """End."""
        self.ended.set()

    def titles(self) -> list[object]:
        """Every tooltip it was given."""
        return [value for _, name, value in self.told if name == "title"]


class PretendedMenu:
    """Has the shape of pystray's menu."""

    SEPARATOR = "---"

    def __init__(self, *entries: Any) -> None:  # noqa: ANN401 - as pystray's
        self.entries = entries


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Backend:
    """A back end whose icons only pretend."""
    icons = type("Icons", (PretendedIcon,), {"made": [], "refuses": False})
    monkeypatch.setattr(tray_module, "PACE_SECONDS", 0.2)
    monkeypatch.setattr(tray_module, "RETRY_SECONDS", 0.05)
    return Backend("pretended", icons, PretendedMenu, lambda *parts, **more: (parts, more))


@contextmanager
def running(backend: Backend, clicked: Callable[[str], None] = print) -> Iterator[Tray]:
    """A tray that runs, on a thread of its own."""
    tray = Tray(clicked, tray_pictures.Pictures(PICTURES), backend)
    thread = threading.Thread(target=tray.run)
    thread.start()
    try:
        yield tray
    finally:
        tray.stop()
        thread.join(5)
        assert not thread.is_alive()


def test_the_first_status_is_shown_at_once_and_the_next_in_its_time(backend: Backend) -> None:
    """A storm of changes becomes one a pace, of which the newest counts."""
    with running(backend) as tray:
        for number in range(100):
            tray.show(Status("idle", f"number {number}"))
        (icon,) = eventually(lambda: backend.icon.made, what="an icon")
        eventually(lambda: "number 99" in icon.titles(), what="the newest")
        tray.show(Status("idle", "and one more"))
        eventually(lambda: "and one more" in icon.titles(), what="one more")
    times = [when for when, name, _ in icon.told if name == "title"]
    assert len(times) <= 3
    assert times[-1] - times[-2] > 0.19


def test_what_has_not_changed_is_not_sent(backend: Backend) -> None:
    """The same status again is no change; of another one only the parts that differ are sent."""
    menu = (MenuItem("Stop", "stop"),)
    with running(backend) as tray:
        tray.show(Status("idle", "one", menu))
        (icon,) = eventually(lambda: backend.icon.made, what="an icon")
        eventually(lambda: icon.titles() == ["one"], what="the first")
        tray.show(Status("idle", "one", menu))
        tray.show(Status("idle", "two", menu))
        eventually(lambda: icon.titles() == ["one", "two"], what="the second")
        tray.stop()
        eventually(icon.ended.is_set, what="the end")
    names = [name for _, name, _ in icon.told]
    assert (names.count("icon"), names.count("menu"), names.count("title")) == (1, 1, 2)


def test_an_icon_that_ends_by_itself_is_made_anew(backend: Backend) -> None:
    """Whatever ends the library's loop, `run` goes on and the status is shown again."""
    with running(backend) as tray:
        tray.show(Status("idle", "still here"))
        eventually(lambda: backend.icon.made and backend.icon.made[0].titles(), what="an icon")
        backend.icon.made[0].ended.set()
        eventually(lambda: len(backend.icon.made) > 1, what="another icon")
        eventually(lambda: backend.icon.made[1].titles() == ["still here"], what="the status")


def test_a_tray_that_fails_is_named_and_tried_again(backend: Backend) -> None:
    """An icon that cannot be made does not end the daemon; health says why there is none."""
    backend.icon.refuses = True
    with running(backend) as tray:
        eventually(lambda: tray.health() == "none: no place for an icon", what="the reason")
        backend.icon.refuses = False
        tray.show(Status("idle", "here it is"))
        eventually(lambda: backend.icon.made and backend.icon.made[0].titles(), what="an icon")
        assert tray.health() == "pretended"


def test_the_icon_is_taken_away_before_the_loop_ends(backend: Backend) -> None:
    """The user sees that the wish to quit was heard."""
    with running(backend) as tray:
        tray.show(Status("idle", "here"))
        (icon,) = eventually(lambda: backend.icon.made, what="an icon")
        eventually(icon.titles, what="the status")
    assert icon.told[-1][1:] == ("visible", False)


def test_stop_before_run_and_again_is_no_trouble(backend: Backend) -> None:
    """A daemon that ends while it starts is not caught in its tray."""
    tray = Tray(print, tray_pictures.Pictures(PICTURES), backend)
    tray.stop()
    tray.stop()
    tray.run()
    assert not backend.icon.made


def test_a_click_posts_the_action_that_stands_there_now(backend: Backend) -> None:
    """A line posts what the shown status says, a separator nothing."""
    clicked: list[str] = []
    menu = (MenuItem("Title"), MenuItem(""), MenuItem("Stop", "stop"))
    with running(backend, clicked.append) as tray:
        tray.show(Status("idle", "one", menu))
        (icon,) = eventually(lambda: backend.icon.made, what="an icon")
        eventually(icon.titles, what="the status")
        title, separator, stop = icon.menu.entries
        assert separator == PretendedMenu.SEPARATOR
        assert not title[1]["enabled"]
        (label, click), options = stop
        assert (label, options["enabled"]) == ("Stop", True)
        click()
    assert clicked == ["stop"]


def test_a_long_tooltip_is_cut(backend: Backend) -> None:
    """Windows refuses a longer one."""
    with running(backend) as tray:
        tray.show(Status("idle", "x" * 500))
        (icon,) = eventually(lambda: backend.icon.made, what="an icon")
        eventually(lambda: icon.titles() == ["x" * 127], what="the tooltip")


def test_no_icon_is_made_while_nobody_would_show_it(backend: Backend) -> None:
    """Where a back end finds its tray only at the start, the start waits for the tray."""
    hosts: list[bool] = []
    waiting = Backend(
        backend.name, backend.icon, backend.menu, backend.item, wanted=lambda: bool(hosts)
    )
    with running(waiting) as tray:
        tray.show(Status("idle", "here"))
        assert not backend.icon.made
        hosts.append(True)
        eventually(lambda: backend.icon.made, what="an icon")


def test_a_daemon_without_a_tray_waits_for_its_stop() -> None:
    """Without a tray the main thread has nothing to do until the end."""
    tray = NullTray("not here")
    thread = threading.Thread(target=tray.run)
    thread.start()
    tray.show(Status("idle", "unseen"))
    assert tray.health() == "none: not here"
    tray.stop()
    tray.stop()
    thread.join(5)
    assert not thread.is_alive()


def test_a_tray_that_is_not_wanted_loads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --no-tray no library of a desktop is touched."""

    def touched() -> None:
        pytest.fail("looked for a tray")

    monkeypatch.setattr(tray_module, "find_backend", touched)
    assert choose_tray(print, wanted=False).health() == "none: not wanted"
