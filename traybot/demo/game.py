"""What does the demo play? A small game of our own in a window: `python -m traybot.demo.game`.

Hold Up to rise, let go to sink; R starts anew after a death; Escape leaves. Every change is also
said on standard output, one JSON document a line: `{"state": "playing" | "over", "t": …,
"deaths": …}`, `t` in seconds of the system's monotonic clock, written when the window shows it. So
what a bot believes to have seen can be compared with what happened.
"""

import argparse
import contextlib
import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Sequence
from random import Random
from types import FrameType
from typing import TYPE_CHECKING

from traybot.demo.flight import HEIGHT, TICK, WIDTH, Flight
from traybot.shells import signals

if TYPE_CHECKING:
    import tkinter as tk

TITLE = "traybot demo"

#: From one picture to the next, in milliseconds: 50 pictures a second.
FRAME_MS = 20

#: A key that repeats by itself is let go and pressed again at one instant; a real letting go is not
#: followed by a press within this time, in milliseconds.
REPEAT_MS = 8

#: The exit code where there is no screen to play on; whoever started us may offer another one.
NO_DISPLAY = 3


class Game:
    """The window, its clock and its keys; made and used on one thread."""

    def __init__(self, root: "tk.Tk", seed: int) -> None:
        from traybot.demo.painting import Painting

        self._root = root
        self._painting = Painting(root)
        self._seed = seed
        self._deaths = 0
        self._best = 0
        self._up = False
        self._letting_go: str | None = None
        self._leaving = threading.Event()
        self._flight = Flight(Random(seed))
        self._clock = 0.0
        root.bind("<KeyPress-Up>", self._press)
        root.bind("<KeyRelease-Up>", self._release)
        root.bind("<KeyPress-r>", self._again)
        root.bind("<KeyPress-R>", self._again)
        root.bind("<KeyPress-Escape>", lambda _: self.leave())
        root.protocol("WM_DELETE_WINDOW", self.leave)

    def run(self) -> None:
        """Play until somebody leaves."""
        self._root.wait_visibility()
        self._begin()
        self._frame()
        self._root.mainloop()

    def leave(self) -> None:
        """End the game within a picture's time; any thread, also from a signal's handler."""
        self._leaving.set()

    def _begin(self) -> None:
        """Start a life; each has dice of its own, so that one does not change the next."""
        self._flight = Flight(Random(self._seed + self._deaths))
        self._clock = time.monotonic()
        self._show()
        self._report("playing")

    def _frame(self) -> None:
        """Catch up with the clock, draw, and come back; the heart of the game."""
        if self._leaving.is_set():
            self._root.destroy()
            return
        self._root.after(FRAME_MS, self._frame)  # first, so that drawing does not slow the pace
        if not self._flight.over:
            self._play(time.monotonic())

    def _play(self, now: float) -> None:
        # All the steps that are due, however long the machine was busy: a life is as long in
        # seconds as the rules say.
        while self._clock + TICK <= now and not self._flight.over:
            self._clock += TICK
            self._flight.step(up=self._up)
        if self._flight.over:
            self._deaths += 1
            self._best = max(self._best, self._flight.score)
        self._show()
        if self._flight.over:
            self._painting.over()
            self._report("over")

    def _show(self) -> None:
        self._painting.show(self._flight, up=self._up, deaths=self._deaths, best=self._best)

    def _report(self, state: str) -> None:
        """Say what the window shows, once it really shows it."""
        self._root.update_idletasks()
        self._root.winfo_pointerxy()  # an answer from the window system: all before it is drawn
        line = {"state": state, "t": round(time.monotonic(), 4), "deaths": self._deaths}
        # Not by print: what it keeps for a listener who has left would spoil the exit code.
        with contextlib.suppress(OSError):
            os.write(1, f"{json.dumps(line)}\n".encode())

    def _press(self, _event: object) -> None:
        if self._letting_go is not None:
            self._root.after_cancel(self._letting_go)
            self._letting_go = None
        self._up = True

    def _release(self, _event: object) -> None:
        if self._letting_go is None:
            self._letting_go = self._root.after(REPEAT_MS, self._let_go)

    def _let_go(self) -> None:
        self._letting_go = None
        self._up = False

    def _again(self, _event: object) -> None:
        if self._flight.over:
            self._begin()


def main(arguments: Sequence[str] | None = None) -> int:
    """Play; give the exit code: 0 left, 1 no tkinter, 3 no screen."""
    options = _options(arguments)
    try:
        import tkinter as tk
    except ImportError as error:
        return _refuse(1, f"cannot show the game: {error} (Debian: apt install python3-tk)")
    try:
        root = tk.Tk(className="traybot-demo")
    except tk.TclError as error:
        return _refuse(NO_DISPLAY, f"cannot show the game: {error}")
    root.title(options.title)
    root.resizable(width=False, height=False)
    root.geometry(options.geometry)
    seed = time.time_ns() if options.seed is None else options.seed
    game = Game(root, seed)

    def told(_number: int, _frame: FrameType | None) -> None:
        game.leave()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    signals.unblock()  # a daemon that blocks them hands that down
    if options.until_eof:
        threading.Thread(target=_follow_parent, args=(game,), daemon=True).start()
    game.run()
    return 0


def _follow_parent(game: Game) -> None:
    """Leave when standard input ends: the one who started us is gone, however that happened."""
    # Not by sys.stdin: its lock, held by a waiting thread, breaks the interpreter's end.
    while os.read(0, 4096):
        pass
    game.leave()


def _refuse(code: int, why: str) -> int:
    sys.stderr.write(f"traybot: {why}\n")
    return code


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="traybot.demo.game", description=__doc__)
    parser.add_argument("--seed", type=int, help="the same number: the same walls in each life")
    parser.add_argument("--title", default=TITLE, help="of the window")
    parser.add_argument(
        "--geometry", type=_geometry, default=f"{WIDTH}x{HEIGHT}", help="where: [480x360]+X+Y"
    )
    parser.add_argument(
        "--until-eof", action="store_true", help="leave when standard input has ended"
    )
    return parser.parse_args(arguments)


def _geometry(text: str) -> str:
    size = f"{WIDTH}x{HEIGHT}"
    if not re.fullmatch(rf"({size})?([+-]-?\d+[+-]-?\d+)?", text):
        raise argparse.ArgumentTypeError(f"the window is {size}; give its place as +X+Y")
    return size + text.removeprefix(size)


if __name__ == "__main__":
    sys.exit(main())
