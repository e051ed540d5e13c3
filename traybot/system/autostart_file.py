"""How does an autostart entry get to the disk, and off it? Whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path

from traybot.errors import TraybotError

_REMEDY = "check who owns its folder, and whether the disk is full"


def write(path: Path, content: bytes) -> None:
    """Write beside the entry, bring it to the disk, then put it in place."""
    # A link stays a link: people keep such files in a folder of their own.
    path = path.resolve()
    temporary = ""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # No system looks at a name that does not end like an entry's.
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".traybot-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise TraybotError(f"cannot write {path}: {error.strerror}", _REMEDY) from error


def remove(path: Path) -> None:
    """Remove it; nothing happens if it is not there."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise TraybotError(f"cannot remove {path}: {error.strerror}", _REMEDY) from error
