"""How does a child notice that the daemon is gone, beside the kernel's signal? A thread waits."""

import multiprocessing
import os
import threading
from collections.abc import Callable

#: Exit code of a child that lost its daemon.
PARENT_LOST = 11


def leave_with_parent(last_will: Callable[[], None]) -> None:
    """Start a thread that does `last_will` and ends this process once the daemon is gone."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        try:
            last_will()
        finally:
            os._exit(PARENT_LOST)

    threading.Thread(target=wait, name="guard", daemon=True).start()
