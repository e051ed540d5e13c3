"""Where did a stuck life stand? Its Python stack, written by itself at a signal.

The interpreter's fault handler writes it from within the signal, without the interpreter lock: it
works in an endless loop and in a long call into C alike.
"""

import contextlib
import signal
from pathlib import Path

from traybot.system.base import ProcessHandle

#: A life writes its stack within a millisecond; on a busy machine it may wait long for its turn.
#: It was stuck for seconds, and its gate is shut: that much longer does no harm.
WRITE_SECONDS = 0.25
_LONGEST_TEXT = 20_000
#: There on POSIX only.
SIGNAL: int | None = getattr(signal, "SIGUSR2", None)


class Stacks:
    """The files that lives write their stacks into. One thread."""

    def __init__(self, folder: Path) -> None:
        """Empty the folder of what a killed daemon made for its lives."""
        self._folder = folder
        for left in folder.glob("*.txt"):
            with contextlib.suppress(OSError):
                left.unlink()

    def file(self, child: str, life: int) -> str:
        """Make the file that a life is to write into.

        A life makes none: one that is born after its end was told would leave it for ever.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(child, life)
        if SIGNAL is not None:
            path.touch(mode=0o600)
        return str(path)

    def ask(self, handle: ProcessHandle | None) -> bool:
        """Have a life write; whether it can be asked at all."""
        if SIGNAL is None or handle is None:
            return False
        handle.signal(SIGNAL)
        return True

    def take(self, child: str, life: int) -> str:
        """Give what a life wrote, "" if nothing, and forget it."""
        file = self._path(child, life)
        try:
            text = file.read_text(encoding="utf-8", errors="replace")[:_LONGEST_TEXT]
            file.unlink()
        except OSError:
            return ""
        return text.strip()

    def _path(self, child: str, life: int) -> Path:
        return self._folder / f"{child}-{life}.txt"
