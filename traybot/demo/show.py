"""How is the demo told? A daemon plays for a while, its events become a story with a picture."""

import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from traybot.core.geometry import Rect
from traybot.demo.game import TITLE
from traybot.demo.stage import BOT, Stage
from traybot.errors import TraybotError
from traybot.text import _

PICTURE = Path("traybot-demo.png")
_END_SECONDS = 10.0

Document = dict[str, Any]


def show(*, no_display: bool, seconds: float, as_json: bool) -> int:
    """Play the demo; 0 if every death was recovered and nothing was left behind."""
    with Stage(no_display=no_display) as stage:
        if not as_json:
            told = _("The demo plays in a window for {seconds:g} s; Ctrl+C ends it.")
            if stage.own_screen:
                told = _("The demo plays on a screen of its own for {seconds:g} s; Ctrl+C ends it.")
            print(told.format(seconds=seconds) + "\n")
        os.environ.update(stage.env)
        story = Story(as_json=as_json)
        with closing(_events(stage, seconds)) as events:
            for document in events:
                story.tell(document)
    return story.end()


def _events(stage: Stage, seconds: float) -> Generator[Document, None, None]:
    """Run a daemon of its own on the stage; give its events until it is gone."""
    command = [sys.executable, "-m", "traybot", "run", str(BOT), "--no-tray", "--no-hotkeys"]
    daemon = subprocess.Popen(
        [*command, "--for", f"{seconds:.3f}s", "--json"],
        env=stage.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl+C is for us, who then end it in order
        text=True,
    )
    assert daemon.stdout is not None
    try:
        for line in daemon.stdout:
            yield json.loads(line)
    except KeyboardInterrupt:
        daemon.terminate()
        for line in daemon.stdout:
            yield json.loads(line)
    except GeneratorExit:  # whoever listened to us has gone: nothing more is to be told
        daemon.terminate()
        raise
    finally:
        with suppress(subprocess.TimeoutExpired):
            daemon.wait(_END_SECONDS)
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()
        daemon.stdout.close()


class Story:
    """Tells events as lines for a person, or passes them on."""

    def __init__(self, *, as_json: bool) -> None:
        """Nothing has happened yet."""
        self._as_json = as_json
        self._seen: Document = {}
        self._photographer = None if as_json else Photographer()
        self._summary: Document | None = None

    def tell(self, document: Document) -> None:
        """Tell one event."""
        event = document["event"]
        if event == "summary":
            self._summary = document
        if event == "verdict" and self._photographer:
            self._photographer.take(document)
        if self._as_json:
            print(json.dumps(document), flush=True)
            return
        sentence = self._sentence(event, document)
        if sentence:
            print(f"{document['t']:8.2f} s  {sentence}", flush=True)

    def _sentence(self, event: str, document: Document) -> str:
        if event == "verdict":
            self._seen = document
            score, ms = document["score"], document["latency_ms"]
            told = _('death is seen: "{watch}", score {score:.3f}, {ms:.1f} ms')
            return told.format(watch=document["watch"], score=score, ms=ms)
        if event == "gone" and document.get("watch"):
            gate, gone = self._seen.get("gate_ms"), document["seen_to_gone_ms"]
            told = _("gate closed {gate:.1f} ms, routine gone {gone:.1f} ms after the picture")
            return "  " + told.format(gate=gate, gone=gone)
        words = {
            "running": _("life {life} plays"),
            "recovering": "  " + _("the recovery presses R"),
            "recovered": "  " + _("recovered: the panel is gone"),
            "failed": _("failed: {why}"),
            "refused": _("refused: {why}"),
            "backoff": "  " + _("waiting: {why}"),
        }
        return words.get(event, "").format(life=document["life"], why=document.get("why"))

    def end(self) -> int:
        """Tell the sum; give the exit code."""
        if self._summary is None:
            what = _("cannot finish the demo: the daemon ended without a summary")
            raise TraybotError(what, _("try: traybot run, and see its log"))
        s = self._summary
        good = s["held_left"] == 0 and s["children_left"] == 0 and s["deaths"] > 0
        good = good and s["recoveries"] >= s["deaths"] - 1
        if not self._as_json:
            stop = s["stop_ms"]
            told = _(
                "{deaths} deaths, {recoveries} recovered; from the verdict to the routine gone: "
                "median {median:.1f} ms, longest {longest:.1f} ms."
            )
            print("\n" + told.format(median=stop["p50"], longest=stop["max"], **s))
            told = _("Left behind: {held_left} keys held, {children_left} processes.")
            print(told.format(**s))
            if self._photographer and self._photographer.done:
                print(_("The first death, as it was seen: {picture}").format(picture=PICTURE))
        return 0 if good else 1


class Photographer:
    """Keeps one picture of the game's window: what was seen, marked in it. Ready before it counts.

    The recovery takes the panel away within a few frames, so nothing may be loaded when it comes.
    """

    def __init__(self) -> None:
        """Load what is needed and take a first picture, for the time that it takes."""
        from traybot.system import choose
        from traybot.vision.screen import Screen

        self.done = False
        self._screen = Screen()
        self._windows = choose.windows()
        self._area = self._find_area()
        self._screen.grab(self._area)

    def _find_area(self) -> Rect | None:
        window = self._windows.find(f"^{TITLE}$")
        return window.rect if window else None

    def take(self, verdict: Document) -> None:
        """Take the picture at the first verdict."""
        from traybot.vision.draw import Mark, draw
        from traybot.vision.pictures import save_png

        if self.done or not verdict["rect"]:
            return
        try:
            frame = self._screen.grab(self._area)
            seen = Rect(*verdict["rect"]).moved(-frame.rect.x, -frame.rect.y)
            label = f"{verdict['watch']} {verdict['score']:.3f}"
            save_png(PICTURE, draw(frame.pixels, [Mark(seen, label)]))
            self.done = True
        except TraybotError:
            return
