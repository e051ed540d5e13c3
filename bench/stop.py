"""How fast is stop? `python bench/stop.py --trials 500`: a table, and exit code 1 on a breach.

Each kind of stubborn routine holds two keys and a button, is stopped through the control socket,
and must be gone with everything released. Times count from the engine's receipt of the command to
the process being gone, as the product itself measures them; keys are read from the X server.
"""

import argparse
import json
import math
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.desktop import Desktop, eventually
from tests.e2e.test_stop import ROUTINES, STOP_MS, code_of
from tests.running import Running, make_bot, x_keys


def quantile(ordered: list[float], share: float) -> float:
    """Give the nearest-rank quantile."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def measure(home: Path, name: str, trials: int) -> list[float]:
    """Start and stop one kind of routine; give the sorted milliseconds."""
    make_bot(home, name, code_of(name))
    times = []
    with x_keys() as keys, Running() as running:
        for _ in range(trials):
            assert running.ask("start", bot=name)["ok"], running.errors
            eventually(lambda: len(keys.held()) == 3, 10.0, "two keys and a button held")
            assert running.ask("stop")["ok"]
            times.append(float(running.heard("gone", child="routine")["stop_ms"]))
            assert len(keys.held()) == 0, f"{name} left something held"
        summary = running.end()
    assert (summary["held_left"], summary["children_left"]) == (0, 0), summary
    return sorted(times)


def main() -> int:
    """Measure every kind; print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    worst, rows = 0.0, {}
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        os.environ |= {"DISPLAY": desktop.display, "TRAYBOT_HOME": folder}
        for name in ROUTINES:
            times = measure(Path(folder), name, options.trials)
            row = {"p50": quantile(times, 0.5), "p99": quantile(times, 0.99), "max": times[-1]}
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
