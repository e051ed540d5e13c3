"""Which thread reads a bot that is to start? One of its own, for a drive may never answer.

The engine would hear no stop and no quit while it waited for a share whose server is gone.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from traybot.core.botfile import BotPlan
from traybot.core.events import BotLoaded, BotRefused, Event
from traybot.errors import BotError
from traybot.text import _

_log = logging.getLogger(__name__)


class Shelf(Protocol):
    """Where bots lie."""

    def load(self, name: str) -> BotPlan:
        """Read and check a bot; `BotError` in one line. From any thread."""
        ...


class BotReader:
    """Reads bots; each answer comes by `post`."""

    def __init__(self, shelf: Shelf, post: Callable[[Event], None]) -> None:
        """`post` may be called from any thread."""
        self._shelf, self._post = shelf, post

    def read(self, bot: str, run: int) -> None:
        """Begin to read; from any thread, waits for nothing.

        A new thread each time: behind a read that hangs the next one would wait for ever.
        """
        name = f"reads {bot}"
        threading.Thread(target=self._read, args=(bot, run), name=name, daemon=True).start()

    def _read(self, bot: str, run: int) -> None:
        self._post(self._answer(bot, run))

    def _answer(self, bot: str, run: int) -> Event:
        try:
            plan = self._shelf.load(bot)
        except BotError as error:
            return BotRefused(time.monotonic(), run, bot, str(error))
        except Exception as error:  # noqa: BLE001  the outermost line of the thread
            _log.exception("a bot cannot be read")
            why = _("cannot read {bot}: {why}").format(bot=bot, why=error)
            return BotRefused(time.monotonic(), run, bot, why)
        return BotLoaded(time.monotonic(), run, plan)
