"""How do settings and messages reach the children? By a Manager process that may die unnoticed.

The engine's own copy is the truth. A Manager that dies is replaced by a new one, filled from that
copy; children learn its address by their pipe and go on with what they last read until then.
"""

import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from multiprocessing.managers import BaseProxy, DictProxy, Server, SyncManager
from multiprocessing.process import current_process
from pathlib import Path
from typing import Any

from traybot.shells import guard, signals, streams
from traybot.system import choose

_log = logging.getLogger(__name__)

#: What a Manager raises once its process is gone.
LOST = (OSError, EOFError)
#: A life that does not read its messages must not fill the Manager's memory.
_MESSAGES = 1000


@dataclass(frozen=True, slots=True)
class ShareAddress:
    """Where a Manager listens, as it travels to the children."""

    address: str
    key: bytes


class _RestingServer(Server):
    """What runs in the Manager's process; the library's own wakes every second, for nothing."""

    def serve_forever(self) -> None:
        """Serve on threads until told to stop; the main thread, in the library's own steps."""
        self.stop_event = threading.Event()
        current_process()._manager_server = self  # type: ignore[attr-defined]  # noqa: SLF001  the library asks for it
        threading.Thread(target=self.accepter, daemon=True).start()
        self.stop_event.wait()
        sys.exit(0)


class ShareManager(SyncManager):
    """A Manager with our shared objects, known by name so that anybody can find them again."""

    _Server = _RestingServer


# These two live in the Manager's process only.
_settings: dict[str, Any] = {}
_queues: dict[int, "queue.Queue[Any]"] = {}


def _shared_settings() -> dict[str, Any]:
    return _settings


def _messages(life: int) -> "queue.Queue[Any]":
    for old in [number for number in _queues if number < life - 1]:
        del _queues[old]
    return _queues.setdefault(life, queue.Queue(_MESSAGES))


ShareManager.register("settings", callable=_shared_settings, proxytype=DictProxy)
ShareManager.register("messages", callable=_messages)


def _begin() -> None:
    """Set up the Manager's process: it dies with the daemon, by two means, and by nothing else."""
    os.umask(0o077)  # its socket is made a moment later
    processes = choose.processes()
    processes.die_with_parent(signals.KILL)
    processes.own_group()
    for number in signals.our_signals():
        signal.signal(number, signal.SIG_IGN)
    streams.say_nothing()
    guard.leave_with_parent(lambda: None)


def _hang_up(address: str) -> None:
    """Close each thread's line to a Manager that is gone: the library would keep it for ever."""
    BaseProxy._address_to_local.pop(address, None)  # noqa: SLF001  no public name


class Share:
    """The daemon's side: starts Managers and publishes into the present one."""

    def __init__(
        self, context: BaseContext, folder: Path, tie: Callable[[int], None] = lambda _: None
    ) -> None:
        """Start nothing yet; sockets will lie in `folder`. `tie` has a process end with us."""
        self._tie = tie
        self._context = context
        self._folder = folder
        self._number = 0
        self._manager: ShareManager | None = None
        self._sections: dict[str, dict[str, Any]] = {}
        #: The shared settings, kept to be asked whether they are there.
        self._settings: Any = None
        self.address: ShareAddress | None = None
        #: The Manager's process, if there is one; may be read from any thread.
        self.pid: int | None = None

    def start(self, sections: Mapping[str, Mapping[str, Any]]) -> ShareAddress:
        """Start a Manager and fill it; blocks for about 0.1 s, on a thread that lives on."""
        self._number += 1
        address = choose.manager_address(self._folder, f"manager-{os.getpid()}-{self._number}")
        manager = ShareManager(address=address, ctx=self._context)
        with signals.kept():
            manager.start(initializer=_begin)
        self._manager = manager
        self.pid = self._process.pid
        self._tie(self._process.pid)
        self._sections = {name: dict(values) for name, values in sections.items()}
        self._settings = manager.settings()  # type: ignore[attr-defined]  # registered above
        self._settings.update(self._sections)
        key = bytes(manager._authkey)  # type: ignore[attr-defined]  # noqa: SLF001  no public name
        self.address = ShareAddress(address, key)
        return self.address

    def publish(self, section: str, values: Mapping[str, Any]) -> None:
        """Replace a whole section; nested edits would be lost by the proxy."""
        self._sections[section] = dict(values)
        if self._manager is None:
            return
        try:
            self._manager.settings()[section] = dict(values)  # type: ignore[attr-defined]  # as above
        except LOST:
            _log.warning("the settings manager is gone; section %s goes into the next one", section)

    def ping(self) -> bool:
        """Wait until the Manager answers; False if it is gone. On one thread, each time the same.

        A Manager that hangs is waited for until somebody kills it.
        """
        try:
            return self._settings is not None and len(self._settings) >= 0
        except LOST:
            return False

    def kill(self) -> None:
        """Kill it, whoever waits for it; that it is gone is seen as always."""
        process = self._process
        if process is not None:
            process.kill()

    @property
    def sentinel(self) -> int | None:
        """Readable once the Manager is gone."""
        process = self._process
        return process.sentinel if process else None

    @property
    def _process(self) -> Any:  # noqa: ANN401  the library has no public type for it
        return getattr(self._manager, "_process", None)

    def end(self) -> None:
        """End the Manager at once; it holds nothing that is not ours as well."""
        manager, process = self._manager, self._process
        if manager is None or process is None:
            return
        process.kill()
        process.join(1.0)
        # The library would otherwise talk to the dead process when the program ends.
        manager.shutdown.cancel()  # a Finalize object
        Path(str(manager.address)).unlink(missing_ok=True)
        self._manager, self.address, self.pid, self._settings = None, None, None, None
        _hang_up(str(manager.address))


class ShareView:
    """A child's side; reads and writes without ever blocking its work for long."""

    def __init__(self, address: ShareAddress | None) -> None:
        """Remember where the Manager is; connects at first use."""
        self._address = address
        self._manager: ShareManager | None = None
        self._queues: dict[int, Any] = {}

    def move(self, address: ShareAddress) -> None:
        """There is another Manager now."""
        former = self._address
        self._address, self._manager, self._queues = address, None, {}
        if former is not None:
            _hang_up(former.address)

    def settings(self) -> dict[str, Any] | None:
        """Copy all sections; None while no Manager answers."""
        settings: dict[str, Any] | None = self._ask(lambda manager: manager.settings().copy())
        return settings

    def send(self, life: int, message: object) -> bool:
        """Leave a message for a life; False if it could not be left."""
        return bool(self._ask(lambda _: self._queue(life).put_nowait(message) or True))

    def receive(self, life: int) -> list[Any]:
        """Take the messages that wait for a life, without waiting for more."""
        messages: list[Any] = []

        def take(_: Any) -> bool:  # noqa: ANN401
            waiting = self._queue(life)
            messages.extend(waiting.get_nowait() for _ in range(waiting.qsize()))
            return True

        self._ask(take)
        return messages

    def _queue(self, life: int) -> Any:  # noqa: ANN401  a proxy made at run time
        if life not in self._queues:
            self._queues = {life: self._connected().messages(life)}
        return self._queues[life]

    def _connected(self) -> Any:  # noqa: ANN401  registered methods have no static type
        if self._manager is None and self._address is not None:
            manager = ShareManager(self._address.address, self._address.key)
            manager.connect()
            self._manager = manager
        return self._manager

    def _ask(self, question: Callable[[Any], Any]) -> Any:  # noqa: ANN401
        if self._address is None:
            return None
        try:
            return question(self._connected())
        except (*LOST, queue.Full, queue.Empty):
            self._manager, self._queues = None, {}
            return None
