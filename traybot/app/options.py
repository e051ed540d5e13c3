"""How is the daemon to run?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about it."""

    bot: str = ""
    tray: bool = True
    hotkeys: bool = True
    #: End by itself after so many seconds; None: never.
    seconds: float | None = None
    as_json: bool = False
    #: Tell events on standard output.
    tell: bool = True
