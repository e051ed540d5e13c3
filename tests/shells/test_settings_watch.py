"""Is each change of the settings told, and a burst of them once?"""

import threading
from pathlib import Path

import pytest

from traybot.shells import settings_watch
from traybot.shells.settings_watch import SettingsWatch
from traybot.system import choose


@pytest.fixture(params=["told", "looked for"])
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "looked for":
        monkeypatch.setattr(choose, "folder_ear", lambda _folder: None)
    elif not choose.LINUX:
        pytest.skip("nothing tells of a folder here")


@pytest.mark.usefixtures("_both_ways")
def test_a_burst_of_saves_is_one_change_and_each_kind_is_seen(tmp_path: Path) -> None:
    """Written in place, replaced, the folder removed: told once each, after it stands still."""
    path = tmp_path / "folder" / "settings.toml"
    path.parent.mkdir()
    told = threading.Semaphore(0)
    watch = SettingsWatch(path, told.release)
    watch.start()
    try:
        for number in range(100):
            path.write_text("#" * number, encoding="utf-8")
        assert told.acquire(timeout=10)
        assert not told.acquire(timeout=1.5)
        beside = path.with_suffix(".new")
        beside.write_text("new", encoding="utf-8")
        beside.replace(path)
        assert told.acquire(timeout=10)
        path.unlink()
        path.parent.rmdir()
        assert told.acquire(timeout=10)
    finally:
        watch.stop()


@pytest.mark.skipif(not choose.LINUX, reason="nothing tells of a folder elsewhere")
def test_a_folder_in_which_nothing_happens_is_left_alone(tmp_path: Path) -> None:
    """One look after the start, and none for seconds; a change is told all the same."""
    path = tmp_path / "settings.toml"
    looks, told = threading.Semaphore(0), threading.Semaphore(0)

    class Counted(SettingsWatch):
        def _stamp(self) -> settings_watch.Stamp:
            looks.release()
            return super()._stamp()

    watch = Counted(path, told.release)
    assert looks.acquire(timeout=10), "what it is now counts as known"
    watch.start()
    try:
        assert looks.acquire(timeout=10)
        assert not looks.acquire(timeout=2.0)
        path.write_text("a", encoding="utf-8")
        assert told.acquire(timeout=3.0)
    finally:
        watch.stop()


@pytest.mark.usefixtures("_both_ways")
def test_a_reload_that_fails_is_not_the_last(tmp_path: Path) -> None:
    """The thread goes on."""
    path = tmp_path / "settings.toml"
    told = threading.Semaphore(0)

    def fail() -> None:
        told.release()
        raise ValueError(path)

    watch = SettingsWatch(path, fail)
    watch.start()
    try:
        for text in ("a", "ab"):
            path.write_text(text, encoding="utf-8")
            assert told.acquire(timeout=10)
    finally:
        watch.stop()
