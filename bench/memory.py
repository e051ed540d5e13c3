"""How much memory do we take? `python bench/memory.py`: PSS per process, MB, at three moments.

PSS counts what processes share once, in parts: the sum over our processes is what we take in all.
Exit code 1 if a daemon without tray and bot takes more than its limit before the first start.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot

LIMIT_MB = 60.0
PLAYS = """
def play(bot):
    while True:
        bot.screen.find("templates/none.png") if False else bot.screen.grab()
        bot.keys.tap("a")
        bot.count("rounds")
        bot.sleep(0.05)
"""
WATCH = """
[[watch]]
name = "red"
kind = "color"
color = "#c02020"
region = [0, 0, 200, 100]
then = "stop"
"""


def pss(daemon: int) -> dict[str, float]:
    """Give each process of a daemon by name with its proportional set size in MB."""
    sizes: dict[str, float] = {}
    process = psutil.Process(daemon)
    for one in (process, *process.children(recursive=True)):
        sizes[f"{_name(one, daemon)} {one.pid}"] = one.memory_full_info().pss / 1e6
    return sizes


def _name(process: psutil.Process, daemon: int) -> str:
    if process.pid == daemon:
        return "daemon"
    line = " ".join(process.cmdline())
    for part in ("resource_tracker", "forkserver"):
        if part in line:
            return part
    return "spawned"


def named(running: Running) -> dict[str, float]:
    """Give the sizes with the names that the status knows."""
    roles = {pid: role for role, pid in running.status()["pids"].items()}
    sizes = {}
    for name, size in pss(running.process.pid).items():
        pid = int(name.split()[-1])
        sizes[roles.get(pid, name.split()[0])] = size
    return sizes


def measure(home: Path) -> dict[str, dict[str, float]]:
    """Measure one daemon before its first start, while a bot plays, and after its stop."""
    make_bot(home, "plays", PLAYS, WATCH)
    with Running() as running:
        # All that comes up by itself is up, and has done its first work.
        eventually(lambda: running.status()["seconds"] > 3.0, 30.0, "three seconds of rest")
        found = {"before the first start": named(running)}
        assert running.ask("start", bot="plays")["ok"], running.errors
        eventually(lambda: running.status()["counters"].get("rounds", 0) > 20, 30.0, "play")
        found["while a bot plays"] = named(running)
        assert running.ask("stop")["ok"]
        found["after its stop"] = named(running)
    return found


def main() -> int:
    """Measure; 1 over the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        os.environ |= {"DISPLAY": desktop.display, "TRAYBOT_HOME": folder}
        found = measure(Path(folder))
    if options.json:
        print(json.dumps(found))
    for moment, sizes in found.items() if not options.json else ():
        each = ", ".join(f"{name} {size:.1f}" for name, size in sizes.items())
        print(f"{moment}: {sum(sizes.values()):.1f} MB PSS ({each})")
    return 0 if sum(found["before the first start"].values()) <= LIMIT_MB else 1


if __name__ == "__main__":
    sys.exit(main())
