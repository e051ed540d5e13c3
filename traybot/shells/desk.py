"""What does a caller on the control socket get? An answer at once, or later by the engine."""

import functools
import time
from collections.abc import Callable
from typing import Any

from traybot.core import events as e
from traybot.core.state import State
from traybot.errors import SettingsError
from traybot.shells import requests
from traybot.shells.bot_shelf import BotShelf
from traybot.shells.mailbox import Mailbox
from traybot.shells.reporter import Reporter
from traybot.text import _, in_english

Document = dict[str, Any]

#: Wishes that may mean a bot which was not there a moment ago.
_NAMING = frozenset({"start", "choose", "toggle", "restart"})


class Desk:
    """Obeys the control socket, on its thread; finding bots may be asked from any."""

    #: What `status` shows; reading the settings again; answering a caller later.
    snapshot: Callable[[], Document]
    reload: Callable[[], None]
    answer: Callable[..., bool]
    #: Has what may take its time done on another thread: a stop must not wait behind it.
    submit: Callable[[Callable[[], None]], None]

    def __init__(
        self, mailbox: Mailbox, shelf: BotShelf, reporter: Reporter, state: Callable[[], State]
    ) -> None:
        """What is named above is to be set before the first caller."""
        self._mailbox = mailbox
        self._shelf = shelf
        self._reporter = reporter
        self._state = state
        #: Bots that were named by the path of their folder.
        self._by_path: set[str] = set()
        #: What people call each bot that was read; replaced, never changed.
        self.titles: dict[str, str] = {}

    def obey(self, document: Document, number: int) -> Document | None:
        """Give the answer, or None: it comes later under this number."""
        wish = str(document.get("do"))
        match wish:
            case "status":
                return {"ok": True, "code": 0, **self._status(document)}
            case "follow":
                self._follow(number, document)
                return None
            case "reload":
                self._answer_later(number, self._reload)
                return None
            case "bots":
                self._answer_later(number, self._bots)
                return None
        if wish in _NAMING:
            self.find_bots(str(document.get("bot") or ""))
        request = requests.read_request(wish, document.get("bot"), number, "command")
        if request is None:
            return requests.answer(2, _('cannot obey: there is no "{wish}"').format(wish=wish))
        self._mailbox.post(request)
        return None

    def _answer_later(self, number: int, make: Callable[[], Document]) -> None:
        def answer() -> None:
            text = _("cannot obey: something went wrong (see the log: traybot log)")
            document = requests.answer(1, text)
            try:
                document = make()
            finally:
                self.answer(number, document)

        self.submit(answer)

    def _bots(self) -> Document:
        bots = [{"name": name, "fault": fault} for name, fault in self._shelf.faults()]
        return {"ok": True, "code": 0, "bots": bots}

    def find_bots(self, asked: str = "") -> None:
        """Look which bots there are; one that was ever named by its path goes on counting."""
        names = self._shelf.names()
        if asked and asked not in names and (self._shelf.folder(asked) / "bot.toml").is_file():
            self._by_path.add(asked)
        known = dict(self._state().bots)
        bots = tuple((name, known.get(name, "")) for name in [*names, *sorted(self._by_path)])
        self._mailbox.post(e.BotsFound(time.monotonic(), bots))

    def check_bots(self) -> None:
        """See what is wrong with each bot, for the menu; may take its time."""
        paths = [(path, "") for path in sorted(self._by_path)]
        names = [*self._shelf.names(), *sorted(self._by_path)]
        self.titles = {name: title for name in names if (title := self._shelf.title(name))}
        found = (*self._shelf.faults(), *paths)
        self._mailbox.post(e.BotsFound(time.monotonic(), found))

    def _reload(self) -> Document:
        try:
            self.reload()
        except SettingsError as error:
            return requests.answer(5, str(error))
        return requests.answer(0, "")

    def _status(self, asked: Document) -> Document:
        """Give the status: to programs in English, to a person as he reads it."""
        status = self.snapshot()
        return status if asked.get("local") is True else dict(in_english(status))

    def _follow(self, number: int, asked: Document) -> None:
        follower = functools.partial(self.answer, number, more=True)
        follower({"event": "status", **self._status(asked)})
        self._reporter.follow(follower)
