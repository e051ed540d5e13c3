"""Does it run for days? `python bench/soak.py --hours 72 --compress 216`: three days in 20 minutes.

A routine that fails every 5 minutes, a change of state each second, new settings every 10 minutes,
a stop and a start every hour, all so many times faster; what cannot be that fast is as fast as it
goes. Memory, descriptors, threads, shared memory, files and log must be flat, and a daemon at rest
must do next to nothing. Exit code 1 if not. `--samples FILE` keeps the samples, one document a
line; bench/soak_plot.py draws them.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.soak_samples import LASTING, Sample, look, work
from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot
from traybot.shells import settings_file
from traybot.shells.paths import find_paths

#: Nothing may change by more than this from the second quarter to the last.
FLAT = 0.05
#: But for so little, which is less than one thing: MB, descriptors, files.
LITTLE = 0.5
REST_SHARE = 0.002
#: A daemon's threads are woken about 5 times a second, to look after its children.
BARE = "import os, time\nwhile True:\n    time.sleep(1 / 5)\n    os.path.exists('/nowhere')"
LOG_CAP_MB = 8.0
SAMPLE_SECONDS = 2.0
SETTLE_SECONDS = 10.0
CODE = """
import time
def play(bot):
    began = time.monotonic()
    while time.monotonic() - began < {seconds}:
        with bot.keys.hold("a", "shift"):
            bot.count("rounds")
            bot.sleep(0.02)
        bot.screen.color(10, 10)
    raise RuntimeError("it fails, as it does every five minutes")
"""
WATCH = """
[[watch]]
name = "red"
kind = "color"
color = "#c02020"
region = [0, 0, 200, 100]
then = "stop"
"""


class Soak:
    """One long run, made short."""

    def __init__(self, running: Running, home: Path, compress: float) -> None:
        self._running, self._home = running, home
        self._temp = Path(os.environ["TMPDIR"])
        self._began = time.monotonic()
        self.samples: list[Sample] = []
        self.did: Counter[str] = Counter()
        now = self._began
        #: What is done, how often, and when next.
        self._every = {
            "state": max(1.0 / compress, 0.2),
            "settings": max(600.0 / compress, 2.0),
            "stop": max(3600.0 / compress, 10.0),
            "sample": SAMPLE_SECONDS,
        }
        self._due = {name: now + seconds for name, seconds in self._every.items()}

    def run(self, seconds: float) -> None:
        """Go on for so long."""
        end = self._began + seconds
        while (now := time.monotonic()) < end:
            name = min(self._due, key=lambda one: self._due[one])
            if self._due[name] > now:
                time.sleep(self._due[name] - now)
            self._due[name] = time.monotonic() + self._every[name]
            getattr(self, f"_{name}")()
        self._stop()

    def _state(self) -> None:
        status = self._running.status()
        phase = status["phase"]
        if phase in {"failed", "idle"}:
            self.did["start"] += 1
            self._running.ask("start", bot="fails")
        elif phase in {"running", "paused"}:
            self.did["pause or resume"] += 1
            self._running.ask("resume" if phase == "paused" else "pause")

    def _settings(self) -> None:
        self.did["settings"] += 1
        value = 50 + self.did["settings"] % 50
        settings_file.set_option(find_paths().settings, "recorder.incidents", value)
        assert self._running.ask("reload")["ok"]

    def _stop(self) -> None:
        self.did["stop"] += 1
        assert self._running.ask("stop")["ok"]
        self._sample(rest=True)

    def _sample(self, *, rest: bool = False) -> None:
        status = self._running.status()
        pids = status["pids"]
        if rest:
            pids = {role: pid for role, pid in pids.items() if role in LASTING}
        try:
            at = time.monotonic() - self._began
            sample = look(at, pids, self._home, self._temp, rest=rest)
        except OSError:
            return  # One of them ended just now.
        sample.deaths = float(status["life"])
        self.samples.append(sample)


def series(samples: list[Sample]) -> dict[str, list[float]]:
    """Give each quantity of a daemon at rest over time."""
    found: dict[str, list[float]] = {}
    for sample in samples:
        for kind in ("own", "descriptors", "threads"):
            for role, value in getattr(sample, kind).items():
                found.setdefault(f"{kind} of {role}", []).append(value)
        for kind in ("shared", "files"):
            found.setdefault(kind, []).append(getattr(sample, kind))
    return found


def judge(samples: list[Sample]) -> list[str]:
    """Print how flat each quantity is; name those that are not."""
    wrong = []
    for name, values in series([one for one in samples if one.rest]).items():
        quarter = max(1, len(values) // 4)
        first, last = (
            statistics.fmean(part) for part in (values[quarter : 2 * quarter], values[-quarter:])
        )
        change = (last - first) / first if first else float(last > 0)
        flat = abs(change) <= FLAT or abs(last - first) <= LITTLE
        print(
            f"  {name:26} {first:8.2f} -> {last:8.2f}  {change:+7.1%} {'' if flat else 'NOT FLAT'}"
        )
        if not flat:
            wrong.append(name)
    log = max(sample.log for sample in samples)
    print(f"  log {log:.2f} MB at most, its cap is {LOG_CAP_MB} MB")
    return wrong + ["log"] * (log > LOG_CAP_MB)


def at_rest(seconds: float, *, tray: bool) -> float:
    """Give the share of a core that a daemon without a bot uses, over all its processes."""
    with Running(faces=tray) as running:
        # On a busy machine the tray is there seconds later.
        up = lambda: running.status()["tray"] != "not up yet"  # noqa: E731
        eventually(up, 30.0, "the tray")
        pids = list(running.status()["pids"].values())
        work(pids, SETTLE_SECONDS)
        return work(pids, seconds)


def at_bare_rest(seconds: float) -> float:
    """Give the share of a process that is woken as often, and does nothing then.

    On a virtual machine that takes the memory of who sleeps, to wake alone may take 3 ms.
    """
    with subprocess.Popen([sys.executable, "-c", BARE]) as process:
        work([process.pid], SETTLE_SECONDS)
        share = work([process.pid], seconds)
        process.kill()
    return share


def main() -> int:
    """Run; 1 if something grows, or works while it should rest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=72.0, help="0: only the rest")
    parser.add_argument("--compress", type=float, default=216.0)
    parser.add_argument("--rest", type=float, default=30.0, help="seconds to measure at rest")
    parser.add_argument("--samples", type=Path)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="traybot-soak-") as folder,
        Desktop(tray="trayer") as desktop,
    ):
        home, temp = Path(folder, "home"), Path(folder, "tmp")
        home.mkdir()
        temp.mkdir()
        os.environ |= desktop.env | {"TRAYBOT_HOME": str(home), "TMPDIR": str(temp)}
        shares = {name: at_rest(options.rest, tray=name == "with tray") for name in _RESTS}
        for name, share in shares.items():
            print(f"at rest, {name}: {share:.3%} of a core")
        bare = at_bare_rest(options.rest)
        print(f"a bare process that is woken as often: {bare:.3%}")
        restless = max(shares.values()) > REST_SHARE
        if not options.hours:
            return int(restless)
        make_bot(home, "fails", CODE.format(seconds=300.0 / options.compress), WATCH)
        with Running("fails", faces=True) as running:
            soak = Soak(running, home, options.compress)
            soak.run(options.hours * 3600.0 / options.compress)
    if options.samples:
        lines = (json.dumps(sample.document()) for sample in soak.samples)
        options.samples.write_text("\n".join(lines) + "\n")
    print(f"{options.hours:g} h, {options.compress:g} times as fast: {dict(soak.did)}, ", end="")
    print(f"{len(soak.samples)} samples")
    wrong = judge(soak.samples)
    return 1 if wrong or restless else 0


_RESTS = ("without tray and hotkeys", "with tray")


if __name__ == "__main__":
    sys.exit(main())
