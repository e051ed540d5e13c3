"""Does a report keep its sense when names are left out?"""

import getpass
from pathlib import Path

import pytest

from traybot.cli.redaction import redacted


@pytest.fixture(autouse=True)
def ann(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user of this name, whose files lie in the usual places."""
    monkeypatch.setenv("HOME", "/people/ann")
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    monkeypatch.delenv("TRAYBOT_HOME", raising=False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see /people/ann/.config, or /people/ann.", "see ~/.config, or ~."),
        ("/people/anna/x, /mnt/people/ann/x, /opt/ann-tools", None),
        ("/media/ann/stick/bot.toml", "/media/USER/stick/bot.toml"),
        ("traybot 0.1.0, a/anniversary", None),
    ],
)
def test_only_whole_names_of_whole_places_go(text: str, shown: str | None) -> None:
    """A name in the middle of another stays."""
    assert redacted(text) == (shown or text)


@pytest.mark.parametrize("home", [".", "/", "~/games"])
def test_a_home_of_ours_that_is_written_shortly_wrecks_nothing(
    home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dot is not every dot, and a slash is not every slash."""
    monkeypatch.setenv("TRAYBOT_HOME", home)
    assert redacted("Python 3.11.2 in /usr/bin") == "Python 3.11.2 in /usr/bin"
    if home != "/":
        whole = Path(home).expanduser().absolute() / "state"
        assert redacted(f"{whole}") == "$TRAYBOT_HOME/state"


def test_a_user_without_a_name_or_a_home_is_hidden_as_far_as_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in a container that runs under a bare number."""

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr(getpass, "getuser", nobody)
    monkeypatch.setenv("HOME", "/")
    assert redacted("/etc/ann") == "/etc/ann"
