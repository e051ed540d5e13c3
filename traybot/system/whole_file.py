"""How does a file get to the disk whole or not at all, whenever the power goes?

Written beside its place, brought to the disk, then put in place, and the folder's entry brought to
the disk too. What a cut left lying beside is swept away by a later write.
"""

import contextlib
import os
import tempfile
import time
from pathlib import Path

#: Nobody writes that long: an unfinished file of this age was left by a cut.
_LEFT_SECONDS = 3600.0


def write(path: Path, content: bytes) -> None:
    """Put `content` in place of the file, readable by its owner only; `OSError` changes nothing."""
    # A link stays a link: people keep such files in a folder of their own.
    path = path.resolve()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(path)
    # Hidden, and with an ending that no reader of such folders takes for one of its files.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    _settle(path.parent)


def _sweep(path: Path) -> None:
    for left in path.parent.glob(f".{path.name}-*.part"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _LEFT_SECONDS:
                left.unlink()


def _settle(folder: Path) -> None:
    """Bring the new name to the disk, where a folder can be opened; else the system will soon."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
