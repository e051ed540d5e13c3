"""Do settings and messages reach a child, and does a dead Manager hurt nobody?"""

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop import eventually
from tests.running import alive
from traybot.shells import share as shares
from traybot.shells.memory import Memory
from traybot.shells.share import Share, ShareAddress, ShareView
from traybot.workers.live_settings import LiveSettings

SECTIONS: dict[str, dict[str, object]] = {
    "capture": {"backend": "auto", "fps": 20},
    "tray": {"enabled": True},
}
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def share(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Share]:
    """A Manager that is up and filled; ended afterwards."""
    share = Share(SPAWN, tmp_path_factory.mktemp("mp"))
    share.start(SECTIONS)
    yield share
    share.end()


def kill(share: Share) -> None:
    """End the Manager as nothing should, and wait until it is gone."""
    pid = share.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not alive(pid), what="the Manager's end")


def test_sections_are_read_as_a_copy(share: Share) -> None:
    """What a child reads is the whole of the settings, and nobody else's to change."""
    view = ShareView(share.address)
    read = view.settings()
    assert read == SECTIONS
    read["capture"]["fps"] = 1
    assert view.settings() == SECTIONS


def test_a_published_section_replaces_the_old_one(share: Share) -> None:
    """Whole sections travel: what is not in the new one is gone, others stand."""
    share.publish("capture", {"backend": "mss"})
    assert ShareView(share.address).settings() == {**SECTIONS, "capture": {"backend": "mss"}}


def test_live_settings_are_read_once_for_each_version(share: Share) -> None:
    """Between two versions a child reads its own copy, even if the Manager is dead."""
    memory = Memory(SPAWN)
    live = LiveSettings(memory, ShareView(share.address), SECTIONS)
    assert live.capture.fps == 20
    share.publish("capture", {"fps": 60})
    assert live.capture.fps == 20
    memory.settings_version.value += 1
    assert live.capture.fps == 60
    kill(share)
    assert live.capture.fps == 60
    memory.settings_version.value += 1
    assert live.capture.fps == 60, "the last reading holds"
    with pytest.raises(AttributeError, match="no section"):
        _ = live.nonsense


def test_a_dead_manager_is_no_error_for_a_child(share: Share) -> None:
    """Reads give nothing, writes go nowhere, and none of them raises or takes long."""
    used, fresh = ShareView(share.address), ShareView(share.address)
    assert used.settings() is not None
    assert used.send(1, "first")
    kill(share)
    for view in (used, fresh):
        for _ in range(3):
            assert view.settings() is None
            assert view.send(1, "lost") is False
            assert view.receive(1) == []


def test_no_manager_yet_is_no_error_either() -> None:
    """A life may begin before the Manager is up."""
    view = ShareView(None)
    assert view.settings() is None
    assert view.send(1, "early") is False
    assert view.receive(1) == []


def test_a_dead_manager_is_no_error_for_the_daemon(share: Share) -> None:
    """What is published meanwhile is in the engine's own copy; ending twice is fine."""
    kill(share)
    share.publish("tray", {"enabled": False})
    share.end()
    share.end()
    share.publish("tray", {"enabled": False})
    assert share.pid is None
    assert share.sentinel is None


def test_a_child_moves_to_the_next_manager(share: Share) -> None:
    """With the new address it reads and writes on, and the old messages are gone."""
    view = ShareView(share.address)
    assert view.send(1, "old")
    kill(share)
    assert view.settings() is None
    share.end()
    view.move(share.start({"tray": {"enabled": False}}))
    assert view.settings() == {"tray": {"enabled": False}}
    assert view.receive(1) == []
    assert view.send(1, "new")
    assert view.receive(1) == ["new"]


def test_messages_come_in_order_and_once(share: Share) -> None:
    """What one leaves the other takes, oldest first, and then it is taken."""
    writer, reader = ShareView(share.address), ShareView(share.address)
    for number in range(100):
        assert writer.send(1, {"n": number})
    assert [one["n"] for one in reader.receive(1)] == list(range(100))
    assert reader.receive(1) == []


def test_each_life_has_messages_of_its_own(share: Share) -> None:
    """A new life does not find what was meant for the one before."""
    writer, reader = ShareView(share.address), ShareView(share.address)
    writer.send(1, "for the first")
    writer.send(2, "for the second")
    assert reader.receive(2) == ["for the second"]
    assert reader.receive(1) == ["for the first"]


def test_messages_of_lives_long_gone_are_dropped(share: Share) -> None:
    """A Manager that runs for weeks does not keep what nobody will ever take."""
    view = ShareView(share.address)
    view.send(1, "forgotten")
    view.send(5, "present")
    assert view.receive(1) == []
    assert view.receive(5) == ["present"]


def test_a_full_queue_holds_nobody_up(share: Share) -> None:
    """Who never reads costs a bounded number of messages; the writer is told and goes on."""
    view = ShareView(share.address)
    sent = [view.send(1, number) for number in range(shares._MESSAGES + 10)]  # noqa: SLF001
    assert sent == [True] * shares._MESSAGES + [False] * 10  # noqa: SLF001
    assert view.receive(1) == list(range(shares._MESSAGES))  # noqa: SLF001
    assert view.send(1, "again")


def test_a_reader_that_races_another_never_waits(share: Share) -> None:
    """Two readers share the messages between them; both come back."""
    writer = ShareView(share.address)
    for number in range(500):
        writer.send(1, number)
    got: queue.SimpleQueue[int] = queue.SimpleQueue()

    def read() -> None:
        view = ShareView(share.address)
        while taken := view.receive(1):
            for one in taken:
                got.put(one)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20.0)
        assert not thread.is_alive()
    rest = writer.receive(1)
    assert sorted([got.get() for _ in range(got.qsize())] + rest) == list(range(500))


def test_it_listens_on_a_private_unix_socket(share: Share) -> None:
    """No port is opened, and who does not know the key is turned away."""
    assert share.address is not None
    assert Path(share.address.address).is_socket()
    stranger = ShareView(ShareAddress(share.address.address, b"wrong"))
    with pytest.raises(multiprocessing.AuthenticationError):
        stranger.settings()
    assert ShareView(share.address).settings() == SECTIONS


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_managers_end_is_the_daemons_decision(share: Share, number: int) -> None:
    """A Ctrl+C, or a signal to everybody, does not end it before the others."""
    assert share.pid is not None
    os.kill(share.pid, number)
    assert ShareView(share.address).settings() == SECTIONS


def test_the_end_leaves_no_socket(tmp_path: Path) -> None:
    """Nothing lies about after an orderly end."""
    share = Share(SPAWN, tmp_path)
    share.start(SECTIONS)
    assert list(tmp_path.iterdir())
    share.end()
    assert list(tmp_path.iterdir()) == []
