"""How fast is stop? `python bench/stop.py --trials 500`: a table, and exit code 1 on a breach.

Each kind of stubborn routine holds two keys and a button, is stopped through the control socket,
and must be gone with everything released. Times count from the engine's receipt of the command to
the process being gone, as the product itself measures them; keys are read from the X server. Beside
each kind stands what the kernel alone takes for the same process, heir and all: a bare SIGKILL from
outside, while nobody else has anything to do, until its pidfd is readable.
"""

import argparse
import json
import math
import os
import select
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.desktop import Desktop, eventually
from tests.e2e.test_stop import ROUTINES, STOP_MS, code_of
from tests.running import Running, make_bot, x_keys

#: Every so many stops one life is killed from outside instead.
BARE_EVERY = 5


def quantile(ordered: list[float], share: float) -> float:
    """Give the nearest-rank quantile."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def measure(home: Path, name: str, trials: int) -> tuple[list[float], list[float]]:
    """Start and stop one kind of routine; give the sorted milliseconds, and those of bare kills."""
    make_bot(home, name, code_of(name))
    times, bare = [], []
    with x_keys() as keys, Running() as running:
        for trial in range(trials):
            assert running.ask("start", bot=name)["ok"], running.errors
            eventually(lambda: len(keys.held()) == 3, 10.0, "two keys and a button held")
            if trial % BARE_EVERY == 0:
                bare.append(kill(running.status()["pids"]["routine"]))
                running.heard("gone", child="routine")
            assert running.ask("stop")["ok"]
            assert len(keys.held()) == 0, f"{name} left something held"
            if trial % BARE_EVERY:
                times.append(float(running.heard("gone", child="routine")["stop_ms"]))
        summary = running.end()
    assert (summary["held_left"], summary["children_left"]) == (0, 0), summary
    return sorted(times), sorted(bare)


def kill(pid: int) -> float:
    """Kill a process of ours from outside; give the milliseconds until it is gone."""
    handle = os.pidfd_open(pid)
    try:
        began = time.perf_counter()
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        select.select([handle], [], [])
        return (time.perf_counter() - began) * 1000.0
    finally:
        os.close(handle)


def main() -> int:
    """Measure every kind; print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", nargs="*", choices=sorted(ROUTINES))
    options = parser.parse_args()
    worst, rows = 0.0, {}
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        os.environ |= {"DISPLAY": desktop.display, "TRAYBOT_HOME": folder}
        for name in options.only or ROUTINES:
            times, bare = measure(Path(folder), name, options.trials)
            row = {"p50": quantile(times, 0.5), "p99": quantile(times, 0.99), "max": times[-1]}
            row |= {"bare p50": quantile(bare, 0.5), "bare p99": quantile(bare, 0.99)}
            rows[name] = row
            worst = max(worst, times[-1])
            if not options.json:
                print(
                    f"{name:16} n={len(times)} " + " ".join(f"{k} {v:.2f}" for k, v in row.items())
                )
    if options.json:
        print(json.dumps({"trials": options.trials, "stop_ms": rows}))
    return 0 if worst <= STOP_MS else 1


if __name__ == "__main__":
    sys.exit(main())
