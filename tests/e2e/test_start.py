"""How fast and how safely does a bot start? And what does each mistake get?"""

import fcntl
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot, traybot
from traybot.errors import NoDaemon
from traybot.shells import client
from traybot.shells.paths import find_paths

pytestmark = pytest.mark.e2e

IDLE = "def play(bot):\n    bot.sleep(3600)\n"

#: What is wrong, the code, the bot.toml, and words of the one line that tells.
MISTAKES = {
    "unknown option": (IDLE, "[bot]\ntitel = 'x'\n", ["line 4", '"titel"', "title"]),
    "wrong type": (IDLE, "[bot]\ntitle = 3\n", ["line 4", "title", "a text"]),
    "unknown table": (IDLE, "[bots]\n", ["bots"]),
    "not TOML": (IDLE, "[bot\n", ["bot.toml", "line 3"]),
    "missing template": (
        IDLE,
        '[[watch]]\nname = "d"\nsee = "nothing.png"\n',
        ["nothing.png", "line 5", "no such file"],
    ),
    "code that is no Python": ("def play(bot)\n", "", ["routine.py", "line 1"]),
    "missing code": (IDLE, '[recovery]\nrun = "rescue:go"\n', ["rescue.py", "line 4"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_bot_with_a_mistake_is_refused(desktop: Desktop, home: Path, mistake: str) -> None:
    """One line names file, place and remedy; exit code 5; nothing else is harmed."""
    code, settings, words = MISTAKES[mistake]
    make_bot(home, "sound", IDLE)
    make_bot(home, "wrong", code, '[routine]\nrun = "routine:play"\n' + settings)
    checked = traybot("check", "wrong")
    assert checked.returncode == 5
    assert len(checked.stderr.strip().splitlines()) == 1
    assert all(word in checked.stderr for word in words), checked.stderr
    with Running() as running:
        answer = running.ask("start", bot="wrong")
        assert answer["code"] == 5
        assert all(word in answer["text"] for word in words), answer
        assert running.status()["phase"] == "idle"
        assert running.ask("start", bot="sound")["ok"]


CODE_FAULTS = {
    "fails at import": ("import nothing_of_that_name\ndef play(bot): pass\n", "routine.py:1"),
    "raises at import": ("x = 1\n1 / 0\ndef play(bot): pass\n", "routine.py:2"),
    "has no such function": ("from os.path import *\n", "play"),
    "takes no bot": ("def other(): pass\nplay = other\n", "routine.py:1"),
}


@pytest.mark.parametrize("fault", CODE_FAULTS)
def test_code_that_cannot_be_imported_fails_at_once(
    desktop: Desktop, home: Path, fault: str
) -> None:
    """It is not tried again; the reason names file and line; the daemon runs on."""
    code, words = CODE_FAULTS[fault]
    make_bot(home, "wrong", code)
    with Running() as running:
        answer = running.ask("start", bot="wrong")
        assert answer["code"] == 5
        assert words in answer["text"], answer
        status = running.status()
        assert (status["phase"], status["life"]) == ("failed", 1)


def test_a_routine_that_fails_at_once_backs_off(desktop: Desktop, home: Path) -> None:
    """Its error names file and line; it is tried again after growing waits, and can be stopped."""
    make_bot(home, "wrong", "def play(bot):\n    bot.log('x')\n    raise RuntimeError('no luck')\n")
    with Running("wrong") as running:
        first = running.heard("backoff")
        assert first["seconds"] == 0.5
        assert "no luck at routine.py:3" in first["why"]
        assert running.heard("backoff")["seconds"] == 1.0
        assert running.ask("stop")["ok"]
        assert running.status()["phase"] == "idle"


def test_a_window_that_is_not_there_is_said(desktop: Desktop, home: Path) -> None:
    """A bot whose window does not exist sends no input, and its status says what it waits for."""
    make_bot(
        home,
        "lost",
        'def play(bot):\n    bot.keys.tap("a")\n',
        '[bot]\nwindow = "no such window"\n[routine]\nrun = "routine:play"\n',
    )
    with Running("lost") as running:
        blocked = running.heard("blocked")
        assert "no such window" in blocked["why"]
        assert "no such window" in running.status()["waits_for"]


def test_settings_are_live_in_a_routine(desktop: Desktop, home: Path) -> None:
    """A reload reaches a routine that runs; a file with a mistake changes nothing."""
    code = """
        def play(bot):
            while True:
                bot.count("kept", bot.settings.recorder.incidents - kept(bot))
                bot.sleep(0.01)

        def kept(bot, seen=[0]):
            before, seen[0] = seen[0], bot.settings.recorder.incidents
            return before
    """
    make_bot(home, "reader", code)
    file = home / "settings.toml"
    with Running("reader") as running:
        for incidents in (50, 60, 70):
            file.write_text(f"[recorder]\nincidents = {incidents}\n", encoding="utf-8")
            assert running.ask("reload")["ok"]
            eventually(
                lambda: running.status()["counters"].get("kept") == incidents,  # noqa: B023
                10.0,
                "the new value",
            )
        file.write_text("[recorder]\nincidents = -1\n", encoding="utf-8")
        assert running.ask("reload")["code"] == 5
        assert running.status()["counters"]["kept"] == 70


def answers(socket: Path) -> bool:
    """Whether a daemon listens there already."""
    try:
        return bool(client.ask(socket, {"do": "status"})["ok"])
    except NoDaemon:
        return False


def test_an_unread_output_stops_nobody(desktop: Desktop, home: Path) -> None:
    """Who does not read our standard output does not keep the engine from working."""
    make_bot(home, "idle", IDLE)
    command = [sys.executable, "-m", "traybot", "run", "--no-tray", "--no-hotkeys", "--json"]
    pipe = subprocess.PIPE
    daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe)
    socket = find_paths().socket
    try:
        assert daemon.stdout is not None
        fcntl.fcntl(daemon.stdout, fcntl.F_SETPIPE_SZ, 4096)
        eventually(lambda: answers(socket), 20.0, "the daemon")
        for _ in range(20):  # some 8 KB of events: more than this pipe holds
            assert client.ask(socket, {"do": "start", "bot": "idle"})["ok"]
            assert client.ask(socket, {"do": "stop"})["ok"]
        daemon.terminate()
        assert daemon.wait(20.0) == 0
    finally:
        daemon.kill()
        daemon.wait()
        for end in (daemon.stdout, daemon.stderr):
            if end is not None:
                end.close()


def test_a_second_daemon_is_refused(desktop: Desktop, home: Path) -> None:
    """It says so in one line with exit code 1; the first runs on."""
    with Running() as running:
        second = traybot("run", "--no-tray")
        assert second.returncode == 1
        assert "one is running" in second.stderr
        assert running.status()["phase"] == "idle"


def test_a_line_that_is_no_json_gets_an_answer(desktop: Desktop, home: Path) -> None:
    """One line says what is wrong; good callers are answered on."""
    from tests.control_lines import say

    with Running() as running:
        for line in (b"nonsense\n", b"\x80\x04\x95\n", b"[]\n", b'{"v": 9}\n', b"\0\n"):
            answer = json.loads(say(line))
            assert answer["ok"] is False
            assert answer["text"].startswith("cannot obey")
        assert running.status()["phase"] == "idle"


def test_asking_nobody_is_exit_code_3(home: Path) -> None:
    """Without a daemon every request says so in one line."""
    for command in ("status", "stop", "pause", "resume", "toggle", "start", "quit", "restart"):
        asked = traybot(command)
        assert asked.returncode == 3
        said = "traybot: cannot reach traybot: it is not running (start it with: traybot)\n"
        assert asked.stderr == said
