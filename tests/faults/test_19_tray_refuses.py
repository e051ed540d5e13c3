"""19: the desktop's tray refuses the icon five times: it is asked again, with growing waits."""

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from jeepney import Message, MessageType, bus_messages, new_error, new_method_return

from tests.desktop import Desktop, eventually
from traybot.shells import tray_bus
from traybot.shells.tray_bus import WATCHER, BusIcon
from traybot.shells.tray_pictures import Pictures
from traybot.system.buses import connect, session_address

REFUSALS = 5


class Watcher:
    """Takes items after some refusals; answers on a thread, over a connection of its own."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._connection = connect(session_address())
        self._connection.send_and_get_reply(bus_messages.message_bus.RequestName(WATCHER))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                message = self._connection.receive(timeout=0.05)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                self._connection.send(self._answer(message))

    def _answer(self, message: Message) -> Message:
        names = {str(value) for value in message.header.fields.values()}
        if "RegisterStatusNotifierItem" not in names:
            return new_method_return(message, "v", (("b", True),))
        self.asked.append(time.monotonic())
        if len(self.asked) <= REFUSALS:
            return new_error(message, "org.freedesktop.DBus.Error.Failed", "s", ("not now",))
        return new_method_return(message)

    def close(self) -> None:
        """Leave the bus."""
        self._over.set()
        self._thread.join()
        self._connection.close()


@pytest.fixture
def watcher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watcher]:
    """A watcher on a bus of its own."""
    with Desktop(manager=None, bus=True) as desktop:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.env["DBUS_SESSION_BUS_ADDRESS"])
        watcher = Watcher()
        yield watcher
        watcher.close()


def test_it_is_asked_again_and_logged_once(
    watcher: Watcher,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The waits double; one warning is logged; taken at last, the icon has no trouble any more."""
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(tray_bus, "RETRY_SECONDS", 0.02)
    icon = BusIcon(Pictures(tmp_path), lambda _: None, lambda: None)

    def taken() -> bool:
        icon.tend()
        return icon.registered

    try:
        eventually(taken, 20.0, "the icon's place")
    finally:
        icon.close()
    waits = [
        after - before for before, after in zip(watcher.asked, watcher.asked[1:], strict=False)
    ]
    assert len(waits) == REFUSALS
    assert all(wait >= 0.02 * 2**number for number, wait in enumerate(waits))
    assert [record.getMessage() for record in caplog.records] == [
        "the desktop's tray refuses the icon: not now"
    ]
    assert icon.trouble == ""
