"""Do our files lie where their owner expects them, and where nobody else can put a foot in?"""

import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from traybot.errors import TraybotError
from traybot.shells.paths import Paths, find_paths

#: What a Unix socket's path may be long, and the longest name we put into the runtime folder.
LONGEST_SOCKET = 107
LONGEST_NAME = "mp/manager-4194304-999999"


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a short path, as real runtime folders have."""
    with tempfile.TemporaryDirectory(prefix="tb-") as folder:
        yield Path(folder)


def mode(path: Path) -> int:
    """Give a path's permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_home_of_our_own_holds_every_file(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With TRAYBOT_HOME nothing of ours lies elsewhere."""
    monkeypatch.setenv("TRAYBOT_HOME", str(short))
    paths = find_paths()
    assert paths.settings == short / "settings.toml"
    assert paths.bots == short / "bots"
    for path in (paths.log, paths.socket, paths.lock, paths.state, paths.runtime):
        assert path.is_relative_to(short)


def test_a_home_may_be_written_with_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a relative one counts from where we are."""
    monkeypatch.setenv("HOME", "/h")
    monkeypatch.setenv("TRAYBOT_HOME", "~/t")
    assert find_paths().bots == Path("/h/t/bots")
    monkeypatch.setenv("TRAYBOT_HOME", "t")
    assert find_paths().bots == Path.cwd() / "t" / "bots"


def test_asking_makes_nothing(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question such as `traybot status` leaves no trace."""
    monkeypatch.setenv("TRAYBOT_HOME", str(short / "absent"))
    find_paths()
    assert not (short / "absent").exists()


@pytest.mark.parametrize("temp", ["short", "long"])
def test_a_long_home_gets_a_short_runtime(
    short: Path, monkeypatch: pytest.MonkeyPatch, temp: str
) -> None:
    """A socket's path has to be short: ours is, each home has its own, the same at each start."""
    if temp == "long":
        deep = short / ("t" * 120)
        deep.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(deep))
    runtimes = set()
    for name in ("a", "b", "ü"):
        monkeypatch.setenv("TRAYBOT_HOME", str(short / (name * 100)))
        paths = find_paths()
        assert find_paths() == paths
        assert paths.bots.is_relative_to(short)
        assert len(os.fsencode(paths.runtime / LONGEST_NAME)) <= LONGEST_SOCKET
        runtimes.add(paths.runtime)
    assert len(runtimes) == 3


def test_the_longest_path_that_stays_can_be_bound(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the runtime folder stays in the home every socket in it can be made."""
    home = short / ("h" * (60 - len(str(short)) - 1))
    monkeypatch.setenv("TRAYBOT_HOME", str(home))
    paths = find_paths()
    assert paths.runtime == home / "run"
    paths.prepare()
    (paths.runtime / "mp").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(paths.runtime / LONGEST_NAME))


def test_defaults_are_the_users_own_folders(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without TRAYBOT_HOME settings, bots, log and sockets lie where the desktop's rules say."""
    monkeypatch.delenv("TRAYBOT_HOME", raising=False)
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(short / name.lower()))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    paths = find_paths()
    assert paths.settings == short / "config" / "traybot" / "settings.toml"
    assert paths.bots == short / "data" / "traybot" / "bots"
    assert paths.log == short / "state" / "traybot" / "traybot.log"
    assert paths.runtime == short / "traybot"


def test_without_a_runtime_folder_one_of_ours_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the session has none it lies in the folder for temporary files, named by the user."""
    monkeypatch.delenv("TRAYBOT_HOME", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nowhere/at/all")
    assert find_paths().runtime == Path(tempfile.gettempdir()) / f"traybot-{os.getuid()}"


def paths_with(runtime: Path) -> Paths:
    """Give paths whose only doubtful one is the runtime folder."""
    beside = runtime.parent / "beside"
    return Paths(beside / "settings.toml", beside / "bots", beside / "state", runtime)


def test_the_folders_are_their_owners_only(short: Path) -> None:
    """What is made is made with mode 0700, and preparing twice is fine."""
    before = os.umask(0)
    try:
        paths = paths_with(short / "run")
        paths.prepare()
        paths.prepare()
    finally:
        os.umask(before)
    for folder in (paths.runtime, paths.state, paths.bots, paths.settings.parent):
        assert mode(folder) == 0o700


def test_an_open_runtime_folder_is_closed(short: Path) -> None:
    """One of ours that others could enter is theirs no longer."""
    (short / "run").mkdir(mode=0o777)
    (short / "run").chmod(0o777)
    paths_with(short / "run").prepare()
    assert mode(short / "run") == 0o700


@pytest.mark.parametrize("kind", ["a link to a folder", "a link to nothing", "a file"])
def test_a_runtime_folder_that_is_none_is_refused(short: Path, kind: str) -> None:
    """Somebody may have put a trap there before us; the refusal is one line with a remedy."""
    if kind == "a link to a folder":
        (short / "elsewhere").mkdir()
        (short / "run").symlink_to(short / "elsewhere")
    elif kind == "a link to nothing":
        (short / "run").symlink_to(short / "missing")
    else:
        (short / "run").write_text("")
    with pytest.raises(TraybotError, match=r"cannot (use|make) .*run"):
        paths_with(short / "run").prepare()
    assert not list(short.glob("elsewhere/*"))


def test_a_foreign_runtime_folder_is_refused(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that belongs to another user is not used, whoever may enter it."""
    (short / "run").mkdir(mode=0o700)
    if os.getuid() == 0:
        os.chown(short / "run", 65534, 65534)
    else:
        other = os.getuid() + 1
        monkeypatch.setattr(os, "getuid", lambda: other)
    with pytest.raises(TraybotError, match="belongs to somebody else"):
        paths_with(short / "run").prepare()


def test_a_folder_that_cannot_be_made_is_said(short: Path) -> None:
    """Where a file is in the way of the settings' folder it is one line too."""
    (short / "beside").write_text("")
    with pytest.raises(TraybotError, match="cannot make"):
        paths_with(short / "run").prepare()
