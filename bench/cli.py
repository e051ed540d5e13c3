"""How long does `traybot status` take cold, beside an interpreter that does nothing?

python bench/cli.py [N]
"""

import statistics
import subprocess
import sys
import time


def once(*arguments: str) -> float:
    """Give the milliseconds of one run of the interpreter."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
    return (time.perf_counter() - began) * 1000.0


def main(runs: int) -> None:
    """Take turns, so that a busy moment hits both."""
    pairs = [(once("-c", "pass"), once("-m", "traybot", "status")) for _ in range(runs)]
    bare, status = (statistics.median(column) for column in zip(*pairs, strict=True))
    slowest = max(pair[1] for pair in pairs)
    print(f"python -c pass   p50 {bare:6.1f} ms")
    print(f"traybot status   p50 {status:6.1f} ms   max {slowest:.1f} ms   x {status / bare:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
