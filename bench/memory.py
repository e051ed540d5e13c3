"""How much memory do we take? `python bench/memory.py`: MB per process and in all, three times.

PSS divides what processes share among all who share it, other programs too: on a machine where much
else runs in Python it flatters us. So the sum is also given as it would be if nobody else ran: what
is ours alone, and of each shared file as much as the one of us that has most of it in memory.
Exit code 1 if a daemon without tray and bot takes more than its limit before the first start, the
forkserver counted apart (docs/decisions/0024).
"""

import argparse
import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot

LIMIT_MB = 60.0
APART = {"forkserver"}
PLAYS = """
def play(bot):
    while True:
        bot.screen.color(10, 10)
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
#: Of each mapping: what no other process has, and what some other one has too. MB.
Parts = dict[str, tuple[float, float]]


def parts_of(pid: int) -> tuple[float, Parts]:
    """Give a process's PSS, and each of its mappings by file."""
    pss, name = 0.0, ""
    own: dict[str, float] = defaultdict(float)
    shared: dict[str, float] = defaultdict(float)
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        head, *rest = line.split()
        if not head.endswith(":"):
            # What is no file's is shared by forks alone: at the same addresses.
            name = rest[4] if len(rest) > 4 else head
        elif head == "Pss:":
            pss += int(rest[0]) / 1e3
        elif head in {"Private_Clean:", "Private_Dirty:"}:
            own[name] += int(rest[0]) / 1e3
        elif head in {"Shared_Clean:", "Shared_Dirty:"}:
            shared[name] += int(rest[0]) / 1e3
    return pss, {name: (own[name], shared[name]) for name in own}


def alone(processes: list[Parts]) -> float:
    """Give the MB that these processes would take if there were no others."""
    most: dict[str, float] = defaultdict(float)
    for parts in processes:
        for name, (_, shared) in parts.items():
            most[name] = max(most[name], shared)
    return sum(own for parts in processes for own, _ in parts.values()) + sum(most.values())


def look(running: Running) -> dict[str, float]:
    """Measure a daemon's processes by name, and two sums."""
    names = {pid: role for role, pid in running.status()["pids"].items()}
    daemon = psutil.Process(running.process.pid)
    sizes, parts = {}, {}
    # An heir has the very memory of its player, which is counted there.
    family = [one for one in daemon.children(recursive=True) if one.name() != "traybot heir"]
    for one in (daemon, *family):
        name = names.get(one.pid, f"process {one.pid}")
        sizes[name], parts[name] = parts_of(one.pid)
    some = [part for name, part in parts.items() if name not in APART]
    return sizes | {"alone": alone(some), "alone, all": alone(list(parts.values()))}


def measure(home: Path) -> dict[str, dict[str, float]]:
    """Measure one daemon before its first start, while a bot plays, and after its stop."""
    make_bot(home, "plays", PLAYS, WATCH)
    with Running() as running:
        # All that comes up by itself is up, and has done its first work.
        eventually(lambda: running.status()["seconds"] > 5.0, 30.0, "five seconds of rest")
        found = {"before the first start": look(running)}
        assert running.ask("start", bot="plays")["ok"], running.errors
        eventually(lambda: running.status()["counters"].get("rounds", 0) > 20, 30.0, "play")
        found["while a bot plays"] = look(running)
        assert running.ask("stop")["ok"]
        found["after its stop"] = look(running)
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
        each = {name: size for name, size in sizes.items() if not name.startswith("alone")}
        apart = sum(size for name, size in each.items() if name in APART)
        print(f"{moment}: " + ", ".join(f"{name} {size:.1f}" for name, size in each.items()))
        print(f"  PSS {sum(each.values()) - apart:.1f}, with forkserver {sum(each.values()):.1f}")
        print(f"  alone {sizes['alone']:.1f}, with forkserver {sizes['alone, all']:.1f}")
    return 0 if found["before the first start"]["alone"] <= LIMIT_MB else 1


if __name__ == "__main__":
    sys.exit(main())
