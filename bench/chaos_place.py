"""Where do the blows fall? On a nested display, where a user's own keys are a device of their own.

What XTest sends to the outer X server reaches the inner one as its keyboard and mouse, apart from
the inner server's XTEST devices: as real hands do on a real desk.
"""

import os
import random
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Self

from Xlib import X

from tests.desktop import Desktop, eventually
from tests.running import make_bot
from tests.system.test_users_keys import nested
from traybot.shells import settings_file
from traybot.shells.paths import find_paths
from traybot.system.base import HeldInput
from traybot.system.x11_input import X11Injector

#: Set for everything that the daemon starts, whatever it does to detach itself.
MARK = "TRAYBOT_CHAOS"
KEYS = ("a", "b", "shift", "ctrl")
PLAYER = f"""
import os, random, subprocess
def play(bot):
    if random.random() < 0.3:
        subprocess.Popen(["sleep", "1000"], start_new_session=True)
    seen = os.open("seen", os.O_WRONLY | os.O_CREAT, 0o600)
    while True:
        os.pwrite(seen, b"%08d" % bot.settings.recorder.incidents, 0)
        with bot.keys.hold(random.choice({KEYS})):
            bot.count("rounds")
            with bot.mouse.hold("right"):
                bot.sleep(random.random() / 20)
def revive(bot):
    with bot.keys.hold("r"):
        bot.sleep(0.05)
"""
SETTINGS = """
[routine]
run = "routine:play"
[recovery]
run = "routine:revive"
[limits]
max_deaths = 1000000
[[watch]]
name = "old"
kind = "timer"
after = "500ms"
every = "10ms"
then = "recover"
[[watch]]
name = "red"
kind = "color"
color = "#c02020"
region = [0, 0, 200, 100]
every = "20ms"
then = "stop"
"""


class Place:
    """A user, a display, a home folder with one bot; in a `with` block."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._stack = ExitStack()
        self.mark = f"{MARK}={os.getpid()}"
        self._incidents = 100

    def __enter__(self) -> Self:
        """Set it all up, and this process's environment with it."""
        enter = self._stack.enter_context
        self.folder = Path(enter(tempfile.TemporaryDirectory(prefix="traybot-chaos-")))
        self.home, self.temp = self.folder / "home", self.folder / "tmp"
        for folder in (self.home, self.temp):
            folder.mkdir()
        os.environ |= {"TRAYBOT_HOME": str(self.home), "TMPDIR": str(self.temp)}
        os.environ.pop("XAUTHORITY", None)
        outer = enter(Desktop(manager=None))
        self.server, os.environ["DISPLAY"] = nested(outer)
        self._stack.callback(self.server.wait, 20.0)
        self._stack.callback(self.server.terminate)
        self._user = enter(closing(X11Injector(outer.display)))
        with outer.connection() as connection:
            # A key held for minutes would be repeated all the while.
            connection.change_keyboard_control(auto_repeat_mode=X.AutoRepeatModeOff)
            connection.sync()
        self.seen = enter(closing(X11Injector()))
        self._user.move(400, 300)
        eventually(lambda: self.seen.pointer() == (400, 300), what="the user's mouse")
        self._users: set[int] = set()
        self.user_holds("w", down=True)
        self._user.press_button(1)
        make_bot(self.home, "player", PLAYER, SETTINGS)
        self.change_settings()
        # Only what is started from here on is under test.
        os.environ[MARK] = str(os.getpid())
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def user_holds(self, key: str, *, down: bool) -> None:
        """Have the user press or release a key."""
        code = self.seen.code_of(key)
        (self._user.press if down else self._user.release)(code)
        (self._users.add if down else self._users.discard)(code)

    def users_keys_are_down(self) -> bool:
        """Whether what the user holds is down, for programs too."""
        down = self.seen.pressed_anywhere()
        return down.keys >= self._users and 1 in down.buttons

    def ours(self) -> HeldInput:
        """What the XTEST devices hold: ours, and nobody else's here."""
        return self.seen.held()

    def change_settings(self) -> int:
        """Write the settings anew, whole; give what the bot is to see now."""
        self._incidents = 100 + (self._incidents - 99) % 9000
        path = find_paths().settings
        settings_file.set_option(path, "recorder.incidents", self._incidents)
        if self._dice.random() < 0.3:
            settings_file.set_option(path, "daemon.awake", self._dice.random() < 0.5)
        return self._incidents

    def settings_seen(self) -> bool:
        """Whether the bot has read what was written last."""
        try:
            return int((self.home / "bots/player/seen").read_text()) == self._incidents
        except (OSError, ValueError):
            return False

    def log_tail(self, lines: int = 60) -> str:
        """Give the end of the daemon's log."""
        return "\n".join(find_paths().log.read_text(errors="replace").splitlines()[-lines:])
