"""How is the log shown, and followed as it grows?"""

import collections
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
            sys.stdout.writelines(collections.deque(file, maxlen=count))
            sys.stdout.flush()
            if not follow:
                return 0
            _until_replaced(path, file)
        # Of the file that took its place, everything is new.
        file, count = _open(path), sys.maxsize


def _open(path: Path) -> TextIOWrapper:
    try:
        return path.open(encoding="utf-8", errors="replace")
    except OSError as error:
        what = _("cannot read {path}: {why}").format(path=path, why=error.strerror)
        raise TraybotError(what, _("it is there once traybot has run")) from error


def _until_replaced(path: Path, file: TextIOWrapper) -> None:
    """Pass on what is written until another file has the name."""
    own = path.stat().st_ino
    while True:
        replaced = not path.exists() or path.stat().st_ino != own
        for line in file:
            sys.stdout.write(line)
        sys.stdout.flush()
        if replaced and path.exists():
            return
        time.sleep(_LOOK_SECONDS)
