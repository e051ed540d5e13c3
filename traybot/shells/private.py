"""May anybody but its owner change a bot? Its code runs with all that its user may do."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from traybot.errors import BotError
from traybot.text import _

#: Of a folder with more in it than this the rest is not looked at; a bot is a few files.
_MOST = 1000


def check_private(folder: Path) -> None:
    """Refuse a bot whose folder, or anything in it, others may write to; `BotError` names it.

    Where files have no owner's mode (Windows) the folder's rights are the user's affair.
    """
    if not hasattr(os, "getuid"):
        return
    for path in _all(folder):
        try:
            found = path.stat()
        except OSError:
            continue  # A link that leads nowhere runs no code.
        if found.st_uid not in {0, os.getuid()}:
            what = _("cannot use {path}: it belongs to somebody else").format(path=path)
            raise BotError(what, _("copy the bot to a folder of your own"))
        if found.st_mode & stat.S_IWOTH or (found.st_mode & stat.S_IWGRP and _shared(found)):
            what = _("cannot use {path}: others may write to it").format(path=path)
            remedy = _("take that right away: chmod -R go-w {path}").format(path=folder)
            raise BotError(what, remedy)


def _all(folder: Path) -> Iterator[Path]:
    yield folder
    for number, path in enumerate(folder.rglob("*")):
        if number >= _MOST:
            return
        yield path


def _shared(found: os.stat_result) -> bool:
    """Whether its group has anybody in it but its owner; many systems give each user a group."""
    import grp
    import pwd

    try:
        # By their names: a type checker knows them on POSIX only.
        owner = vars(pwd)["getpwuid"](found.st_uid)
        group = vars(grp)["getgrgid"](found.st_gid)
    except KeyError:
        return True
    return owner.pw_gid != found.st_gid or bool(set(group.gr_mem) - {owner.pw_name})
