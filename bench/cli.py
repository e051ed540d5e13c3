"""How long does `traybot status` take cold, beside an interpreter that does nothing?

python bench/cli.py [N]

Once where no daemon runs and once where one answers. Beside the time on the clock stands the time
that the processor worked, which a busy machine does not stretch.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

NOTHING = ("-c", "pass")
STATUS = ("-m", "traybot", "status")
#: How long a daemon may take to come up, in seconds.
UP_SECONDS = 30.0


def once(*arguments: str) -> tuple[float, float]:
    """Give the milliseconds of one run of the interpreter: on the clock, and of work."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, code, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    return (time.perf_counter() - began) * 1000.0, (used.ru_utime + used.ru_stime) * 1000.0


def compare(what: str, runs: int) -> None:
    """Take turns, so that a busy moment hits both."""
    pairs = [(once(*NOTHING), once(*STATUS)) for _ in range(runs)]
    for name, column in (("python -c pass", 0), (f"traybot status, {what}", 1)):
        clock, work = zip(*(pair[column] for pair in pairs), strict=True)
        print(
            f"{name:28} p50 {statistics.median(clock):6.1f} ms   max {max(clock):6.1f} ms   "
            f"work p50 {statistics.median(work):6.1f} ms"
        )


def main(runs: int) -> None:
    """Compare without a daemon and with one."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["TRAYBOT_HOME"] = home
        compare("no daemon", runs)
        daemon = subprocess.Popen(
            [sys.executable, "-m", "traybot", "run", "--no-tray", "--no-hotkeys", "--autostart"]
        )
        try:
            deadline = time.monotonic() + UP_SECONDS
            while subprocess.run(
                [sys.executable, *STATUS], capture_output=True, check=False
            ).returncode:
                assert time.monotonic() < deadline, "the daemon did not come up"
            compare("a daemon runs", runs)
        finally:
            daemon.terminate()
            daemon.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
