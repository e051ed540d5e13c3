"""What a desktop sees of a tray icon: its process, its item on the session bus, and its menu."""

import json
import queue
import subprocess
import sys
import threading
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from traybot.core.status import Status

with warnings.catch_warnings():
    # The loader of this distribution's gi is of an old kind, and Python says so.
    warnings.simplefilter("ignore", ImportWarning)
    from gi.repository import Gio, GLib

ROOT = Path(__file__).parents[2]
ANSWER_SECONDS = 15.0

WATCHER = ("org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher")
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"


class TrayApp:
    """`tray_app` as a process, in a `with` block."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = {**env, "PYTHONPATH": str(ROOT)}
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()

    def __enter__(self) -> Self:
        """Start it and wait until it has chosen its tray."""
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("tray_app.py"))],
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._readers = [threading.Thread(target=self._read), threading.Thread(target=self._hear)]
        self.errors = ""
        for reader in self._readers:
            reader.start()
        try:
            self.tray = str(self.answer("tray"))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End it kindly, by force if that does not work."""
        assert self.process.stdin
        assert self.process.stdout
        assert self.process.stderr
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def show(self, status: Status) -> None:
        """Have a status shown."""
        self._order(show=asdict(status))

    def storm(self, changes: int, seconds: float) -> None:
        """Have so many statuses shown from 8 threads; `answer("stormed")` comes when it is over."""
        self._order(storm=changes, seconds=seconds)

    def stop(self) -> float:
        """Have the tray stopped; give how long that took it, in seconds."""
        self._order(stop=True)
        return float(self.answer("ended"))

    def health(self) -> str:
        """Ask for the tray's health."""
        self._order(health=True)
        return str(self.answer("health"))

    def answer(self, key: str) -> Any:  # noqa: ANN401 - JSON
        """Wait for a line with this key."""
        while True:
            line = self._lines.get(timeout=ANSWER_SECONDS)
            if key in line:
                return line[key]

    def _order(self, **document: object) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(document) + "\n")
        self.process.stdin.flush()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self._lines.put(json.loads(line))

    def _hear(self) -> None:
        for line in self.process.stderr or ():
            self.errors += line


class Bus:
    """The session bus of a desktop, as a panel uses it."""

    def __init__(self, address: str) -> None:
        flags = Gio.DBusConnectionFlags
        self._connection = Gio.DBusConnection.new_for_address_sync(
            address,
            flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION,
            None,
            None,
        )

    def close(self) -> None:
        """Leave the bus."""
        self._connection.close_sync(None)

    def items(self) -> list[str]:
        """Every icon that the desktop's watcher knows of ours: bus name and path in one."""
        name, path = WATCHER
        items = self._property(name, path, name, "RegisteredStatusNotifierItems")
        return [item for item in items if item.endswith("/traybot")]

    def item(self, name: str) -> Any:  # noqa: ANN401 - of many types
        """Give a property of our icon."""
        owner, path = self._place()
        return self._property(owner, path, ITEM, name)

    def menu(self) -> list[dict[str, Any]]:
        """Give our menu's lines, each with its `id` and what the desktop knows of it."""
        owner, path = self._place()
        question = GLib.Variant("(iias)", (0, -1, []))
        _, (_, _, lines) = self._call(owner, f"{path}/Menu", MENU, "GetLayout", question)
        return [{"id": number, **properties} for number, properties, _ in lines]

    def labels(self) -> list[str]:
        """Give the labels of our menu, as far as it is there; a separator has none."""
        try:
            return [line.get("label", "") for line in self.menu()]
        except (GLib.Error, IndexError):
            return []

    def click(self, label: str) -> None:
        """Click a line of our menu."""
        owner, path = self._place()
        number = next(line["id"] for line in self.menu() if line.get("label") == label)
        event = GLib.Variant("(isvu)", (number, "clicked", GLib.Variant("i", 0), 0))
        self._call(owner, f"{path}/Menu", MENU, "Event", event)

    def _place(self) -> tuple[str, str]:
        owner, _, path = self.items()[0].partition("/")
        return owner, f"/{path}"

    def _property(self, owner: str, path: str, interface: str, name: str) -> Any:  # noqa: ANN401
        question = GLib.Variant("(ss)", (interface, name))
        return self._call(owner, path, "org.freedesktop.DBus.Properties", "Get", question)[0]

    def _call(self, owner: str, path: str, interface: str, method: str, given: Any) -> Any:  # noqa: ANN401
        answer = self._connection.call_sync(
            owner, path, interface, method, given, None, Gio.DBusCallFlags.NONE, 5000, None
        )
        return answer.unpack()
