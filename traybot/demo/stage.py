"""Where does the demo play? On the screen that is there, or on a virtual one made for it.

The game itself says whether there is a screen: where its window does not come up for want of one,
an Xvfb is started and the game tried again. Everything ends with the `with` block; should this
process be killed, the game sees its standard input end, and the virtual screen leaves after its
last client.
"""

import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Self

from traybot.demo.flight import HEIGHT, WIDTH
from traybot.demo.game import NO_DISPLAY
from traybot.errors import TraybotError
from traybot.text import _

#: The bot that plays the game: a folder as a user would make it.
BOT = Path(__file__).with_name("bot")

#: How long the screen or the game's window may take to come up on a busy machine, in seconds.
START_SECONDS = 20.0
#: How long the game and the screen may take to leave when told, before they are killed.
STOP_SECONDS = 2.0
#: How often to look for the game's first report.
LOOK_SECONDS = 0.02

SCREEN = "800x600x24"
#: Where the window stands on a screen of our own, in pixels: in the middle.
PLACE = (160, 120)


class Stage:
    """Shows the game as long as its `with` block lasts; `TraybotError` if it cannot. One use only.

    Made, entered and left on one thread.
    """

    def __init__(self, *, no_display: bool = False, seed: int | None = None) -> None:
        """`no_display`: leave the user's screen alone; `seed`: the same walls each time."""
        #: The environment for everything that plays here: DISPLAY, and TRAYBOT_HOME, a folder
        #: that is removed in the end.
        self.env: dict[str, str] = {}
        #: What the game says: a file of JSON lines, see `traybot.demo.game`.
        self.report = Path()
        #: The process ids of the game and of the virtual screen, if there is one.
        self.game_pid = 0
        self.screen_pid: int | None = None
        self._no_display = no_display
        self._options = [] if seed is None else ["--seed", str(seed)]
        self._end = ExitStack()

    @property
    def own_screen(self) -> bool:
        """Whether the game plays on a virtual screen that nobody sees."""
        return self.screen_pid is not None

    def __enter__(self) -> Self:
        """Start what is needed; the game's window is on the screen when this returns."""
        with ExitStack() as undo:
            home = tempfile.TemporaryDirectory(prefix="traybot-demo-", ignore_cleanup_errors=True)
            folder = Path(undo.enter_context(home))
            self.env = {**os.environ, "TRAYBOT_HOME": str(folder)}
            self.report = folder / "game.jsonl"
            if self._no_display or not self._play(undo):
                self._open_screen(undo)
                if not self._play(undo):
                    raise _failed(folder)
            self._take_focus()
            self._end = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End the game, then the screen, then the folder; nothing of ours is left."""
        self._end.close()

    def _play(self, undo: ExitStack) -> bool:
        """Start the game and wait for its window; False where there is no screen to play on."""
        place = ["--geometry", "+{}+{}".format(*PLACE)] if self.own_screen else []
        command = [sys.executable, "-m", "traybot.demo.game", "--until-eof", *place, *self._options]
        errors = self.report.with_suffix(".err")
        with self.report.open("wb") as report, errors.open("wb") as complaint:
            game = subprocess.Popen(
                command,
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=report,
                stderr=complaint,
                start_new_session=True,  # Ctrl+C is for us, who then close the game in order
            )
        undo.callback(_end_game, game)
        deadline = time.monotonic() + START_SECONDS
        while game.poll() is None and time.monotonic() < deadline:
            if self.report.stat().st_size:
                self.game_pid = game.pid
                return True
            time.sleep(LOOK_SECONDS)
        if game.returncode == NO_DISPLAY:
            return False
        raise _failed(self.report.parent)

    def _open_screen(self, undo: ExitStack) -> None:
        """Make a virtual screen, and an environment that knows no other one."""
        screen, number = start_screen()
        undo.callback(end_screen, screen)
        self.screen_pid = screen.pid
        for name in ("WAYLAND_DISPLAY", "XAUTHORITY"):  # they are about another screen
            self.env.pop(name, None)
        self.env |= {"DISPLAY": f":{number}", "XDG_SESSION_TYPE": "x11"}

    def _take_focus(self) -> None:
        """Put the pointer over the window where no window manager gives it the keys."""
        if not self.env.get("DISPLAY"):
            return
        from Xlib import X
        from Xlib.display import Display

        with closing(Display(self.env["DISPLAY"])) as display:
            root = display.screen().root
            manager = display.intern_atom("_NET_SUPPORTING_WM_CHECK")
            if root.get_full_property(manager, X.AnyPropertyType) is None:
                left, top = PLACE if self.own_screen else (0, 0)
                root.warp_pointer(left + WIDTH // 2, top + HEIGHT // 2)
                display.sync()


def start_screen(size: str = SCREEN) -> tuple[subprocess.Popen[bytes], int]:
    """Start an Xvfb; it takes a free display number and tells which.

    `size` is width, height and depth; `TraybotError` where there is none.
    """
    program = shutil.which("Xvfb")
    if program is None:
        what = _("cannot make a screen: there is no Xvfb")
        raise TraybotError(what, _("Debian: apt install xvfb"))
    options = ["-screen", "0", size, "-nolisten", "tcp", "-terminate"]
    ours, theirs = os.pipe()
    with open(ours, "rb") as pipe:  # noqa: PTH123 - a descriptor, not a path
        try:
            screen = subprocess.Popen(
                [program, "-displayfd", str(theirs), *options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs,),
                start_new_session=True,
            )
        finally:
            os.close(theirs)
        told = select.select([pipe], [], [], START_SECONDS)[0] and pipe.readline()
    if not told:
        end_screen(screen)
        what = _("cannot make a screen: Xvfb did not start")
        raise TraybotError(what, _("try: Xvfb -displayfd 1"))
    return screen, int(told)


def _failed(folder: Path) -> TraybotError:
    """Word a game that did not come up by the last line it wrote."""
    said = (folder / "game.err").read_text(encoding="utf-8", errors="replace").strip()
    why = (
        said.splitlines()[-1].removeprefix("traybot: ") if said else _("its window did not come up")
    )
    return TraybotError(_("cannot play the demo: {why}").format(why=why))


def _end_game(game: subprocess.Popen[bytes]) -> None:
    if game.stdin is not None:
        with suppress(BrokenPipeError):  # it is gone already
            game.stdin.close()
    _wait_or_kill(game)


def end_screen(screen: subprocess.Popen[bytes]) -> None:
    """End a screen that `start_screen` has started."""
    screen.terminate()
    _wait_or_kill(screen)


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
