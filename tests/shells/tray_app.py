"""A tray in a process of its own, as the daemon has it: JSON lines in, JSON lines out.

In: `{"show": {…}}`, `{"stop": true}`, `{"health": true}`, `{"storm": how many, "seconds": for how
long}`. Out: `{"tray": class}`, `{"clicked": …}`, `{"health": …}`, `{"stormed": how long it took}`,
`{"ended": seconds after stop}`. It leaves when its input ends.
"""

import json
import signal
import sys
import threading
import time
from collections.abc import Iterable
from typing import Any

from traybot.core.menu import MenuItem
from traybot.core.status import Status
from traybot.shells.tray import choose_tray

THREADS = 8


def say(**document: object) -> None:
    """Write a line; in one piece, for threads write too."""
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


def read_status(document: dict[str, Any]) -> Status:
    """Make a status of its document."""
    return Status(**document | {"menu": read_menu(document.get("menu", ()))})


def read_menu(items: Iterable[dict[str, Any]]) -> tuple[MenuItem, ...]:
    """Make lines of their documents."""
    return tuple(MenuItem(**item | {"items": read_menu(item["items"])}) for item in items)


def storm(tray: Any, changes: int, seconds: float) -> None:  # noqa: ANN401 - any tray
    """Show so many statuses from 8 threads within a time; the last one is the last shown."""
    began, each = time.monotonic(), changes // THREADS

    def blow(thread: int) -> None:
        pause = threading.Event()
        for number in range(each):
            icon = ("running", "paused", "dead")[number % 3]
            menu = (MenuItem(f"{thread}: {number}"), MenuItem("Stop", "stop"))
            tray.show(Status(icon, f"{thread}: {number}", menu))
            pause.wait(max(0.0, began + seconds * number / each - time.monotonic()))

    threads = [threading.Thread(target=blow, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tray.show(Status("idle", "calm", (MenuItem("calm"), MenuItem("Stop", "stop"))))
    say(stormed=time.monotonic() - began)


def main() -> None:
    """Show what is asked for."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    tray = choose_tray(lambda action: say(clicked=action))
    say(tray=type(tray).__name__)

    input_ended = threading.Event()
    stopped_at = [0.0]

    def obey() -> None:
        for line in sys.stdin:
            order = json.loads(line)
            if "show" in order:
                tray.show(read_status(order["show"]))
            elif "storm" in order:
                storm(tray, order["storm"], order["seconds"])
            elif "health" in order:
                say(health=tray.health())
            else:
                stopped_at[0] = time.monotonic()
                tray.stop()
        input_ended.set()
        tray.stop()

    threading.Thread(target=obey, daemon=True).start()
    tray.run()
    say(ended=time.monotonic() - stopped_at[0])
    input_ended.wait()


if __name__ == "__main__":
    main()
