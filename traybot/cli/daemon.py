"""How is the daemon started: in the foreground, detached, or for the demo?"""

import os
import subprocess
import sys
import time

from traybot.errors import AlreadyRunning, TraybotError
from traybot.shells.paths import find_paths
from traybot.text import _

_UP_SECONDS = 15.0


def run(  # noqa: PLR0913  one parameter per option of the command
    bot: str,
    *,
    no_tray: bool,
    no_hotkeys: bool,
    seconds: float | None,
    autostart: bool,
    home: str | None,
    as_json: bool,
) -> int:
    """Run the daemon here until it is told to quit."""
    from traybot.app import Daemon, Options
    from traybot.cli.talk import named

    if home:
        os.environ["TRAYBOT_HOME"] = home
    options = Options(
        bot=named(bot),
        tray=not no_tray,
        hotkeys=not no_hotkeys,
        seconds=seconds,
        as_json=as_json,
        tell=not autostart,
    )
    try:
        daemon = Daemon(options, find_paths())
    except AlreadyRunning:
        if autostart:
            return 0
        raise
    code = daemon.run()
    if not autostart:
        print(_("traybot: all gone"), file=sys.stderr, flush=True)
    if not daemon.told:
        # A thread still waits for whoever does not read our output; Python would wait with it.
        os._exit(code)
    return code


def open() -> int:  # noqa: A001  the command's own name
    """Start the daemon apart from this terminal; if one runs, show how it is."""
    from traybot.cli import talk
    from traybot.system import choose
    from traybot.system.apart import start_apart

    if talk.running() is not None:
        return talk.status(as_json=False, follow=False)
    paths = find_paths()
    paths.prepare()
    with (paths.state / "stderr.txt").open("w") as log:
        process = start_apart(
            [sys.executable, "-m", "traybot", "run"],
            choose.apart(console=False),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    deadline = time.monotonic() + _UP_SECONDS
    while time.monotonic() < deadline:
        if (status := talk.running()) is not None:
            print(_("traybot runs; see it with: traybot status"))
            if status["settings"] != "ok":
                print(f"traybot: {status['settings']}", file=sys.stderr)
            return 0
        if process.poll() is not None:
            break
        time.sleep(0.05)
    remedy = _("see {log}, or try: traybot run").format(log=paths.log)
    raise TraybotError(_("cannot start traybot"), remedy)


def demo(*, no_display: bool, seconds: float, as_json: bool) -> int:
    """Play the built-in game with its bot, and tell the story."""
    from traybot.demo.show import show

    return show(no_display=no_display, seconds=seconds, as_json=as_json)
