"""What happened so far? The blows, how long each repair took, and what was late."""

import os
import sys
import time
from collections import Counter, deque
from collections.abc import Callable

LOOK_SECONDS = 0.01
REMEMBERED = 80


class Breach(AssertionError):
    """A promise was broken."""


class Story:
    """The last happenings, and the counts of all."""

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self.dealt = 0
        self._began = time.monotonic()
        self._lines: deque[str] = deque(maxlen=REMEMBERED)
        self._counts: Counter[str] = Counter()
        self._times: dict[str, list[float]] = {}
        #: What took longer than promised, on a machine that was too busy for it.
        self._late: list[str] = []

    def note(self, what: str) -> None:
        """Remember a happening."""
        self._lines.append(f"{time.monotonic() - self._began:9.3f}  {what}")

    def dealt_one(self, role: str, blow: str, pid: int) -> None:
        """Count a blow."""
        self.dealt += 1
        self._counts[f"{role} {blow}"] += 1
        self.note(f"{blow} to {role} {pid}")
        if self.dealt % 100 == 0:
            minutes = (time.monotonic() - self._began) / 60.0
            print(f"{self.dealt} blows in {minutes:.1f} min", file=sys.stderr, flush=True)

    def took(self, what: str, seconds: float) -> None:
        """Keep how long something took."""
        self._times.setdefault(what, []).append(seconds)
        self.note(f"{what}: {seconds * 1000.0:.0f} ms")

    def until(self, what: str, limit: float, wrong: Callable[[], str]) -> None:
        """Wait until nothing is wrong; keep how long it took; a `Breach` if that was too long."""
        began = looked = time.monotonic()
        stall = 0.0
        while why := wrong():
            if time.monotonic() - began > limit * self.patience:
                load = f"load {os.getloadavg()[0]:.1f}, longest stall {stall * 1000:.0f} ms"
                raise Breach(f"not within {limit * self.patience:g} s: {what}: {why} ({load})")
            time.sleep(LOOK_SECONDS)
            now = time.monotonic()
            stall, looked = max(stall, now - looked - LOOK_SECONDS), now
        seconds = time.monotonic() - began
        self._times.setdefault(what, []).append(seconds)
        self.note(f"{what}: {seconds * 1000.0:.0f} ms")
        if seconds > limit:
            last = "; ".join(line[11:] for line in list(self._lines)[-6:])
            load = f"load {os.getloadavg()[0]:.1f}, longest stall {stall * 1000:.0f} ms"
            self._late.append(f"{what} took {seconds:.1f} s instead of {limit:g} ({load}): {last}")

    def told(self, breach: str) -> str:
        """Tell a breach with what led to it."""
        return "\n".join([f"breach after {self.dealt} blows: {breach}", *self._lines])

    def summary(self, head: str) -> str:
        """Tell counts and times."""
        minutes = (time.monotonic() - self._began) / 60.0
        lines = [f"{head}: {self.dealt} blows in {minutes:.1f} min, no breach"]
        lines += [f"  {blow:24} {number:5}" for blow, number in sorted(self._counts.items())]
        lines.append("  how long it took, ms        n    p50    p99    max")
        for what, times in sorted(self._times.items()):
            times.sort()
            p50, p99 = (times[int(share * (len(times) - 1))] * 1000.0 for share in (0.5, 0.99))
            lines.append(f"  {what:26} {len(times):5} {p50:6.0f} {p99:6.0f} {times[-1] * 1e3:6.0f}")
        lines += [f"  late: {late}" for late in self._late]
        return "\n".join(lines)
