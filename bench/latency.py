"""How fast is death seen? `python bench/latency.py`: its pixels on the screen to the routine gone.

A client of its own draws the death picture and takes the time when the X server has done so (flush
and sync); the routine's end is seen on a pidfd. One machine-wide clock. Twice: on a still screen,
and in a window that is drawn anew sixty times a second, each frame another one. The bot has a
window, a region of 200x100 in it and a template of 64x64. The share of a core is the deathwatch's
own processor time, without deaths. Exit code 1 on a breach of a limit.
"""

import argparse
import json
import math
import os
import random
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil
from Xlib.xobject.drawable import Pixmap

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot

SIZE, PLACE, SKULL = (640, 480), (200, 150), 64
TITLE = "latency"
FRAMES, FRAME_SECONDS = 8, 1 / 60
ROUTINE = """
def play(bot):
    while True:
        bot.sleep(0.02)
"""
BOT = """
[bot]
window = "^{title}$"

[[watch]]
name = "death"
see = "skull.png"
region = [150, 120, 200, 100]
every = "{every}ms"
then = "restart"
"""
#: p50, p99 in milliseconds; share of a core in percent; milliseconds of a look at the same pixels.
LIMITS = {"still": (5.0, 10.0, 1.0), "60 fps": (20.0, 35.0, 10.0)}
SAME_MS = 0.02


class Client:
    """The game: it draws, and on each line of input shows death, or life again."""

    def __init__(self, mode: str) -> None:
        from PIL import Image

        from tests.system.x11_window import WitnessWindow
        from tests.vision.scenes import noise

        self._moves = mode == "60 fps"
        self._window = WitnessWindow(os.environ["DISPLAY"], TITLE, (40, 60, *SIZE))
        self._brush = self._window.window.create_gc()
        depth = self._window.connection.screen().root_depth
        skull = Image.fromarray(noise(SKULL, SKULL, seed=99))
        #: Pixmaps that lie ready in the server: without and with death.
        self._drawn: tuple[list[Pixmap], list[Pixmap]] = ([], [])
        for number in range(FRAMES):
            picture = Image.fromarray(noise(*SIZE, seed=number))
            for pixmaps in self._drawn:
                pixmap = self._window.window.create_pixmap(*SIZE, depth)
                pixmap.put_pil_image(self._brush, 0, 0, picture)
                pixmaps.append(pixmap)
                picture.paste(skull, PLACE)
        self._window.connection.sync()  # twenty megabytes: a busy machine takes seconds for them
        self._window.show(focus=True)
        self._dead, self._number = False, 0

    def draw(self) -> float:
        """Draw the next frame; give the time at which it was on the screen."""
        self._number += self._moves
        pixmap = self._drawn[self._dead][self._number % FRAMES]
        self._window.window.copy_area(self._brush, pixmap, 0, 0, *SIZE, 0, 0)
        self._window.connection.sync()
        return time.monotonic()

    def run(self) -> None:
        """Draw until the input ends; print a time for each line of it."""
        self.draw()
        print("ready", flush=True)
        due = time.monotonic()
        while True:
            due += FRAME_SECONDS
            patience = max(0.0, due - time.monotonic()) if self._moves else None
            asked = select.select([sys.stdin], [], [], patience)[0]
            if asked and not sys.stdin.readline():
                break
            self._dead ^= bool(asked)
            if asked and self._moves:
                time.sleep(max(0.0, due - time.monotonic()))  # it is part of the next frame
            at = self.draw()
            if asked:
                print(at, flush=True)
        self._window.connection.close()


class Game:
    """The client, as seen from here."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        assert running.stdin is not None
        assert running.stdout is not None
        self._asks, self._told = running.stdin, running.stdout
        self._told.readline()

    def flip(self) -> float:
        """Show death, or life again; give the time at which it was on the screen."""
        print(file=self._asks, flush=True)
        return float(self._told.readline())


@contextmanager
def game(mode: str) -> Iterator[Game]:
    """Start the client."""
    command = [sys.executable, __file__, "--client", mode]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as running:
        yield Game(running)


def trial(running: Running, shown: Game) -> tuple[float, float]:
    """Die once, and have the next life play.

    Gives the milliseconds from the pixels to the routine gone, and of them those until the gate
    was shut: from then on nothing is pressed, and the rest is the kill.
    """
    pid = int(running.status()["pids"]["routine"])
    handle = os.pidfd_open(pid)
    try:
        at = shown.flip()
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        assert poll.poll(5000), "the routine lives"
        gone = time.monotonic()
    finally:
        os.close(handle)
    shown.flip()
    gate = running.heard("verdict")["gate_ms"]
    kill = running.heard("gone", child="routine")["seen_to_gone_ms"] - gate

    def plays() -> bool:
        status = running.status()
        return status["phase"] == "running" and status["pids"].get("routine", pid) != pid

    eventually(plays, 20.0, "the next life")
    time.sleep(random.uniform(0.15, 0.25))  # at any moment between two looks
    whole = (gone - at) * 1000.0
    return whole, max(0.0, whole - kill)


def measure(folder: Path, mode: str, trials: int, seconds: float) -> dict[str, float]:
    """Give p50, p99, the greatest time, the gate's, and the deathwatch's share of a core in %."""
    from tests.e2e.shared import png
    from tests.vision.scenes import noise

    name = mode.replace(" ", "")
    picture = {"skull.png": png(noise(SKULL, SKULL, seed=99)[:, :, ::-1])}
    every = 16 if mode == "60 fps" else 50
    make_bot(folder, name, ROUTINE, BOT.format(title=TITLE, every=every), **picture)
    with game(mode) as shown, Running() as running:
        assert running.ask("start", bot=name)["ok"], running.errors
        running.heard("running")
        watcher = psutil.Process(running.status()["pids"]["deathwatch"])
        time.sleep(1.0)
        before, began = sum(watcher.cpu_times()[:2]), time.monotonic()
        time.sleep(seconds)
        share = (sum(watcher.cpu_times()[:2]) - before) / (time.monotonic() - began) * 100.0
        both = [trial(running, shown) for _ in range(trials)]
        running.ask("stop")
    times, gates = sorted(one[0] for one in both), sorted(one[1] for one in both)
    return {
        "n": trials,
        "p50": quantile(times, 0.5),
        "p99": quantile(times, 0.99),
        "max": times[-1],
        "gate p50": quantile(gates, 0.5),
        "gate p99": quantile(gates, 0.99),
        "core": share,
    }


def quantile(times: list[float], part: float) -> float:
    """Give a quantile of sorted times."""
    return times[max(0, math.ceil(part * len(times)) - 1)]


def same_again() -> float:
    """Give the milliseconds of a decision about a region of which the picture is there already."""
    from tests.vision.scenes import noise
    from traybot.core import watch as rules
    from traybot.core.watchfile import WatchSpec
    from traybot.vision.changes import fingerprint

    pixels, spec, state = noise(200, 100, 4), WatchSpec("death"), rules.WatchState()
    known, times = fingerprint(pixels), []
    for _ in range(5000):
        start = time.perf_counter()
        same = fingerprint(pixels) == known
        state, _fires = rules.look(spec, state, sees=not same, at=start)
        times.append((time.perf_counter() - start) * 1000.0)
    return sorted(times)[len(times) // 2]


def main() -> int:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0, help="over which the share is taken")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--client", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        Client(options.client).run()
        return 0
    rows = {}
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        os.environ |= {"DISPLAY": desktop.display, "TRAYBOT_HOME": folder}
        for mode in LIMITS:
            rows[mode] = measure(Path(folder), mode, options.trials, options.seconds)
    same = same_again()
    if options.json:
        print(json.dumps({"death_ms": rows, "same_again_ms": same}))
    else:
        for mode, row in rows.items():
            print(f"{mode:8} " + "  ".join(f"{name} {value:.2f}" for name, value in row.items()))
        print(f"a look at the same 200x100 pixels, without the capture: {same:.4f} ms")
    kept = all(
        all(
            value <= limit
            for value, limit in zip(
                (row["p50"], row["p99"], row["core"]), LIMITS[mode], strict=True
            )
        )
        for mode, row in rows.items()
    )
    return int(not (kept and same <= SAME_MS))


if __name__ == "__main__":
    sys.exit(main())
