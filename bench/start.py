"""How fast does a routine start? `python bench/start.py --trials 200`: command to first line.

The routine's own first line takes the time; the command's time is taken right before it is sent, so
the socket, the daemon, the fork and the import of the bot are all inside. One machine-wide clock.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot

FIRST_LINE = """
def play(bot):
    import time
    now = time.monotonic()
    bot.count("first", now)
    bot.sleep(3600)
"""
LIMIT_MS = 30.0


def main() -> int:
    """Measure; 1 if the median is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=200)
    trials = parser.parse_args().trials
    times = []
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        os.environ |= {"DISPLAY": desktop.display, "TRAYBOT_HOME": folder}
        make_bot(Path(folder), "first", FIRST_LINE)
        with Running() as running:
            for _ in range(trials):
                sent = time.monotonic()
                assert running.ask("start", bot="first")["ok"], running.errors
                # The gate is open at the answer; the line itself may come a moment later.
                counted = eventually(lambda: running.status()["counters"].get("first"), 10.0)
                times.append((counted - sent) * 1000.0)
                assert running.ask("stop")["ok"]
    times.sort()
    rows = {"p50": times[len(times) // 2], "p99": times[int(len(times) * 0.99)], "max": times[-1]}
    print(
        f"command to first line, ms, n={trials}: "
        + " ".join(f"{k} {v:.1f}" for k, v in rows.items())
    )
    return 0 if rows["p50"] <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
