"""How fast is a hotkey? `python bench/hotkey.py --trials 500`: a table, and exit code 1 on a miss.

The bot holds Shift and a letter. A hand of its own (XTest) presses the chord of stop, or of panic.
Counted is the time from just before the key's press is sent to the routine's process being gone, as
its pidfd tells; beside it the part that begins with the engine's receipt, as the product measures
it; and what a bare process of the same build takes that has no heir: killed, its memory taken down,
gone.
"""

import argparse
import json
import math
import multiprocessing
import os
import select
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from Xlib import X
from Xlib.display import Display
from Xlib.ext import xtest

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot, x_keys
from traybot.system.x11_input import X11Injector

#: At the 99th percentile: from the press to the routine gone, and from the engine's receipt.
PRESS_MS, RECEIPT_MS = 25.0, 10.0
CODE = "def play(bot):\n    with bot.keys.hold('shift', 'a'):\n        while True: pass\n"
#: How long it spins before it is killed: about as long as the routine does.
SPIN_SECONDS = 0.1
CHORDS = {"stop": "f9", "panic": "f10"}


def quantile(values: list[float], share: float) -> float:
    """Give the nearest-rank quantile."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@contextmanager
def held(hand: Display, code: int) -> Iterator[None]:
    """Hold a key for the time of a `with` block."""
    xtest.fake_input(hand, X.KeyPress, code)
    hand.sync()
    yield
    xtest.fake_input(hand, X.KeyRelease, code)
    hand.sync()


def once(running: Running, hand: Display, keys: X11Injector, action: str) -> tuple[float, float]:
    """Press one chord; give the milliseconds from the press, and from the engine's receipt."""
    assert running.ask("start")["ok"], running.errors
    eventually(lambda: len(keys.held()) == 2, 10.0, "two keys held by the bot")
    gone = os.pidfd_open(running.status()["pids"]["routine"])
    try:
        with held(hand, keys.code_of("ctrl")):
            began = time.monotonic()
            with held(hand, keys.code_of(CHORDS[action])):
                assert select.select([gone], [], [], 5.0)[0], f"{action} was not heard"
                pressed = (time.monotonic() - began) * 1000.0
    finally:
        os.close(gone)
    inside = float(running.heard("gone", child="routine")["stop_ms"])
    running.heard("stopped")
    eventually(lambda: not keys.pressed_anywhere(), 5.0, "every key up")
    return pressed, inside


def spin() -> None:
    """Be what a life is to the kernel: a session, three threads, OpenCV in memory, never idle."""
    os.setsid()
    for _ in range(2):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    while True:
        pass


def bare() -> float:
    """Kill a process that is nothing but that; give the milliseconds until it is gone."""
    spinner = multiprocessing.get_context("forkserver").Process(target=spin)
    spinner.start()
    assert spinner.pid is not None
    gone = os.pidfd_open(spinner.pid)
    select.select([gone], [], [], SPIN_SECONDS)
    began = time.monotonic()
    signal.pidfd_send_signal(gone, signal.SIGKILL)
    select.select([gone], [], [], 5.0)
    took = (time.monotonic() - began) * 1000.0
    os.close(gone)
    spinner.join()
    return took


def measure(home: Path, action: str, trials: int) -> dict[str, list[float]]:
    """Press so often; give all milliseconds, in the order of the presses."""
    make_bot(home, f"bench-{action}", CODE)
    with (
        x_keys() as keys,
        closing(Display(os.environ["DISPLAY"])) as hand,
        Running(f"bench-{action}", faces=True) as running,
    ):
        running.heard("running")
        assert running.ask("stop")["ok"]
        running.heard("stopped")
        rows = [(*once(running, hand, keys, action), bare()) for _ in range(trials)]
        summary = running.end()
    assert (summary["held_left"], summary["children_left"]) == (0, 0), summary
    return {name: [row[n] for row in rows] for n, name in enumerate(("press", "receipt", "bare"))}


def main() -> int:
    """Measure both chords; print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    multiprocessing.get_context("forkserver").set_forkserver_preload(["cv2", "numpy"])
    found: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        os.environ |= {"DISPLAY": desktop.display, "TRAYBOT_HOME": folder}
        for action in CHORDS:
            for since, times in measure(Path(folder), action, options.trials).items():
                row = {name: quantile(times, q) for name, q in (("p50", 0.5), ("p99", 0.99))}
                row["max"] = max(times)
                found.setdefault(action, {})[since] = row
                if not options.json:
                    told = " ".join(f"{name} {value:.2f}" for name, value in row.items())
                    print(f"{action:6} {since:8} n={len(times)} ms: {told}", flush=True)
    if options.json:
        print(json.dumps({"trials": options.trials, "ms": found}))
    limits = {"press": PRESS_MS, "receipt": RECEIPT_MS, "bare": math.inf}
    met = all(row["p99"] <= limits[s] for rows in found.values() for s, row in rows.items())
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
