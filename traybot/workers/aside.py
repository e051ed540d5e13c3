"""What becomes of what hands logs? The daemon is told, for hands may outlive it and its outputs."""

import logging
import os

from traybot.shells.channel import Channel


def speak_through(channel: Channel) -> None:
    """Let go of the daemon's outputs; what is logged goes down a channel.

    Whoever reads the daemon's output waits for its end as long as anybody has it open.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    if nothing > 2:  # noqa: PLR2004  a program without a console has none of those streams
        os.close(nothing)
    logging.getLogger().handlers = [_Told(channel)]


class _Told(logging.Handler):
    def __init__(self, channel: Channel) -> None:
        super().__init__(logging.WARNING)
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        """Tell it; nobody waits for a daemon that does not listen."""
        document = {"say": "log", "level": record.levelname, "text": self.format(record)}
        self._channel.send(document)
