"""A bus of a test's own, and whoever may put the machine to sleep on it."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

SCREEN_SAVER = "org.freedesktop.ScreenSaver"
POWER = "org.freedesktop.PowerManagement"
SESSION = "org.gnome.SessionManager"
LOGIND = "org.freedesktop.login1"
NOBODY = "unix:path=/nonexistent"
#: Generous: the machine may be busy with other work.
HEAR_SECONDS = 15.0

Fact = dict[str, Any]


@contextmanager
def private_bus() -> Iterator[str]:
    """Run a bus for the length of a `with` block; gives its address."""
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert bus.stdout is not None
    try:
        yield bus.stdout.readline().strip()
    finally:
        bus.terminate()
        bus.wait()
        bus.stdout.close()


class Sleepers:
    """`fake_inhibitors` as a process, in a `with` block."""

    def __init__(self, address: str, *names: str) -> None:
        self._address, self._names = address, names
        self._facts: queue.Queue[Fact | None] = queue.Queue()
        #: What was passed over while waiting for something else.
        self.passed: list[Fact] = []

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("fake_inhibitors.py")), *self._names],
            env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": self._address},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        try:
            self.heard("ready")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._facts.put(json.loads(line))
        self._facts.put(None)

    def heard(self, fact: str, by: str | None = None) -> Fact:
        """Wait for the next fact of a kind, from one service if named."""
        while True:
            try:
                told = self._facts.get(timeout=HEAR_SECONDS)
            except queue.Empty:
                raise AssertionError(f"no {fact} by {by}; heard {self.passed}") from None
            assert told is not None, f"the services ended; heard {self.passed}"
            if fact in told and (by is None or told[fact] == by):
                return told
            self.passed.append(told)

    def unheard(self, fact: str) -> bool:
        """Whether nothing of a kind has come up to now."""
        while not self._facts.empty():
            told = self._facts.get()
            assert told is not None, "the services ended"
            self.passed.append(told)
        return not any(fact in told for told in self.passed)
