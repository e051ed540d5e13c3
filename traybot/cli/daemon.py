"""How is the daemon started: in the foreground, detached, or for the demo?"""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

from traybot.errors import AlreadyRunning, TraybotError
from traybot.shells.instance import is_locked
from traybot.shells.paths import Paths, find_paths
from traybot.text import _

_UP_SECONDS = 15.0
_LOOK_SECONDS = 0.05


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
    with _private(paths.errors) as log:
        process = start_apart(
            [sys.executable, "-m", "traybot", "run"],
            choose.apart(console=False),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    status = _answered(process, paths)
    print(_("traybot runs; see it with: traybot status"))
    if status.get("settings", "ok") != "ok":
        print(f"traybot: {status['settings']}", file=sys.stderr)
    return 0


def _answered(process: "subprocess.Popen[bytes]", paths: Paths) -> dict[str, Any]:
    """Give the status of the daemon that we, or somebody else at the same time, have started."""
    from traybot.cli import talk

    trouble: TraybotError | None = None
    deadline = time.monotonic() + _UP_SECONDS
    while time.monotonic() < deadline:
        try:
            if (status := talk.running()) is not None:
                return status
        except TraybotError as error:  # it listens, and has no time yet
            trouble = error
        # One that another has started meanwhile holds the lock, and will answer.
        if process.poll() is not None and not is_locked(paths.lock):
            break
        time.sleep(_LOOK_SECONDS)
    raise trouble or _not_started(paths)


def _private(path: Path) -> IO[bytes]:
    """Begin a file that its owner alone may read; several may write to its end."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    path.chmod(0o600)  # of a former version's the others may read
    return os.fdopen(file, "ab")


def _not_started(paths: Paths) -> TraybotError:
    """Word by the daemon's own last line why it did not come up."""
    lines = paths.errors.read_text(encoding="utf-8", errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    if not last:
        remedy = _("see {log}, or try: traybot run").format(log=paths.log)
        return TraybotError(_("cannot start traybot"), remedy)
    what = _("cannot start traybot: {why}").format(why=last.removeprefix("traybot: "))
    return TraybotError(what, _("see {log}, or try: traybot run").format(log=paths.errors))


def demo(*, no_display: bool, seconds: float, as_json: bool) -> int:
    """Play the built-in game with its bot, and tell the story."""
    from traybot.demo.show import show

    return show(no_display=no_display, seconds=seconds, as_json=as_json)
