"""What does an author's code hold in its hands? One object: `bot`."""

from collections.abc import Iterator
from typing import Any

from traybot.shells.memory import COUNTERS, HOLD
from traybot.text import _
from traybot.workers.birth import Birth
from traybot.workers.keys import Keys
from traybot.workers.line import Line
from traybot.workers.live_settings import LiveSettings
from traybot.workers.mouse import Mouse
from traybot.workers.sight import ScreenOfBot


class Bot:
    """A bot's view of screen, keys, mouse and traybot itself. For the thread that `play` runs on.

    Every call may stand still while the bot is paused, and raises an exception that no `except
    Exception` catches when the bot is asked to leave.
    """

    def __init__(self, birth: Birth, line: Line) -> None:
        """Made by traybot; authors get it as their function's argument."""
        self._birth = birth
        self._line = line
        self._counters = list(birth.counters)
        mouse = Mouse(line)
        #: Looks: grab, find, wait, and so on.
        self.screen = ScreenOfBot(birth.plan, line, mouse, birth.capture)
        #: The keyboard: tap, hold, type.
        self.keys = Keys(line)
        #: The mouse: move, click, drag, scroll; positions are relative to the bot's window.
        self.mouse = mouse
        mouse.follow(self.screen.origin)
        #: The daemon's settings, as they are now.
        self.settings = LiveSettings(birth.memory, line.share, birth.settings)
        #: What the watches with `then = "send"` sent to this life.
        self.messages = Messages(line, birth.life)

    @property
    def name(self) -> str:
        """The bot's folder name."""
        return self._birth.plan.name

    @property
    def life(self) -> int:
        """The number of this life."""
        return self._birth.life

    @property
    def paused(self) -> bool:
        """Whether a pause is asked for; the next call of ours will stand still."""
        return bool(self._birth.memory.pause.value == HOLD)

    def sleep(self, seconds: float) -> None:
        """Sleep for seconds of playing time: a pause does not count, a stop ends it at once."""
        self._line.sleep(seconds)

    def count(self, name: str, by: float = 1) -> None:
        """Add to a counter that the status shows; the sums go on over all lives of a run.

        To count is to make progress: see `[stuck]` in the bot's file.

        A bot has at most 32 counters; `ValueError` at the next one.
        """
        if name not in self._counters:
            if len(self._counters) == COUNTERS:
                message = _("a bot has at most {most} counters, {name!r} is one too many").format(
                    most=COUNTERS, name=name
                )
                raise ValueError(message)
            self._counters.append(name)
            self._line.tell({"say": "counter", "name": name})
        self._birth.memory.counters[self._counters.index(name)] += by
        self._line.doings.forget()

    def log(self, text: object) -> None:
        """Write a line into traybot's log; of more than 100 a second the rest is only counted."""
        self._line.log(str(text))


class Messages:
    """Messages from watches, oldest first; reading never waits."""

    def __init__(self, line: Line, life: int) -> None:
        """For one life."""
        self._line = line
        self._life = life

    def take(self) -> list[dict[str, Any]]:
        """Take all that have come: `{"watch": name, "score": 0 to 1 or None, "why": text}` each."""
        return self._line.share.receive(self._life)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Take all that have come."""
        return iter(self.take())
