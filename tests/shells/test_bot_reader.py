"""Is a bot read aside, and is there always an answer?"""

import threading
from collections.abc import Callable
from queue import SimpleQueue

import pytest

from tests.core.bots import make_plan
from traybot.core.botfile import BotPlan
from traybot.core.events import BotLoaded, BotRefused, Event
from traybot.errors import BotError
from traybot.shells.bot_reader import BotReader

pytestmark = pytest.mark.anywhere


class Shelf:
    """Does for a bot what a test says."""

    def __init__(self, **bots: Callable[[], BotPlan]) -> None:
        self._bots = bots

    def load(self, name: str) -> BotPlan:
        """Do it."""
        return self._bots[name]()


def _raise(error: Exception) -> BotPlan:
    raise error


def test_the_answer_names_the_run() -> None:
    """Whoever asked can tell it from the answer to an earlier start."""
    posted = SimpleQueue[Event]()
    BotReader(Shelf(koules=make_plan), posted.put).read("koules", 7)
    answer = posted.get(timeout=10.0)
    assert isinstance(answer, BotLoaded)
    assert (answer.run, answer.plan) == (7, make_plan())


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (BotError("cannot find it", "make one"), "cannot find it (make one)"),
        (RuntimeError("so"), "cannot read koules: so"),
    ],
)
def test_whatever_goes_wrong_is_an_answer(error: Exception, why: str) -> None:
    """A start that nobody answers would wait for nothing."""
    posted = SimpleQueue[Event]()
    BotReader(Shelf(koules=lambda: _raise(error)), posted.put).read("koules", 7)
    answer = posted.get(timeout=10.0)
    assert isinstance(answer, BotRefused)
    assert (answer.run, answer.bot, answer.why) == (7, "koules", why)


def test_a_read_that_hangs_holds_nobody_up() -> None:
    """Neither who asks nor the next read waits for it."""
    posted, goes_on = SimpleQueue[Event](), threading.Event()

    def hangs() -> BotPlan:
        goes_on.wait(30.0)
        return make_plan()

    reader = BotReader(Shelf(hung=hangs, koules=make_plan), posted.put)
    reader.read("hung", 1)
    reader.read("koules", 2)
    second = posted.get(timeout=10.0)
    goes_on.set()
    first = posted.get(timeout=10.0)
    assert isinstance(second, BotLoaded)
    assert isinstance(first, BotLoaded)
    assert (second.run, first.run) == (2, 1)
