"""How is the log shown, and followed as it grows?"""

import collections
import os
import sys
import time
from io import TextIOWrapper
from pathlib import Path

from traybot.errors import TraybotError
from traybot.shells.paths import find_paths
from traybot.text import _

_LOOK_SECONDS = 0.2


def log(*, follow: bool, count: int) -> int:
    """Print the last lines; go on with every new one if asked, across rotations."""
    path = find_paths().log
    file = _open(path)
    while True:
        with file:
            sys.stdout.writelines(collections.deque(file, maxlen=min(count, sys.maxsize)))
            sys.stdout.flush()
            if not follow:
                return 0
            _until_replaced(path, file)
        # Of the file that took its place, everything is new.
        file, count = _reopened(path), sys.maxsize


def _open(path: Path) -> TextIOWrapper:
    try:
        return path.open(encoding="utf-8", errors="replace")
    except OSError as error:
        what = _("cannot read {path}: {why}").format(path=path, why=error.strerror)
        raise TraybotError(what, _("it is there once traybot has run")) from error


def _reopened(path: Path) -> TextIOWrapper:
    """Open what was there just now; one rotation may come on another's heels."""
    while True:
        try:
            return _open(path)
        except TraybotError:
            if path.exists():
                raise
            time.sleep(_LOOK_SECONDS)


def _until_replaced(path: Path, file: TextIOWrapper) -> None:
    """Pass on what is written until another file has the name."""
    own = os.fstat(file.fileno()).st_ino
    while True:
        there = _number(path)
        for line in file:
            sys.stdout.write(line)
        sys.stdout.flush()
        if there not in {None, own}:
            return
        time.sleep(_LOOK_SECONDS)


def _number(path: Path) -> int | None:
    """Give by what number the disk knows the file; None while there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return None
