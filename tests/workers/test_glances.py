"""Does a glance see what is wrong with a real screen: resized, frozen, gone?"""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any, cast

import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.painter import painter
from tests.vision.canvas import canvas_on
from traybot.core import health
from traybot.core.geometry import Rect
from traybot.core.health import Trouble
from traybot.errors import WindowMissing
from traybot.workers.eyes import Eyes
from traybot.workers.glances import Glances

MODE = "640x480 25.18 640 656 752 800 480 490 492 525"


@contextmanager
def _glancing(title: str = "") -> Iterator[Glances]:
    """Somebody who glances, and has seen that all is well."""
    with closing(Eyes(title, ".", "a test")) as eyes:
        glances = Glances(eyes, wanted=lambda: True)
        _finds(glances, Trouble.NONE)
        yield glances


def _finds(glances: Glances, trouble: Trouble, seconds: float = 15.0) -> None:
    found: list[Trouble] = []

    def look() -> bool:
        told = glances.take(0)
        if told is not None:
            found.append(told)
        return trouble in found

    eventually(look, seconds, f"{trouble!r} among {found}")


def _xrandr(*calls: str) -> None:
    for call in calls:
        subprocess.run(["xrandr", *call.split()], check=True, capture_output=True, timeout=10)


def test_a_screen_that_is_resized_is_followed(bare_display: Desktop) -> None:
    """It is a trouble until it stands still, for a bot that has no window."""
    _xrandr(f"--newmode {MODE}", "--addmode screen 640x480")
    with canvas_on(bare_display.display, Rect(0, 0, 100, 100)) as canvas, _glancing() as glances:
        canvas.fill(0xFFFFFF)
        _xrandr("--output screen --mode 640x480")
        _finds(glances, Trouble.RESIZED)
        _finds(glances, Trouble.NONE)


@pytest.mark.parametrize("windowed", [True, False])
def test_a_frozen_screen_is_seen(bare_display: Desktop, *, windowed: bool) -> None:
    """By what it does not deliver; it is well again when it goes on."""
    server = next(iter(bare_display.pids))
    with (
        painter(bare_display.display, title="game", focus=False),
        _glancing("^game$" if windowed else "") as glances,
    ):
        os.kill(server, signal.SIGSTOP)
        try:
            _finds(glances, Trouble.FROZEN, 30.0)
        finally:
            os.kill(server, signal.SIGCONT)
        _finds(glances, Trouble.NONE)


def test_a_screen_that_is_gone_is_seen(bare_display: Desktop) -> None:
    """No glance raises."""
    with _glancing() as glances:
        bare_display.stop()
        _finds(glances, Trouble.GONE)


def test_a_new_screen_is_as_good_as_the_old_one(
    bare_display: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X gone and back: the same glances go on."""
    with _glancing() as glances:
        bare_display.stop()
        _finds(glances, Trouble.GONE)
        with Desktop(manager=None) as other:
            monkeypatch.setenv("DISPLAY", other.display)
            _finds(glances, Trouble.NONE)


def test_who_does_not_want_to_know_is_not_told(bare_display: Desktop) -> None:
    """And nobody looks for him."""
    with closing(Eyes("", ".", "a test")) as eyes:
        glances = Glances(eyes, wanted=None)
        assert glances.seconds() is None
        assert glances.take(0) is None


class Nowhere:
    """Eyes whose window is not there."""

    silent = None
    place = property(lambda self: self)

    def area(self) -> Rect:
        """Say that there is none."""
        raise WindowMissing("no window", "")


def test_a_wish_may_change_while_it_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was told is taken back when nobody wants glances any more, and told anew if he does."""
    # Whatever is missing counts at once: how patient the rules are is tested with them.
    monkeypatch.setattr(
        health, "look", lambda known, glance: replace(known, trouble=glance.missing)
    )
    wished = threading.Event()
    glances = Glances(cast("Any", Nowhere()), wanted=wished.is_set)
    assert glances.take(0) is None
    assert 0.0 < (glances.seconds() or 0.0) <= 0.5, "the wish is looked at again that soon"
    wished.set()
    _finds(glances, Trouble.GONE)
    wished.clear()
    assert glances.take(0) is Trouble.NONE
    assert glances.take(0) is None, "told once"
    wished.set()
    _finds(glances, Trouble.GONE)
