"""Is each change of the settings told, and a burst of them once?"""

import threading
from pathlib import Path

from traybot.shells.settings_watch import SettingsWatch


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
