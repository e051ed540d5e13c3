"""What does a picture of the screen cost, beside what it must cost? `python bench/capture.py`.

Blocks of each way in turn, in one run, on one virtual screen: `XShmGetImage` from C (the floor),
our camera, our whole `Screen.grab`, mss. Exit code 1 when ours is beyond its limit. The floor is
left out where there is no gcc with Xlib's headers (Debian: libx11-dev libxext-dev).

Who asks runs on one core, the X server on another, as where cores are idle; otherwise chance
decides for each way, and outweighs all its work. The last case has both on one core.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.desktop import Desktop
from traybot.core.geometry import Rect
from traybot.vision.camera import MssCamera
from traybot.vision.screen import Screen
from traybot.vision.x11_camera import X11Camera

SIZE = "1920x1080x24"
#: The case in which who asks and the X server are on one core.
TOGETHER = "200x100, one core"
SMALL = Rect(860, 490, 200, 100)
#: What of the screen, and how many times the floor `Screen.grab` may cost.
CASES = {
    "1920x1080": (Rect(0, 0, 1920, 1080), 1.15),
    "200x100": (SMALL, 1.25),
    TOGETHER: (SMALL, 1.25),
}
OURS = "ours, Screen.grab"
#: The cores we may use, where a system lets us choose.
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
#: Pictures in a row of one way; the first ones of each block do not count.
BLOCK, WARM = 30, 5

#: Takes a number and a rectangle, gives the milliseconds of each picture.
Way = Callable[[int, Rect], list[float]]


def timed(take: Callable[[Rect], object]) -> Way:
    """Measure a way of ours."""

    def block(number: int, rect: Rect) -> list[float]:
        times = []
        for _ in range(number):
            start = time.perf_counter()
            take(rect)
            times.append((time.perf_counter() - start) * 1000.0)
        return times

    return block


@contextmanager
def floor() -> Iterator[dict[str, Way]]:
    """Build and start the C program; nothing where that cannot be done."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "xshm")
        source = Path(__file__).with_name("xshm.c")
        build = ["gcc", "-O2", "-o", f"{program}", f"{source}", "-lX11", "-lXext"]
        built = shutil.which("gcc") and subprocess.run(build, check=False).returncode == 0
        if not built:
            yield {}
            return
        pipe = subprocess.PIPE
        with subprocess.Popen([program], stdin=pipe, stdout=pipe, text=True) as running:
            assert running.stdin is not None
            assert running.stdout is not None
            asked, told = running.stdin, running.stdout

            def block(number: int, rect: Rect) -> list[float]:
                print(number, *rect.as_list(), file=asked, flush=True)
                return [int(nanos) / 1e6 for nanos in told.readline().split()]

            yield {"C, XShmGetImage": block}


def pin(server: set[int], *, together: bool) -> None:
    """Keep the X server on a core of its own, or on ours, where a system lets us choose."""
    if CORES:
        os.sched_setaffinity(0, {CORES[-1]})
        for process in server:
            os.sched_setaffinity(process, {CORES[-1] if together else CORES[0]})


def measure(blocks: int, server: set[int]) -> dict[str, dict[str, dict[str, float]]]:
    """Give what every way costs, for each case; `server`: the X server's processes."""
    pin(server, together=False)  # before the C program starts, which stays where we are
    camera, mss = X11Camera(), MssCamera()
    camera.layout()
    mss.layout()
    with Screen() as screen, floor() as ways:
        screen.grab()
        ways |= {"ours, the camera": timed(camera.take), OURS: timed(screen.grab)}
        ways |= {"mss": timed(mss.take)}
        table = {}
        for case, (rect, _) in CASES.items():
            pin(server, together=case == TOGETHER)
            rounds = [round_of(ways, rect) for _ in range(blocks)]
            table[case] = {name: summary(name, rounds) for name in ways}
    camera.close()
    mss.close()
    return table


def round_of(ways: dict[str, Way], rect: Rect) -> dict[str, float]:
    """Have every way take a block, in any order; give each block's median."""
    order = random.sample(list(ways), len(ways))
    times = {name: statistics.median(ways[name](BLOCK, rect)[WARM:]) for name in order}
    return {name: times[name] for name in ways}


def summary(name: str, rounds: list[dict[str, float]]) -> dict[str, float]:
    """Give the median, and the median of the ratio to the floor inside each round.

    What else runs on the machine slows a whole round down, and so hardly touches the ratio.
    """
    ratios = [one[name] / next(iter(one.values())) for one in rounds]
    return {
        "ms": statistics.median(one[name] for one in rounds),
        "ratio": statistics.median(ratios),
    }


def main() -> int:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=60, help="of pictures, for each way")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with Desktop(manager=None, size=SIZE) as desktop:
        os.environ["DISPLAY"] = desktop.display
        pattern = ["xsetroot", "-mod", "16", "7", "-fg", "navy", "-bg", "tan"]
        subprocess.run(pattern, check=True)
        table = measure(options.blocks, desktop.pids)
    if options.json:
        print(json.dumps(table))
    else:
        for case, row in table.items():
            for way, cost in row.items():
                print(f"{case:17} {way:18} {cost['ms']:8.4f} ms  x {cost['ratio']:.2f}")
    return int(any(table[case][OURS]["ratio"] > limit for case, (_, limit) in CASES.items()))


if __name__ == "__main__":
    sys.exit(main())
