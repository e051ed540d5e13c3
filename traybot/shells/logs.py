"""Where does the log go? To one rotating file that only its owner can read."""

import contextlib
import logging
import logging.handlers
import os
from pathlib import Path

from traybot.text import in_english

_SIZE = 2_000_000
_OLD_FILES = 3
_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class _PrivateFile(logging.handlers.RotatingFileHandler):
    """A rotating file with mode 0600."""

    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202  the base class says what it returns
        made = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.close(made)
        os.chmod(self.baseFilename, 0o600)  # noqa: PTH101  the base class keeps a text
        return super()._open()

    def rotate(self, source: str, dest: str) -> None:
        """Begin a new file; on Windows one that somebody reads stays, and grows for a while."""
        with contextlib.suppress(PermissionError):
            super().rotate(source, dest)


def open_log(path: Path, level: str) -> None:
    """Send everything this process logs to the file."""
    handler = _PrivateFile(path, maxBytes=_SIZE, backupCount=_OLD_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.addFilter(_in_english)
    set_level(level)
    logging.getLogger().handlers = [handler]


def _in_english(record: logging.LogRecord) -> bool:
    """Keep the log in one language, whichever the user's is."""
    record.msg, record.args = in_english(record.msg), in_english(record.args)
    return True


def set_level(level: str) -> None:
    """Log this much from now on: "debug", "info", "warning" or "error"."""
    logging.getLogger().setLevel(level.upper())


def close_log() -> None:
    """Write out what is left."""
    logging.shutdown()
