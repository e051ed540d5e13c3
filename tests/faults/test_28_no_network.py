"""28: nobody is connected to; the system's own tables tell who is on a network."""

import contextlib
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.running import Running, make_bot

pytestmark = pytest.mark.e2e

TABLES = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "packet")
#: The column that names the socket, by table: packet sockets have a table of another shape.
COLUMN = {"packet": 8}
PLAYS = """
def play(bot):
    while True:
        bot.keys.tap("a")
        bot.screen.color(10, 10)
        bot.count("rounds")
        bot.sleep(0.02)
"""
WATCH = """
[[watch]]
name = "red"
kind = "color"
color = "#c02020"
region = [0, 0, 200, 100]
then = "notify"
"""


def sockets_of_networks(pid: int) -> set[str]:
    """Give the inodes of all sockets of networks that this process could have."""
    found = set()
    for table in TABLES:
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            found.add(line.split()[COLUMN.get(table, 9)])
    return found


def own_sockets(pid: int) -> set[str]:
    """Give the inodes of what this process has open."""
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since
            link = str(entry.readlink())
            found |= {link[8:-1]} if link.startswith("socket:[") else set()
    return found


def test_no_process_of_ours_has_a_socket_of_a_network(home: Path, desktop: Desktop) -> None:
    """While a bot plays and is watched, what is open are files, pipes and Unix sockets."""
    make_bot(home, "plays", PLAYS, WATCH)
    with Running("plays", faces=True) as running:
        played = lambda: running.status()["counters"].get("rounds", 0) > 5  # noqa: E731
        eventually(played, 20.0, "play")
        pids = running.status()["pids"]
        assert {"daemon", "hands", "manager", "forkserver", "deathwatch", "routine"} <= set(pids)
        sockets = {role: own_sockets(pid) for role, pid in pids.items()}
        assert all(sockets[role] for role in ("daemon", "hands")), "it does see sockets"
        networks = sockets_of_networks(pids["daemon"])
        assert {role: own & networks for role, own in sockets.items() if own & networks} == {}
