"""Is a program of the user's own supervised like a routine that calls us?"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.shared import SharedDaemon, shared_daemon
from tests.running import alive, x_keys
from traybot.shells.paths import find_paths
from traybot.system.x11_input import X11Injector

pytestmark = pytest.mark.e2e

SECONDS = 15.0
#: Presses by a library that is not ours, starts children wherever they may hide, and says so.
WILD = """
import os, subprocess, time
from traybot.system.x11_input import X11Injector
keys = X11Injector()
print("pressing", os.getpid(), flush=True)
for key in ("a", "shift"):
    keys.press(keys.code_of(key))
keys.press_button(3)
subprocess.run("echo from a child; setsid sleep 600 & setsid sh -c 'sleep 600 & sleep 600' &",
               shell=True)
while True:
    keys.move(round(time.monotonic() * 1000) % 300, 5)
    time.sleep(0.005)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the daemon of this file keeps its files."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def daemon(desktop: Desktop, home: Path) -> Iterator[SharedDaemon]:
    """A daemon for this file."""
    with shared_daemon(home) as daemon:
        yield daemon


@pytest.fixture
def keys(desktop: Desktop) -> Iterator[X11Injector]:
    """What the X server says is held; the test's own press before each life."""
    with x_keys() as keys:
        keys.press(keys.code_of("x"))
        yield keys
        assert keys.held().keys == {keys.code_of("x")}, "what was down before stays down"
        keys.release(keys.code_of("x"))


def wild(code: str = WILD, more: str = "") -> tuple[str, str]:
    """Give bot.toml and the code of a program of the user's."""
    return f'[routine]\ncommand = ["{sys.executable}", "routine.py"]\n{more}', code


def pressing(keys: X11Injector) -> None:
    """Wait until the program has pressed all it wants."""
    eventually(lambda: len(keys.held()) == 4, SECONDS, "its two keys and its button")


def log(home: Path) -> str:
    """Give what the daemon has logged."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAYBOT_HOME", str(home))
        return find_paths().log.read_text(encoding="utf-8")


def mark_of(pid: int) -> bytes:
    """Give the mark of the life that this process belongs to; empty until it runs its program."""
    entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return next((entry for entry in entries if entry.startswith(b"TRAYBOT_LIFE=")), b"")


def marked(mark: bytes) -> list[int]:
    """Give every process that carries this mark, by the system's own table."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def family(pid: int) -> list[int]:
    """Give every process of the life that this one belongs to."""
    return marked(mark_of(pid))


def test_a_stop_ends_its_whole_tree_and_lets_go(
    daemon: SharedDaemon, home: Path, keys: X11Injector
) -> None:
    """Sessions of their own hide nobody; its keys are up; what it wrote stands in the log."""
    with daemon.playing(*wild()):
        pressing(keys)
        routine = daemon.status()["pids"]["routine"]
        eventually(lambda: len(family(routine)) >= 5, SECONDS, "its children")
        tree = family(routine)
        assert daemon.ask("stop")["ok"]
        assert len(keys.held()) == 1
        eventually(lambda: not any(map(alive, tree)), 2.0, "the end of its tree")
    assert f": pressing {routine}" in log(home)
    assert ": from a child" in log(home)


def test_a_pause_freezes_it_before_it_lets_go(daemon: SharedDaemon, keys: X11Injector) -> None:
    """The gate that such a program has: it stands still, and plays on after the resume."""
    with daemon.playing(*wild()):
        pressing(keys)
        assert daemon.ask("pause")["ok"]
        eventually(lambda: len(keys.held()) == 1, SECONDS, "its keys up")
        place = keys.pointer()
        until = time.monotonic() + 0.2
        eventually(lambda: time.monotonic() > until, 5.0)
        assert keys.pointer() == place
        assert daemon.ask("resume")["ok"]
        eventually(lambda: keys.pointer() != place, SECONDS, "its next move")


def test_the_deathwatch_ends_it_and_it_is_started_again(
    daemon: SharedDaemon, keys: X11Injector
) -> None:
    """A verdict kills at once; nothing it held is down when the next life begins."""
    watch = '[[watch]]\nname = "old"\nkind = "timer"\nafter = "700ms"\nthen = "restart"\n'
    with daemon.playing(*wild(more=watch)):
        pressing(keys)
        assert daemon.heard("verdict", watch="old")["acted"]
        assert daemon.heard("gone", child="routine")["ending"] == "killed"
        assert daemon.heard("starting")["life"]


@pytest.mark.parametrize("how", ["exit code 3", "killed by signal 9"])
def test_its_failure_is_followed_by_the_policy(
    daemon: SharedDaemon, keys: X11Injector, how: str
) -> None:
    """Its exit code or its signal is told, and it is tried again after a wait."""
    code = "import sys; sys.exit(3)\n" if how[0] == "e" else WILD
    with daemon.playing(*wild(code)):
        if how[0] == "k":
            pressing(keys)
            os.kill(daemon.status()["pids"]["routine"], signal.SIGKILL)
        backoff = daemon.heard("backoff")
        assert how in backoff["why"]
        assert backoff["seconds"] == 0.5


#: Leaves a shell behind that forks as fast as it can, into sessions of their own, and a chain: each
#: process of it forks the next one and is gone. Should we fail, they end by themselves.
BREEDS = """
import os, subprocess, time
subprocess.run(
    "setsid sh -c 'for n in $(seq 4000); do setsid sleep 30 & sleep 0.002; done' &", shell=True
)
if os.fork() == 0:
    os.setsid()
    end = time.monotonic() + 30
    while time.monotonic() < end:
        time.sleep(0.002)
        if os.fork():
            os._exit(0)
        os.setsid()
    os._exit(0)
print("bred", flush=True)
time.sleep(600)
"""


def test_what_forks_without_end_is_ended_and_the_next_life_is_not(
    daemon: SharedDaemon,
) -> None:
    """Whoever is born while a life's rest is swept is that life's too; the next one plays on."""
    always = 'restart = "always"\n'
    with daemon.playing(*wild(BREEDS, always)):
        first = daemon.status()["pids"]["routine"]
        mark = eventually(lambda: mark_of(first), SECONDS, "its mark")
        eventually(lambda: len(marked(mark)) >= 20, SECONDS, "its brood")
        os.kill(first, signal.SIGKILL)
        playing = lambda: daemon.status()["pids"].get("routine", first) != first  # noqa: E731
        eventually(playing, SECONDS, "the next life")
        eventually(lambda: not marked(mark), SECONDS, "the end of all that it left")
        second = daemon.status()["pids"]["routine"]
        mark = eventually(lambda: mark_of(second), SECONDS, "its own mark")
        eventually(lambda: len(marked(mark)) >= 20, SECONDS, "the next one's brood")
        assert alive(second)
        assert daemon.ask("stop")["ok"]
        eventually(lambda: not marked(mark), SECONDS, "the end of that as well")


#: Our API, and another library beside it.
MIXED = """
from pynput.keyboard import Controller, Key
def play(bot):
    keyboard = Controller()
    keyboard.press(Key.ctrl)
    keyboard.press(Key.shift)
    bot.mouse.move(5, 5)
    with bot.mouse.hold("right"):
        while True: pass
"""


@pytest.mark.parametrize("how", ["stop", "pause"])
def test_a_bot_that_uses_another_library_too_is_swept(
    daemon: SharedDaemon, keys: X11Injector, how: str
) -> None:
    """The ledger does not know those keys; the device does."""
    with daemon.playing('[routine]\nrun = "routine:play"\n', MIXED):
        pressing(keys)
        assert daemon.ask(how)["ok"]
        eventually(lambda: len(keys.held()) == 1, SECONDS, "its keys up")


def test_the_example_plays_as_it_stands(
    daemon: SharedDaemon, home: Path, keys: X11Injector
) -> None:
    """A loop of a few lines in a shell: its key goes up at the stop, its words are in the log."""
    example = Path(__file__).parents[2] / "examples" / "bots" / "own_loop"
    shutil.copytree(example, home / "bots" / "own_loop")
    assert daemon.ask("start", bot="own_loop")["ok"]
    eventually(lambda: keys.code_of("right") in keys.held().keys, SECONDS, "its key")
    eventually(lambda: ": jumped" in log(home), SECONDS, "its words")
    assert daemon.ask("stop")["ok"]
    assert len(keys.held()) == 1
