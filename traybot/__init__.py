"""traybot: a tray daemon that plays by sight, watches for death, and stops when told."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from traybot.workers.bot import Bot as Bot

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401  what authors import is loaded when asked for
    if name == "Bot":
        from traybot.workers.bot import Bot

        return Bot
    raise AttributeError(name)
