"""Can anybody but its owner speak through the daemon's pipe on Windows? By a stand-in."""

import os
import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.system.fake_pipes import FakePipes, Machine
from traybot.errors import TraybotError
from traybot.system import windows_pipe_client
from traybot.system.calling import Connection
from traybot.system.windows_pipe import PipeListener
from traybot.system.windows_pipe_base import DUPLEX, OVERLAPPED, PREFIX, REJECT_REMOTE
from traybot.system.windows_pipe_client import PipeClient

pytestmark = pytest.mark.anywhere

ME, OTHER = "S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1002"


@pytest.fixture
def machine() -> Machine:
    """A machine that several use."""
    return Machine()


@pytest.fixture
def mine(machine: Machine) -> FakePipes:
    """The calls of our own processes."""
    return FakePipes(machine, os.getpid(), ME)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the pipe's name is left."""
    return tmp_path / "control"


@pytest.fixture
def listener(path: Path, mine: FakePipes) -> Iterator[PipeListener]:
    """A daemon's pipe."""
    with closing(PipeListener(path, mine)) as listener:
        yield listener


def test_another_user_is_refused(machine: Machine, listener: PipeListener, path: Path) -> None:
    """The rights name our user alone: even who knows the name cannot open it."""
    with pytest.raises(PermissionError):
        FakePipes(machine, 7, OTHER).open(path.read_text())


def test_another_machine_is_refused(machine: Machine, listener: PipeListener, path: Path) -> None:
    """Not even our own user gets in from elsewhere."""
    with pytest.raises(PermissionError):
        FakePipes(machine, 7, ME, remote=True).open(path.read_text())


def test_the_name_cannot_be_guessed(path: Path, mine: FakePipes) -> None:
    """It is another one each time, with 128 bits of chance."""
    names = set()
    for _ in range(5):
        with closing(PipeListener(path, mine)):
            names.add(path.read_text())
    assert len(names) == 5
    assert all(len(name.rpartition("-")[2]) == 32 for name in names)


def test_a_name_made_before_us_is_noticed(
    machine: Machine, mine: FakePipes, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If somebody has a pipe of the name that we chose we do not join it, and leave no name."""
    monkeypatch.setattr(secrets, "token_hex", lambda size: "ab" * size)
    name = PREFIX + "ab" * 16
    mode, everybody = DUPLEX | OVERLAPPED, f"D:P(A;;GA;;;{ME})"
    FakePipes(machine, 7, OTHER).create(name, mode, REJECT_REMOTE, everybody)
    before = len(machine.handles)
    with pytest.raises(PermissionError):
        PipeListener(path, mine)
    assert not path.exists()
    assert len(machine.handles) == before


def test_an_impostor_is_not_spoken_to(machine: Machine, mine: FakePipes, path: Path) -> None:
    """A pipe that another user's process serves is told from ours, before a word is said."""
    name = PREFIX + "0123"
    path.write_text(name)
    impostor = FakePipes(machine, 7, OTHER)
    pipe = impostor.create(name, DUPLEX | OVERLAPPED, 0, f"D:P(A;;GA;;;{ME})")
    reading = impostor.read(pipe, 100) if impostor.accept(pipe) is None else None
    with pytest.raises(TraybotError, match="another user"):
        PipeClient(path, 1.0, mine)
    assert reading is None
    assert machine.instances[0].server.come == b""


@pytest.mark.parametrize(
    "name", [r"\\elsewhere\pipe\traybot-0123", r"\\.\pipe\other", "", r"\\.\pipe\traybot-x\0"]
)
def test_a_name_that_is_not_ours_is_not_opened(mine: FakePipes, path: Path, name: str) -> None:
    """Whoever wrote the file cannot send us to another machine, which would learn our password."""
    path.write_text(name)
    with pytest.raises(FileNotFoundError):
        PipeClient(path, 1.0, mine)


def test_the_name_stays_taken_while_the_daemon_lives(
    machine: Machine, listener: PipeListener, mine: FakePipes, path: Path
) -> None:
    """However fast callers come and go, there is always an instance, so nobody can slip in."""
    for _ in range(50):
        with closing(PipeClient(path, 1.0, mine)):
            for connection in listener.wait(1.0):
                connection.receive()
                connection.close()
        assert any(not one.client.owner for one in machine.instances)


def test_a_caller_waits_for_a_free_instance(
    listener: PipeListener, mine: FakePipes, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When more come than are ready for, the next one waits, and gives up in the end."""
    name = path.read_text()
    busy = [mine.open(name) for _ in range(4)]
    monkeypatch.setattr(windows_pipe_client, "_QUEUE_SECONDS", 0.05)
    with pytest.raises(OSError, match="231"):
        PipeClient(path, 1.0, mine)
    listener.wait(1.0)
    with closing(PipeClient(path, 1.0, mine)):
        pass
    for handle in busy:
        mine.close(handle)


def test_a_caller_that_comes_between_is_welcomed(
    listener: PipeListener, mine: FakePipes, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An instance may get its client before we wait for one there: the system only says "is in"."""
    name, accept = path.read_text(), mine.accept
    clients: list[int] = []

    def late(pipe: int) -> object:
        if not clients:
            clients.extend(mine.open(name) for _ in range(4))
        return accept(pipe)

    first = mine.open(name)
    monkeypatch.setattr(mine, "accept", late)
    welcomed: set[Connection] = set()
    while len(welcomed) < 1 + len(clients):
        welcomed |= set(listener.wait(1.0))
    assert len(welcomed) == 5
    for handle in (first, *clients):
        mine.close(handle)


def test_no_handle_is_lost(machine: Machine, mine: FakePipes, path: Path) -> None:
    """After the end nothing is open, whatever was under way."""
    listener = PipeListener(path, mine)
    clients = [PipeClient(path, 1.0, mine) for _ in range(3)]
    connections = listener.wait(1.0)
    connections[0].send(b"x" * 1_000_000)
    clients[1].send(b"half a line")
    clients[1].close()
    listener.wait(1.0)
    listener.close()
    for client in clients:
        client.close()
    assert machine.handles == {}
    assert machine.instances == []
