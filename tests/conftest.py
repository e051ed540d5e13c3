"""The fixtures that every folder of tests shares: places to run in, and a look at what is left."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psutil
import pytest

from tests import leftovers
from tests.desktop import Desktop, eventually
from tests.pseudo import environment

#: How long what a test started may take to leave after the test ended.
LEAVE_SECONDS = 5.0
#: A test that uses one of these shows windows.
DISPLAYS = {"bare_display", "desktop"}

# A machine shared with other work is slow at moments; the limit for a test is pytest's.
hypothesis.settings.register_profile(
    "traybot", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("traybot")


def pytest_configure() -> None:
    """Mark this process, and with it all that come from it."""
    leftovers.leave_mark()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `-m anywhere` do not even import the others: elsewhere most of them could not be."""
    if config.getoption("markexpr") != "anywhere" or not collection_path.is_file():
        return None
    text = collection_path.read_text(encoding="utf-8", errors="replace")
    return True if "mark.anywhere" not in text else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the marker `display` to each test that asks for one."""
    for item in items:
        if DISPLAYS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("display")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Leave the names of what failed to `tests/again.py`."""
    reports = [*terminalreporter.getreports("failed"), *terminalreporter.getreports("error")]
    cache = getattr(config, "cache", None)  # there is none with -p no:cacheprovider
    if cache is not None:
        cache.set("traybot/failed", sorted({report.nodeid for report in reports}))


@pytest.fixture(scope="session")
def session_pids() -> set[int]:
    """Process ids of the desktop that lasts as long as the tests."""
    return set()


@pytest.fixture(scope="session")
def desktop(session_pids: set[int]) -> Iterator[Desktop]:
    """One virtual desktop with a window manager for all tests; this process uses it too."""
    _require_xvfb()
    with Desktop() as desktop, pytest.MonkeyPatch.context() as patch:
        session_pids |= desktop.pids
        _enter(desktop, patch)
        yield desktop


@pytest.fixture
def bare_display(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """An X server for one test alone, without a window manager; this process uses it too."""
    _require_xvfb()
    with Desktop(manager=None) as bare:
        _enter(bare, monkeypatch)
        yield bare


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for every file that traybot writes, new for each test."""
    home = tmp_path / "traybot"
    home.mkdir()
    monkeypatch.setenv("TRAYBOT_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def no_process_left(session_pids: set[int]) -> Iterator[None]:
    """Fail a test that leaves a process behind, detached or not, and end that process."""
    before = set(psutil.pids())
    yield
    try:
        eventually(lambda: not leftovers.started_since(before, session_pids), LEAVE_SECONDS)
    except AssertionError:
        named = leftovers.end(leftovers.started_since(before, session_pids))
        pytest.fail(f"the test left running: {named}; end each process where it is started")


def _require_xvfb() -> None:
    """Skip where there is no virtual X server; where everything is checked there must be one."""
    if shutil.which("Xvfb") is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("no Xvfb here (install the package xvfb)")


def _enter(desktop: Desktop, patch: pytest.MonkeyPatch) -> None:
    """Make this process, and what it starts, use a desktop."""
    patch.setenv("DISPLAY", desktop.display)
    patch.setenv("XDG_SESSION_TYPE", "x11")
    patch.delenv("WAYLAND_DISPLAY", raising=False)
    patch.delenv("XAUTHORITY", raising=False)


@pytest.fixture
def pseudo(tmp_path: Path) -> dict[str, str]:
    """An environment in which each translated text stands in brackets."""
    return environment(tmp_path / "locale")
