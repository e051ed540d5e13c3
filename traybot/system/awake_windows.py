"""How does Windows stay awake? A thread declares that it needs the system and the display.

The declaration belongs to the calling thread and ends with it, so one thread makes it and takes it
back.
"""

import ctypes
from collections.abc import Callable

from traybot.errors import BackendUnavailable
from traybot.text import _

_CONTINUOUS = 0x80000000
_SYSTEM_REQUIRED = 0x00000001
_DISPLAY_REQUIRED = 0x00000002


class WindowsAwake:
    """The contract `Awake` by SetThreadExecutionState."""

    def __init__(self, declare: Callable[[int], int] | None = None) -> None:
        """`declare` answers like SetThreadExecutionState: the former state, 0 for a failure."""
        self._declare = declare or _set_thread_execution_state

    def hold(self, reason: str) -> None:  # noqa: ARG002  the contract has it
        """Declare it; Windows shows no reason for this kind."""
        if not self._declare(_CONTINUOUS | _SYSTEM_REQUIRED | _DISPLAY_REQUIRED):
            raise BackendUnavailable(_("Windows refuses it"), _("switch sleep off by hand"))

    def release(self) -> None:
        """Declare that nothing is needed."""
        self._declare(_CONTINUOUS)


def _set_thread_execution_state(flags: int) -> int:
    # By its name, since other systems' ctypes lack it and a type checker there would object.
    call = vars(ctypes)["windll"].kernel32.SetThreadExecutionState
    call.argtypes, call.restype = [ctypes.c_uint], ctypes.c_uint
    return int(call(flags))
