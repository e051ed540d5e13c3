"""How does an autostart entry get to the disk, and off it? Whole or not at all."""

from pathlib import Path

from traybot.errors import TraybotError
from traybot.system import whole_file
from traybot.text import _

_REMEDY = _("check who owns its folder, and whether the disk is full")


def write(path: Path, content: bytes) -> None:
    """Write the entry in place of what was there."""
    try:
        whole_file.write(path, content)
    except OSError as error:
        raise TraybotError(
            _("cannot write {path}: {strerror}").format(path=path, strerror=error.strerror), _REMEDY
        ) from error


def remove(path: Path) -> None:
    """Remove it; nothing happens if it is not there."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise TraybotError(
            _("cannot remove {path}: {strerror}").format(path=path, strerror=error.strerror),
            _REMEDY,
        ) from error
