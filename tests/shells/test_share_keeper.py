"""Is there always a Manager again, filled from the engine's copy and known to the children?"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from multiprocessing.connection import wait

import pytest

from tests.desktop import eventually
from tests.running import alive
from traybot.shells import pulse, share_keeper
from traybot.shells.launcher import Launcher
from traybot.shells.mailbox import Mailbox
from traybot.shells.share import Share, ShareAddress, ShareManager, ShareView
from traybot.shells.share_keeper import ShareKeeper

Sections = dict[str, dict[str, object]]


class Kept:
    """A keeper and what it needs, looked after as the engine would."""

    def __init__(self, share: Share) -> None:
        self.sections: Sections = {"tray": {"enabled": True}}
        self.mailbox, self.launcher = Mailbox(), Launcher("keeper")
        self.share = share
        self.keeper = ShareKeeper(share, self.launcher, lambda: self.sections, self.mailbox.wake)
        self.addresses: list[ShareAddress] = []
        self.keeper.moved = self.addresses.append

    def turn(self) -> None:
        """One turn of the engine: wait for what it waits for, then collect."""
        waitables = [self.mailbox.fileno(), *self.keeper.waitables()]
        wait(waitables, self.keeper.seconds_left() or 0.05)
        self.mailbox.collect()
        assert self.keeper.collect() == []

    def until_addresses(self, count: int) -> None:
        """Turn until so many Managers have been made known."""

        def enough() -> bool:
            self.turn()
            return len(self.addresses) >= count

        eventually(enough, 20.0, f"{count} Managers")

    def kill(self) -> None:
        """End the present Manager as nothing should."""
        pid = self.share.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: not alive(pid), what="the Manager's end")


@pytest.fixture
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """A keeper that has not begun."""
    spawn = multiprocessing.get_context("spawn")
    kept = Kept(Share(spawn, tmp_path_factory.mktemp("mp")))
    yield kept
    kept.launcher.stop(10.0)
    kept.keeper.stop(10.0)
    kept.share.end()
    kept.mailbox.close()


def test_the_first_manager_is_made_known(kept: Kept) -> None:
    """Starting waits for nothing; the address comes when the Manager is up and filled."""
    kept.keeper.start()
    assert kept.addresses == []
    kept.until_addresses(1)
    assert ShareView(kept.addresses[0]).settings() == kept.sections
    assert kept.keeper.waitables() == [kept.share.sentinel]
    assert kept.keeper.seconds_left() is not None, "it is asked now and then whether it is there"


def test_a_killed_manager_is_replaced(kept: Kept) -> None:
    """The next one holds the settings as they are by then, again and again."""
    kept.keeper.start()
    for count in (1, 2, 3):
        kept.until_addresses(count)
        assert ShareView(kept.addresses[-1]).settings() == kept.sections
        kept.sections = {"tray": {"enabled": False, "count": count}}
        kept.kill()
    kept.until_addresses(4)
    assert len({address.address for address in kept.addresses}) == 4
    assert ShareView(kept.addresses[-1]).settings() == {"tray": {"enabled": False, "count": 3}}


def test_a_start_that_fails_is_tried_again(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process can be had for a moment the Manager comes later, and not at full speed."""
    monkeypatch.setattr(share_keeper, "_AGAIN_SECONDS", 0.1)
    start, failures = kept.share.start, [OSError("no more processes"), EOFError()]

    def fail_first(sections: Sections) -> ShareAddress:
        if failures:
            raise failures.pop()
        return start(sections)

    monkeypatch.setattr(kept.share, "start", fail_first)
    kept.keeper.start()
    kept.until_addresses(1)
    assert failures == []


def test_a_manager_that_dies_while_it_is_filled_is_replaced(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between its start and its first settings it is cleaned up after like any other."""
    start = ShareManager.start
    pids: list[int] = []

    def start_and_die(manager: ShareManager, **options: object) -> None:
        start(manager, **options)  # type: ignore[arg-type]  # passed on as they came
        if not pids:
            pids.append(manager._process.pid)  # type: ignore[attr-defined]  # noqa: SLF001
            os.kill(pids[0], signal.SIGKILL)

    monkeypatch.setattr(ShareManager, "start", start_and_die)
    monkeypatch.setattr(share_keeper, "_AGAIN_SECONDS", 0.1)
    kept.keeper.start()
    kept.until_addresses(1)
    assert not alive(pids[0])
    assert ShareView(kept.addresses[0]).settings() == kept.sections


def test_a_manager_that_hangs_is_replaced(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not answer in time: it is ended, and whoever waited for it is free again."""
    monkeypatch.setattr(pulse, "MANAGER", pulse.Rhythm(0.05, 0.3))
    kept = Kept(kept.share)
    kept.keeper.start()
    kept.until_addresses(1)
    pid = kept.share.pid
    assert pid is not None
    view = ShareView(kept.addresses[0])
    assert view.settings() == kept.sections
    os.kill(pid, signal.SIGSTOP)
    read: list[object] = []
    reader = threading.Thread(target=lambda: read.append(view.settings()))
    reader.start()
    kept.until_addresses(2)
    reader.join(10.0)
    assert read == [None]
    assert not alive(pid)
    kept.launcher.stop(10.0)
    kept.keeper.stop(10.0)
    kept.mailbox.close()
