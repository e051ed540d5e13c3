"""Does a person who speaks another language meet English? The program itself, text by text.

In its language each translated text stands in brackets, so what a person reads outside of them was
forgotten. What is typed or stands in files (commands, names, paths) is no text.
"""

import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot
from tests.shells.tray_client import Bus
from traybot.cli.pages import PAGES

pytestmark = [pytest.mark.e2e, pytest.mark.display]

#: Two words of prose one after the other, outside of every bracket.
PROSE = re.compile(r"\b[a-zäöü]{2,} [a-zäöü]{2,}\b")
#: What stands between words and is no prose.
CODE = re.compile(r'"[^"]*"|`[^`]*`|traybot \S.*|\S*[/\\._=<>|-]\S*|\{[^}]*\}')


def outside(line: str) -> str:
    """Give what of a line stands outside of brackets; those of a text may hold others."""
    depth, left = 0, []
    for sign in line:
        if sign == "[":
            depth += 1
        left.append(sign if not depth else " ")
        if sign == "]":
            depth = max(0, depth - 1)
    return "".join(left)


def english(text: str) -> list[str]:
    """Give the lines in which a person meets English."""
    # A text that was folded into lines is one text: a bracket may end in another line.
    text = re.sub(r"\[[^][]*\]", lambda found: found[0].replace("\n", " "), text)
    return [line for line in text.splitlines() if PROSE.search(CODE.sub(" . ", outside(line)))]


def said(spoken: dict[str, str], *words: str, code: int | None = 0) -> str:
    """Give all that a command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "traybot", *words],
        env=spoken,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def spoken(pseudo: dict[str, str], home: Path) -> dict[str, str]:
    """An environment in which each text stands in brackets, with a home for our files."""
    return {**pseudo, "TRAYBOT_HOME": str(home)}


@pytest.mark.parametrize("name", ["", *PAGES])
def test_help_is_translated(spoken: dict[str, str], name: str) -> None:
    """Ours and argparse's own words; nobody's example is."""
    text = said(spoken, "help", *([name] if name else []))
    assert not english(text)
    assert text.count("[") > 5


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["status"], 3),
        (["start", "nobody"], 3),
        (["check", "nobody"], 5),
        (["check", "broken"], 5),
        (["bots"], 0),
        (["new", "no name"], 1),
        (["new", "fresh"], 0),
        (["find", "nothing.png"], 5),
        (["config", "show"], 0),
        (["config", "get", "tray.icon"], 5),
        (["config", "set", "tray.enabled", "maybe"], 5),
        (["config", "set", "hotkeys.stop", "ctrl+"], 5),
        (["config", "set", "hotkeys.stop", "ctrl+shift+f8"], 5),
        (["log"], 1),
        (["log", "-n", "x"], 2),
        (["strat"], 2),
        (["config", "set"], 2),
        (["find"], 2),
        (["autostart", "status"], 0),
        (["doctor"], None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_each_answer_and_error_is_translated(
    spoken: dict[str, str], home: Path, words: list[str], code: int | None
) -> None:
    """What was done, what was wrong, and what to do about it."""
    watch = '[[watch]]\nname = "x"\nsee = "x.png"\nthreshold = 9\n'
    make_bot(home, "broken", "def play(bot):\n    pass\n", watch)
    text = said(spoken, *words, code=code)
    assert not english(text), text
    assert "[" in text


def test_damaged_settings_are_told_in_the_users_language(
    spoken: dict[str, str], home: Path
) -> None:
    """With their place; the parser's own reason is the library's, and stays English."""
    (home / "settings.toml").write_text("[tray]\nenabled = 1\n", encoding="utf-8")
    assert not english(said(spoken, "config", "show", code=5))
    assert not english(said(spoken, "run", "broken", code=5))


def test_a_running_daemon_speaks_to_people_and_reports_in_english(
    spoken: dict[str, str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status and menu are in the user's language; JSON, events and the log are in English."""
    make_bot(home, "player", "def play(bot):\n    bot.sleep(3600)\n")
    make_bot(home, "broken", "def play(bot):\n    pass\n", "[bot]\ntitel = 'x'\n")
    with Desktop(tray="xfce4-panel") as panel:
        for name, value in {**panel.env, **spoken}.items():
            monkeypatch.setenv(name, value)
        address = panel.env["DBUS_SESSION_BUS_ADDRESS"]
        with Running(faces=True) as running, closing(Bus(address)) as bus:
            eventually(lambda: "[Quit]" in bus.labels(), 20.0, "the menu")
            assert running.ask("start", bot="player")["ok"]
            running.heard("running")
            assert running.ask("pause")["ok"]
            running.heard("paused")
            eventually(lambda: "paused]" in " ".join(bus.labels()), 10.0, "the phase")
            assert not english("\n".join(bus.labels()))
            assert not english(said(spoken, "status"))
            assert not english(said(spoken, "start", "player", code=4))
            assert "[" not in running.status()["reason"]
            assert "[" not in str(running.status()["hotkeys"])
            assert running.ask("stop")["ok"]
            why = running.heard("stopped")["why"]
            assert why == "stopped by command"
            assert running.status()["reason"] == why
            assert not english(said(spoken, "status"))
    log = (home / "state" / "traybot.log").read_text(encoding="utf-8")
    assert "[stopped" not in log


def test_what_a_life_says_of_itself_is_english_in_the_log(
    spoken: dict[str, str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person reads its mistake in his language; log, events and JSON have it in English."""
    make_bot(home, "wrong", "def play(bot):\n    bot.screen.find('none.png')\n")
    for name, value in spoken.items():
        monkeypatch.setenv(name, value)
    with Desktop() as screen:
        monkeypatch.setenv("DISPLAY", screen.env["DISPLAY"])
        with Running() as running:
            running.ask("start", bot="wrong")
            why = str(running.heard("failed")["why"])
            assert "none.png" in why
            assert "[" not in why
            assert running.status()["reason"] == why
            told = said(spoken, "status")
            assert "none.png" in told
            assert not english(told)
    log = (home / "state" / "traybot.log").read_text(encoding="utf-8")
    (line,) = (line for line in log.splitlines() if '"failed"' in line)
    assert "[" not in line.partition("{")[2]
    assert "[cannot" not in log
