"""Does the engine sleep while it waits for what nobody can hurry?"""

import queue
import time
from types import SimpleNamespace
from typing import Any, cast

from traybot.core.state import DEATHWATCH
from traybot.shells.children import Children
from traybot.shells.pulse import Pulse, Rhythm
from traybot.shells.server_keeper import ServerKeeper


def test_the_end_of_a_server_that_is_being_replaced_is_no_news() -> None:
    """A dead server is readable for ever: once the next one is being started it is known."""
    jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
    keeper = ServerKeeper(
        cast("Any", None), cast("Any", SimpleNamespace(submit=jobs.put)), lambda: None, lambda: None
    )
    keeper._handle = cast("Any", SimpleNamespace(pid=1))  # noqa: SLF001  as a lost one leaves it
    assert keeper.waitables()
    keeper.start()
    assert keeper.waitables() == []
    jobs.get()()
    assert keeper.waitables()


def test_a_doomed_deathwatch_is_not_waited_for_by_its_pulse() -> None:
    """Its question stays unanswered, and when it would have been due nobody wakes for it."""
    launcher = SimpleNamespace(submit=lambda _: None)
    children = Children(cast("Any", SimpleNamespace(launcher=launcher, wake=lambda: None)))
    pulse = Pulse(Rhythm(0.0, 0.0), lambda: None)
    pulse.begin()
    life = SimpleNamespace(
        child=DEATHWATCH, pulse=pulse, doomed=False, spared_until=0.0, given_up_at=lambda: 0.0
    )
    children._lives.append(cast("Any", life))  # noqa: SLF001  a real one takes a process
    assert (children.seconds_left() or 0.0) <= time.monotonic()
    assert children.seconds_left() is not None
    life.doomed = True
    assert children.seconds_left() is None
