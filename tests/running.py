"""A whole daemon under test: started as by its user, asked over its socket, heard by its events."""

import json
import os
import queue
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from tests.desktop import eventually
from traybot.shells import client
from traybot.shells.paths import find_paths
from traybot.system.x11_input import X11Injector

#: Generous: the machine may be busy with other work.
START_SECONDS = 30.0
EVENT_SECONDS = 20.0

Document = dict[str, Any]


class Running:
    """A daemon in the foreground, without tray and hotkeys unless asked for."""

    def __init__(
        self, *arguments: str, faces: bool = False, program: Sequence[str] = ("-m", "traybot")
    ) -> None:
        """Start it; `home` must be in force (TRAYBOT_HOME). End it with the `with` block."""
        switches = [] if faces else ["--no-tray", "--no-hotkeys"]
        self.process = subprocess.Popen(
            [sys.executable, *program, "run", *arguments, *switches, "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.events: list[Document] = []
        self._arrived: queue.Queue[Document | None] = queue.Queue()
        self._errors: list[str] = []
        self._threads = [
            threading.Thread(target=self._read_events, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self._socket = find_paths().socket

    def __enter__(self) -> Self:
        try:
            self.until_up()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _read_events(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._arrived.put(json.loads(line))
        self._arrived.put(None)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self._errors.extend(self.process.stderr)

    def until_up(self) -> None:
        """Wait until it answers and hands is ready."""

        def up() -> bool:
            if self.process.poll() is not None:
                self._threads[1].join(1.0)
                raise AssertionError(f"the daemon ended at once: {self.errors}")
            try:
                return self.status()["input"] == "ok"
            except Exception:  # noqa: BLE001  not there yet, in whatever way
                return False

        eventually(up, START_SECONDS, "the daemon's answer")

    @property
    def errors(self) -> str:
        """What it wrote to standard error."""
        return "".join(self._errors)

    def ask(self, do: str, **more: object) -> Document:
        """Ask over the socket and give the answer."""
        return client.ask(self._socket, {"do": do, **more})

    def status(self) -> Document:
        """Give its status."""
        return self.ask("status")

    def heard(self, event: str, **fields: object) -> Document:
        """Wait for the next event of a kind with these fields; earlier ones are passed over."""
        while True:
            try:
                document = self._arrived.get(timeout=EVENT_SECONDS)
            except queue.Empty:
                told = [one["event"] for one in self.events]
                raise AssertionError(f"no {event} {fields}; heard {told}; {self.errors}") from None
            if document is None:
                self._arrived.put(None)
                told = [one["event"] for one in self.events]
                raise AssertionError(f"ended before {event} {fields}: {told}; {self.errors}")
            self.events.append(document)
            wanted = {"event": event, **fields}
            if all(document.get(key) == value for key, value in wanted.items()):
                return document

    def end(self) -> Document:
        """Tell it to quit, wait for its end, give the last event; may be called twice."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(EVENT_SECONDS)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            for thread in self._threads:
                thread.join(5.0)
            for pipe in (self.process.stdout, self.process.stderr):
                if pipe is not None:
                    pipe.close()
        while (document := self._arrived.get()) is not None:
            self.events.append(document)
        self._arrived.put(None)
        return self.events[-1] if self.events else {}


def make_bot(home: Path, name: str, code: str, settings: str = "", **files: bytes) -> Path:
    """Write a bot into the bots folder of `home`; `code` defines `play(bot)`."""
    folder = home / "bots" / name
    folder.mkdir(parents=True)
    (folder / "routine.py").write_text(textwrap.dedent(code), encoding="utf-8")
    settings = textwrap.dedent(settings)
    if "[routine]" not in settings:
        settings = '[routine]\nrun = "routine:play"\n' + settings
    (folder / "bot.toml").write_text(settings, encoding="utf-8")
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return folder


def traybot(*arguments: str, seconds: float = 30.0) -> subprocess.CompletedProcess[str]:
    """Run a command as its user does, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "traybot", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


@contextmanager
def x_keys() -> Iterator[X11Injector]:
    """A connection of the test's own, to see what is held down."""
    keys = X11Injector()
    try:
        yield keys
    finally:
        keys.close()


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        with Path(f"/proc/{pid}/stat").open() as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def environment(**more: str) -> dict[str, str]:
    """This process's environment with some changes."""
    return {**os.environ, **more}
