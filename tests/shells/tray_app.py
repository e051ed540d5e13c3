"""A tray in a process of its own, as the daemon has it: JSON lines in, JSON lines out.

In: `{"show": {…}}`, `{"stop": true}`, `{"health": true}`. Out: `{"tray": class}`, `{"clicked": …}`,
`{"health": …}`, `{"ended": seconds after stop}`. It leaves when its input ends.
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
