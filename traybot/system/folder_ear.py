"""What hears of changes in a folder, where a system tells of them?"""

from typing import Protocol


class FolderEar(Protocol):
    """Hears of changes of the files in one folder, not of those in folders inside it."""

    def wait(self, seconds: float) -> None:
        """Return when something has changed since the last call, after `ring`, or in time."""
        ...

    def ring(self) -> None:
        """Have `wait` return from now on; from any thread."""
        ...

    def close(self) -> None:
        """Listen no more; nobody waits."""
        ...
