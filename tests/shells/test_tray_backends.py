"""The search for a tray: whatever a library does at its import, the next one is tried."""

import gc
import os
import sys
from types import ModuleType

import pytest

from traybot.shells import tray_backends, tray_host
from traybot.shells.tray_backends import Backend, find_backend


def works() -> Backend:
    """A back end that can be loaded."""
    return Backend("works", None, None, None)


def fails_with(error: Exception) -> object:
    """Make a loader that fails."""

    def load() -> Backend:
        raise error

    return load


@pytest.fixture
def loaders(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The list of back ends, empty."""
    loaders: dict[str, object] = {}
    monkeypatch.setattr(tray_backends, "LOADERS", loaders)
    monkeypatch.delenv("PYSTRAY_BACKEND", raising=False)
    return loaders


@pytest.mark.parametrize(
    "error",
    [
        ImportError("Gtk could not be initialised"),
        ValueError("Namespace AyatanaAppIndicator3 not available"),
        AttributeError("module 'ctypes' has no attribute 'WinDLL'"),
        RuntimeError("anything"),
    ],
)
def test_a_back_end_that_fails_is_followed_by_the_next(
    loaders: dict[str, object], error: Exception
) -> None:
    """No error of one library keeps the others from being tried."""
    loaders |= {"first": fails_with(error), "second": works}
    backend, reason = find_backend()
    assert backend
    assert (backend.name, reason) == ("works", "")


def test_the_reasons_are_told_but_not_those_of_other_systems(loaders: dict[str, object]) -> None:
    """A person reads what concerns this machine, each reason once."""
    loaders |= {
        "win32": fails_with(AttributeError("no WinDLL")),
        "darwin": fails_with(ModuleNotFoundError("No module named 'AppKit'")),
        "appindicator": fails_with(ImportError("Gtk could not be initialised")),
        "gtk": fails_with(ImportError("Gtk could not be initialised")),
        "xorg": fails_with(OSError('Bad display name ""')),
    }
    assert find_backend() == (None, 'Gtk could not be initialised; Bad display name ""')


def test_the_users_choice_is_the_only_one_tried(
    loaders: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PYSTRAY_BACKEND means what it means to pystray."""
    loaders |= {"gtk": works, "xorg": fails_with(OSError("no X"))}
    monkeypatch.setenv("PYSTRAY_BACKEND", "xorg")
    assert find_backend() == (None, "no X")


def test_loading_leaves_the_environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What pystray is told for a moment is not handed down to the bots."""
    module = ModuleType("pystray._pretended")
    module.Icon = "icon"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pystray._pretended", module)
    for before in (None, "gtk"):
        monkeypatch.delenv("PYSTRAY_BACKEND", raising=False)
        if before:
            monkeypatch.setenv("PYSTRAY_BACKEND", before)
        icon, menu, item = tray_backends._classes("pretended")  # noqa: SLF001
        assert icon == "icon"
        assert (menu.__name__, item.__name__) == ("Menu", "MenuItem")
        assert os.environ.get("PYSTRAY_BACKEND") == before


def test_without_a_session_bus_no_indicator_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its library would start a bus of its own, which nobody ends."""
    monkeypatch.setattr(tray_host, "has_bus", lambda: False)
    with pytest.raises(Exception, match="no session bus"):
        tray_backends.LOADERS["appindicator"]()


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_a_screen_that_is_gone_hosts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked without a screen, or with a wrong one, there is nobody who shows icons."""
    for display in ("", ":987", "nonsense"):
        monkeypatch.setenv("DISPLAY", display)
        assert not tray_host.xembed_host()
    gc.collect()  # the X library forgets its socket when nobody answers
