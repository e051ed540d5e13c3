"""Does a bot's program run still that an earlier daemon has started? A note of it outlives us."""

import contextlib
import json
from pathlib import Path
from typing import Any

import psutil

#: Clocks that tell when a process began differ by less; a number is not used again that fast.
_SAME_SECONDS = 0.05


class EarlierProgram:
    """A program that is not our child: its end is seen, and how it ended is not."""

    def __init__(self, process: psutil.Process) -> None:
        """`process` is that of the note."""
        self._process = process
        self.pid: int = process.pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Give None while it runs; then 0, for nobody can tell."""
        try:
            gone = not self._process.is_running() or self._process.status() == psutil.STATUS_ZOMBIE
        except psutil.Error:  # between the two questions
            gone = True
        return 0 if gone else None


def note_program(file: Path, folder: str, pid: int) -> None:
    """Note the process that is the program of the bot in `folder`; drop those that are gone.

    A note that cannot be written, or is broken, costs no more than a second copy of the program.
    """
    notes = {bot: note for bot, note in _read(file).items() if _find(note) is not None}
    with contextlib.suppress(psutil.Error, OSError):
        notes[folder] = {"pid": pid, "born": psutil.Process(pid).create_time()}
        file.write_text(json.dumps(notes), encoding="utf-8")


def earlier_program(file: Path, folder: str) -> EarlierProgram | None:
    """Give the program that runs from an earlier start of this bot, if it does."""
    process = _find(_read(file).get(folder))
    return None if process is None else EarlierProgram(process)


def _read(file: Path) -> dict[str, Any]:
    try:
        notes = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return notes if isinstance(notes, dict) else {}


def _find(note: Any) -> psutil.Process | None:  # noqa: ANN401  whatever stands in the file
    """Give the process of a note if it is the same still, by its number and when it began."""
    try:
        process = psutil.Process(int(note["pid"]))
        same = abs(process.create_time() - float(note["born"])) < _SAME_SECONDS
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.Error, OSError, TypeError, KeyError, ValueError):
        return None
