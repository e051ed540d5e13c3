"""Where do our files lie? In the user's own folders, or all under TRAYBOT_HOME."""

import os
import warnings
from pathlib import Path
from stat import S_ISLNK
from typing import NamedTuple

from traybot.errors import TraybotError
from traybot.text import _

#: A Unix socket's path holds 107 bytes; the longest name we put below this folder has 40.
_LONGEST_RUNTIME = 64


class Paths(NamedTuple):
    """Every place we write to."""

    settings: Path
    bots: Path
    #: The log and whatever else is worth keeping.
    state: Path
    #: Lock, sockets: gone with the session.
    runtime: Path

    @property
    def good_settings(self) -> Path:
        """A copy of the settings file, made whenever that was sound."""
        return self.state / "settings.good.toml"

    @property
    def log(self) -> Path:
        """The daemon's log."""
        return self.state / "traybot.log"

    @property
    def errors(self) -> Path:
        """What a daemon in the background wrote to its standard error: why it did not start."""
        return self.state / "stderr.txt"

    @property
    def socket(self) -> Path:
        """Where the daemon listens for commands."""
        return self.runtime / "control"

    @property
    def lock(self) -> Path:
        """Held by the running daemon."""
        return self.runtime / "lock"

    def prepare(self) -> None:
        """Make the folders, for their owner only; refuse a runtime folder that is not ours."""
        for folder in (self.settings.parent, self.bots, self.state, self.runtime):
            make_folder(folder)
        _check_private(self.runtime)


def find_paths() -> Paths:
    """Give the places; makes nothing."""
    home = os.environ.get("TRAYBOT_HOME")
    if home:
        root = Path(home).expanduser().absolute()
        runtime = _short(root / "run")
        return Paths(root / "settings.toml", root / "bots", root / "state", runtime)
    import platformdirs

    dirs = platformdirs.PlatformDirs("traybot", appauthor=False)
    with warnings.catch_warnings():
        # That there is no runtime folder is no news for the user: we make one.
        warnings.simplefilter("ignore")
        wanted = dirs.user_runtime_dir
    return Paths(
        settings=Path(dirs.user_config_dir) / "settings.toml",
        bots=Path(dirs.user_data_dir) / "bots",
        state=Path(dirs.user_state_dir),
        runtime=_short(Path(_runtime_parent(wanted))),
    )


def _runtime_parent(wanted: str) -> str:
    """Where the system has no runtime folder for this user, use one of our own making."""
    parent = Path(wanted).parent
    if parent.is_dir() and os.access(parent, os.W_OK):
        return wanted
    import tempfile

    return str(Path(tempfile.gettempdir()) / f"traybot-{_user()}")


def _short(folder: Path) -> Path:
    """Sockets need short paths: where this one is too long, a short one stands for it."""
    if len(os.fsencode(folder)) <= _LONGEST_RUNTIME:
        return folder
    import hashlib
    import tempfile

    name = f"traybot-{_user()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"
    usual = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(usual)) <= _LONGEST_RUNTIME or not hasattr(os, "getuid"):
        return usual
    return Path("/tmp") / name  # noqa: S108  the folder in it is made private, or refused


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


def make_folder(folder: Path) -> None:
    """Make a folder for its owner only, unless it is there; `TraybotError` where that fails."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        what = _("cannot make the folder {folder}: {why}").format(folder=folder, why=error.strerror)
        raise TraybotError(what, _("see what is in its way, or set TRAYBOT_HOME")) from error


def check_ours(folder: Path) -> None:
    """Refuse a folder in which somebody else may have put a socket; one that is not there is fine.

    `TraybotError` if it is another user's, a link, or open to others' writing.
    """
    try:
        found = folder.lstat()
    except OSError:  # nobody has put anything there
        return
    _check_owner(folder, found)
    if hasattr(os, "getuid") and found.st_mode & 0o022:
        what = _("cannot use {folder}: others may write to it").format(folder=folder)
        raise TraybotError(what, _("take the others' rights away: chmod go="))


def _check_private(folder: Path) -> None:
    found = folder.lstat()
    _check_owner(folder, found)
    if hasattr(os, "getuid") and found.st_mode & 0o077:
        folder.chmod(0o700)


def _check_owner(folder: Path, found: os.stat_result) -> None:
    if hasattr(os, "getuid") and (S_ISLNK(found.st_mode) or found.st_uid != os.getuid()):
        what = _("cannot use {folder}: it belongs to somebody else").format(folder=folder)
        raise TraybotError(what, _("remove it, or set TRAYBOT_HOME"))
