"""How much does a daemon take now? Memory, descriptors, threads, files, work; per process."""

import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench import chaos_laws as laws

#: Those that live as long as the daemon, unless they are killed.
LASTING = ("daemon", "hands", "manager", "forkserver")


@dataclass
class Sample:
    """One look. Sizes in MB, times in seconds since the soak began."""

    at: float
    #: Whether no bot was at work.
    rest: bool
    pss: dict[str, float] = field(default_factory=dict)
    #: Of that what is no file's: files' pages are shared with whoever else runs Python just then.
    own: dict[str, float] = field(default_factory=dict)
    descriptors: dict[str, float] = field(default_factory=dict)
    threads: dict[str, float] = field(default_factory=dict)
    #: System V segments and names in shared memory that are ours.
    shared: float = 0.0
    files: float = 0.0
    log: float = 0.0
    deaths: float = 0.0

    def document(self) -> dict[str, object]:
        """Give it as one line of a file."""
        return asdict(self)


def look(at: float, pids: dict[str, int], home: Path, temp: Path, *, rest: bool) -> Sample:
    """Take a sample of a daemon's processes, named by their roles."""
    sample = Sample(at, rest)
    for role, pid in pids.items():
        sample.pss[role], sample.own[role] = _pss(pid)
        sample.descriptors[role] = laws.descriptors(pid)
        sample.threads[role] = laws.threads(pid)
    known = set(pids.values())
    names = [name for name in laws.shared_memory() if any(str(pid) in name for pid in known)]
    sample.shared = len(laws.segments(dict.fromkeys(known, time.time()))) + len(names)
    sample.files = len(laws.files(home / "run", temp))
    sample.log = sum(one.stat().st_size for one in (home / "state").glob("traybot.log*")) / 1e6
    return sample


def _pss(pid: int) -> tuple[float, float]:
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, size, _ = line.split()
        sizes[name] = int(size) * 1024 / 1e6
    return sizes["Pss:"], sizes["Pss_Anon:"] + sizes["Pss_Shmem:"]


def work(pids: list[int], seconds: float) -> float:
    """Give the share of one core that processes use, over so many seconds."""
    before, began = _ran(pids), time.monotonic()
    time.sleep(seconds)
    return (_ran(pids) - before) / (time.monotonic() - began)


def _ran(pids: list[int]) -> float:
    """Give the seconds that all threads of these processes have run so far."""
    total = 0
    for pid in pids:
        for task in os.scandir(f"/proc/{pid}/task"):
            total += int(Path(task.path, "schedstat").read_text().split()[0])
    return total / 1e9
