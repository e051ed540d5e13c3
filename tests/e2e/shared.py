"""One daemon that several tests share, each with a bot of its own: a start takes a second."""

import itertools
import json
import os
import queue
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import cv2

from tests.desktop import eventually
from tests.e2e.painter import COIN, FLAG, SKULL, Painter
from tests.running import Document, Running, make_bot
from traybot.vision.pixels import Pixels

#: Goes round and counts it, and does nothing else.
IDLE = """
def play(bot):
    while True:
        bot.count("rounds")
        bot.sleep(0.02)
"""
#: The first lines of a routine whose others a test writes.
HEAD = """
import pathlib, time
import numpy as np
from traybot import Bot

def play(bot: Bot) -> None:
"""
PLAY = '[routine]\nrun = "routine:play"\n'


class SharedDaemon(Running):
    """A daemon whose bots see the pictures of `tests.e2e.painter`, as `skull.png` and so on."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._home = home
        self._numbers = itertools.count(1)

    @contextmanager
    def playing(self, settings: str, code: str = IDLE) -> Iterator[Path]:
        """Have a new bot play for the length of a `with` block; gives its folder."""
        name = f"bot{next(self._numbers)}"
        pictures = {"skull.png": png(SKULL), "flag.png": png(FLAG), "coin.png": png(COIN)}
        folder = make_bot(self._home, name, code, settings, **pictures)
        try:
            # A routine that fails at once has started too, also one that names what is not there.
            assert self.ask("start", bot=name)["code"] in {0, 1, 5}, self.status()
            self.heard("starting", bot=name)
            self.events.clear()
            yield folder
        finally:
            self.ask("stop")

    def play_through(self, settings: str, body: str) -> None:
        """Have a routine of these lines play to its end; what it asserts must hold."""
        with self.playing(settings, f"{HEAD}{textwrap.indent(textwrap.dedent(body), '    ')}"):
            gone = self.heard("gone", child="routine")
            assert gone["ending"] == "done", gone["why"]

    def told(self, event: str) -> list[Document]:
        """Give every event of a kind that has come since the bot was started."""
        while True:
            try:
                document = self._arrived.get_nowait()
            except queue.Empty:
                return [one for one in self.events if one["event"] == event]
            assert document is not None, f"the daemon ended: {self.errors}"
            self.events.append(document)

    def counted(self, name: str) -> float:
        """Give a counter of the bot."""
        return float(self.status()["counters"].get(name, 0))

    def until_counted(self, name: str, at_least: float = 1) -> None:
        """Wait until a counter has come so far."""
        eventually(lambda: self.counted(name) >= at_least, 15.0, f"{at_least:g} {name}")

    def go_round(self, times: int = 12, counter: str = "rounds") -> None:
        """Wait until the routine has gone round so many times more."""
        until = self.counted(counter) + times
        eventually(lambda: self.counted(counter) >= until, 15.0, f"{times} rounds of the routine")

    def reach(self, phase: str) -> Document:
        """Wait until the bot is in a phase; give the status."""
        eventually(lambda: self.status()["phase"] == phase, 15.0, f"the phase {phase}")
        return self.status()


@contextmanager
def shared_daemon(home: Path) -> Iterator[SharedDaemon]:
    """Run a daemon with its files in `home`; every process that it keeps is there at once."""
    with mock.patch.dict(os.environ, {"TRAYBOT_HOME": str(home)}), SharedDaemon(home) as daemon:
        kept = {"daemon", "hands", "manager", "forkserver"}
        eventually(lambda: kept <= daemon.status()["pids"].keys(), 15.0, "every process")
        yield daemon


def on(canvas: Painter, *watches: str) -> str:
    """Give the `bot.toml` of a bot that plays in a window and has these watches."""
    return "\n".join([PLAY, f'[bot]\nwindow = "^{canvas.title}$"\n', *watches])


def watch(name: str, **options: object) -> str:
    """Give a `[[watch]]`, one that only notifies and looks often unless told otherwise."""
    given = {"name": name, "then": "notify", "every": "20ms"} | options
    # A TOML value of these kinds is written as in JSON; a key that Python reserves ends in "_".
    lines = [f"{key.rstrip('_')} = {json.dumps(value)}" for key, value in given.items()]
    return "\n".join(["[[watch]]", *lines, ""])


def concluded(verdict: Document) -> float:
    """Give when the deathwatch concluded a verdict, in seconds of the daemon's clock.

    Its `t` is when the engine heard of it: on a busy machine that may be much later.
    """
    return float(verdict["t"] + (verdict["latency_ms"] - verdict["received_ms"]) / 1000.0)


def let_pass(seconds: float) -> None:
    """Let time pass in which nothing is to happen."""
    end = time.monotonic() + seconds
    eventually(lambda: time.monotonic() > end, seconds + 5.0, "the end of a while")


def png(picture: Pixels) -> bytes:
    """Give a picture as the bytes of a file."""
    return cv2.imencode(".png", picture)[1].tobytes()
