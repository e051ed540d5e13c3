"""Does the status tell what macOS will really do at login? Its home and launchctl are replaced."""

import os
import plistlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from traybot.system.autostart_macos import LABEL, MacAutostart, run_launchctl
from traybot.system.base import AutostartWord

ON, OFF = AutostartWord.ON, AutostartWord.OFF
DISABLED, ELSEWHERE = AutostartWord.DISABLED, AutostartWord.ELSEWHERE


class Launchd:
    """Keeps an override, and tells it as launchctl does."""

    def __init__(self) -> None:
        self.disabled = False
        self.words = "disabled", "enabled"

    def __call__(self, words: Sequence[str]) -> str:
        """Answer a call of launchctl."""
        domain = f"gui/{vars(os)['getuid']()}"
        if list(words) == ["enable", f"{domain}/{LABEL}"]:
            self.disabled = False
            return ""
        assert list(words) == ["print-disabled", domain]
        told = self.words[0 if self.disabled else 1]
        return f'disabled services = {{\n\t\t"com.other" => disabled\n\t\t"{LABEL}" => {told}\n}}\n'


class Login:
    """A home with its agents, and an installation."""

    def __init__(self, root: Path) -> None:
        self.launchd = Launchd()
        self.program = root / "my bots" / "traybot"
        self.program.parent.mkdir()
        self.program.touch(0o755)
        self.settle()

    def settle(self) -> None:
        """Be the installation at this place."""
        self.command = (str(self.program), "run", "--autostart")
        self.autostart = MacAutostart(self.command, self.launchd)

    def agent(self) -> dict[str, Any]:
        """Read the agent."""
        return dict(plistlib.loads(self.autostart.path.read_bytes()))

    def change(self, **keys: object) -> None:
        """Change the agent, as the user or another program might."""
        path = self.autostart.path
        path.write_bytes(plistlib.dumps({**self.agent(), **keys}))

    @property
    def word(self) -> AutostartWord:
        """Give the status's word."""
        return self.autostart.status().word


@pytest.fixture
def login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Login:
    """A login of this test's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return Login(tmp_path)


def test_on_and_off(login: Login) -> None:
    """An agent that runs once at load and is not kept alive; off removes it."""
    assert login.word is OFF
    login.autostart.enable(login.command)
    agent = login.agent()
    assert (agent["Label"], agent["ProgramArguments"]) == (LABEL, list(login.command))
    assert agent["RunAtLoad"] is True
    assert "KeepAlive" not in agent
    assert login.word is ON
    login.autostart.disable()
    login.autostart.disable()
    assert login.word is OFF


@pytest.mark.parametrize("words", [("disabled", "enabled"), ("true", "false")])
def test_launchds_override_wins(login: Login, words: tuple[str, str]) -> None:
    """What `launchctl disable` says counts more than the file, in old words and new."""
    login.launchd.words = words
    login.autostart.enable(login.command)
    login.launchd.disabled = True
    assert login.word is DISABLED
    assert not login.autostart.repair()
    login.autostart.enable(login.command)
    assert login.word is ON


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"Disabled": True}, DISABLED),
        ({"RunAtLoad": False}, DISABLED),
        ({"ProgramArguments": []}, DISABLED),
        ({"ProgramArguments": "traybot"}, DISABLED),
        ({"ProgramArguments": ["sh", "run", "--autostart"]}, ELSEWHERE),
        ({"ProgramArguments": ["/opt/none/traybot"]}, ELSEWHERE),
    ],
)
def test_what_macos_will_not_do_is_said(
    login: Login, change: dict[str, object], word: AutostartWord
) -> None:
    """Each with a reason and a remedy, and none of them is ours to mend."""
    login.autostart.enable(login.command)
    login.change(**change)
    status = login.autostart.status()
    assert (status.word, bool(status.why), bool(status.remedy)) == (word, True, True)
    before = login.autostart.path.read_bytes()
    assert not login.autostart.repair()
    assert login.autostart.path.read_bytes() == before


@pytest.mark.parametrize("content", [b"nonsense", b"<plist><array/></plist>", b""])
def test_a_damaged_agent_is_said(login: Login, content: bytes) -> None:
    """What launchd does not read, we do not read either."""
    login.autostart.path.parent.mkdir(parents=True)
    login.autostart.path.write_bytes(content)
    assert login.word is DISABLED
    assert not login.autostart.repair()


def test_a_moved_installation_is_mended(login: Login) -> None:
    """Only the command changes; what the user has added stays."""
    assert not login.autostart.repair()
    login.autostart.enable(login.command)
    login.change(Nice=5)
    login.program = login.program.parent.rename(login.program.parents[1] / "moved") / "traybot"
    login.settle()
    assert login.word is ELSEWHERE
    assert login.autostart.repair()
    assert login.word is ON
    assert (login.agent()["Nice"], login.agent()["RunAtLoad"]) == (5, True)


def test_a_system_without_launchctl_says_nothing() -> None:
    """The file alone counts then."""
    if Path("/bin/launchctl").exists():
        pytest.skip("this system has launchctl")
    assert run_launchctl(["print-disabled", "gui/0"]) == ""
