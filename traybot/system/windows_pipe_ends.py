"""How is a message put into a pipe of multiprocessing on Windows, if there is room for it at once?

The library's own way waits until it is read, and a reader may be frozen.
"""

import importlib
from typing import Any

_ERROR_IO_PENDING = 997
_WAIT_OBJECT = 0


def send_now(pipe: int, message: bytes, winapi: Any = None) -> bool:  # noqa: ANN401  the library's private module
    """Send it, or call it off; whether it is in the pipe. `OSError` if nobody will ever read it."""
    calls: Any = winapi or importlib.import_module("_winapi")
    overlapped, error = calls.WriteFile(pipe, message, True)  # noqa: FBT003  the library takes no name
    if error == _ERROR_IO_PENDING:
        waited = calls.WaitForMultipleObjects([overlapped.event], False, 0)  # noqa: FBT003  likewise
        if waited != _WAIT_OBJECT:
            overlapped.cancel()
    written, error = overlapped.GetOverlappedResult(True)  # noqa: FBT003  likewise
    return bool(error == 0 and written == len(message))
