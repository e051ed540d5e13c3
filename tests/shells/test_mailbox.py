"""Does every posted event reach the engine, once, in order, and wake it?"""

import threading
from collections.abc import Iterator
from multiprocessing.connection import wait

import pytest

from traybot.core.events import Event, QuitRequested
from traybot.shells.mailbox import Mailbox

THREADS = 8
POSTS = 500


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """An empty mailbox, closed afterwards."""
    mailbox = Mailbox()
    yield mailbox
    mailbox.close()


def test_posts_of_many_threads_all_arrive_in_order(mailbox: Mailbox) -> None:
    """Nothing is lost or doubled, and what one thread posted keeps its order."""

    def post(name: int) -> None:
        for number in range(POSTS):
            mailbox.post(QuitRequested(float(number), name))

    threads = [threading.Thread(target=post, args=(name,)) for name in range(THREADS)]
    for thread in threads:
        thread.start()
    events: list[Event] = []
    while len(events) < THREADS * POSTS:
        assert wait([mailbox.fileno()], 10.0), "an event that was posted must wake"
        events += mailbox.collect()
    for thread in threads:
        thread.join()
    assert mailbox.collect() == []
    for name in range(THREADS):
        own = [one.at for one in events if isinstance(one, QuitRequested) and one.ticket == name]
        assert own == list(map(float, range(POSTS)))


def test_it_is_readable_only_while_something_waits(mailbox: Mailbox) -> None:
    """An empty mailbox wakes nobody; collecting empties it."""
    assert not wait([mailbox.fileno()], 0)
    mailbox.post(Event(1.0))
    mailbox.post(Event(2.0))
    assert wait([mailbox.fileno()], 0)
    assert mailbox.collect() == [Event(1.0), Event(2.0)]
    assert not wait([mailbox.fileno()], 0)
    assert mailbox.collect() == []


def test_a_wake_brings_no_event(mailbox: Mailbox) -> None:
    """Waking has the engine look around, once, however often it was woken."""
    for _ in range(3):
        mailbox.wake()
    assert wait([mailbox.fileno()], 0)
    assert mailbox.collect() == []
    assert not wait([mailbox.fileno()], 0)


def test_nobody_has_to_collect(mailbox: Mailbox) -> None:
    """However much waits, posting does not: an engine that is busy holds nobody up."""
    for number in range(100_000):
        mailbox.post(Event(float(number)))
    assert len(mailbox.collect()) == 100_000


def test_a_post_after_the_end_does_no_harm() -> None:
    """Threads that outlive the engine may go on posting; closing twice is fine."""
    mailbox = Mailbox()
    mailbox.close()
    mailbox.close()
    mailbox.post(Event(1.0))
    mailbox.wake()
