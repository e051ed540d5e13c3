"""What is there of ours, by the system's own account? Processes, shared memory, files."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
SHARED = Path("/dev/shm")  # noqa: S108  named by the system


#: What the process is called that a dead player's memory is left to.
HEIR = b"traybot heir"
#: The system tells times of shared memory in whole seconds.
SAME_SECONDS = 1.0


def marked(mark: str) -> dict[int, str]:
    """Give the living processes with this in their environment, each with its command line."""
    found = {}
    wanted, me = mark.encode(), os.getpid()
    for name in os.listdir(PROC):  # noqa: PTH208  the whole table, many times a second
        if name.isdigit() and int(name) != me and wanted in _read(name, "environ").split(b"\0"):
            found[int(name)] = _read(name, "cmdline").replace(b"\0", b" ").decode(errors="replace")
    return found


def state(pid: int) -> str:
    """Give the letter of a process's state, "" if there is none."""
    fields = _read(str(pid), "stat").rpartition(b")")[2].split()
    return fields[0].decode() if fields else ""


def of(pid: int, known: set[int]) -> bool:
    """Whether a process descends from one of these lives: what a living routine has started."""
    while pid > 1:
        fields = _read(str(pid), "stat").rpartition(b")")[2].split()
        pid = int(fields[1]) if fields else 0
        if pid in known:
            return True
    return False


def heirs(pids: dict[str, int]) -> dict[str, int]:
    """Give the heir of who plays among these, under its own name; none where there is none."""
    player = pids.get("routine", pids.get("recovery", 0))
    mine = [pid for pid in _children(player) if _read(pid, "comm").strip() == HEIR]
    return {"heir": int(mine[0])} if mine else {}


def zombies(parent: int) -> list[str]:
    """Give what a process has not collected: number, name, state, parent, group, session."""
    lines = [_read(child, "stat").decode(errors="replace") for child in _children(parent)]
    return [" ".join(line.split()[:6]) for line in lines if ") Z " in line]


def descriptors(pid: int) -> int:
    """Count the open descriptors of a process."""
    return len(_entries(PROC / str(pid) / "fd"))


def opened(pid: int) -> str:
    """Name what a process has open."""
    folder = PROC / str(pid) / "fd"
    names = []
    for name in sorted(_entries(folder), key=int):
        with suppress(OSError):
            names.append(f"{name}: {(folder / name).readlink()}")
    return ", ".join(names)


def threads(pid: int) -> int:
    """Count its threads."""
    return len(_entries(PROC / str(pid) / "task"))


def files(*folders: Path) -> list[str]:
    """Give the names of all files below some folders."""
    return sorted(name for folder in folders for _, _, names in os.walk(folder) for name in names)


def segments(seen: dict[int, float]) -> list[str]:
    """Give the System V segments that processes made which were last seen at these times.

    A number is used again: what was made later is somebody else's.
    """
    found = []
    for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]:
        fields = line.split()
        maker, made = int(fields[4]), float(fields[13])
        if maker in seen and made <= seen[maker] + SAME_SECONDS:
            found.append(f"segment {fields[1]} of {maker}, attached {fields[6]} times")
    return found


def shared_memory() -> set[str]:
    """Give the names in shared memory."""
    return set(_entries(SHARED))


def shared_files(pids: Iterable[int]) -> list[str]:
    """Give the names in shared memory that these processes have left: the library numbers them."""
    mine = {str(pid) for pid in pids}
    return sorted(name for name in shared_memory() if mine.intersection(name.split("-")))


def _children(parent: int) -> list[str]:
    children: list[bytes] = []
    for task in _entries(PROC / str(parent) / "task"):
        children += _read(str(parent), f"task/{task}/children").split()
    return [child.decode() for child in children]


def _entries(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208  names are all that is wanted
    except OSError:
        return []


def _read(pid: str, name: str) -> bytes:
    try:
        return (PROC / pid / name).read_bytes()
    except OSError:
        return b""
